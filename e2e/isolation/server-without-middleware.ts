import { createServer } from 'node:http'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { closeDatabase, openDatabase } from '@/lib/db/connect'
import { env } from '@/lib/env'
import { setBoundPort } from '@/lib/zones/public-origin'

/**
 * PLAT-3: the same build with nothing in front. No front door, no middleware: whoever asks writes the internal path and
 * every header himself. Started by the matrix as a process of its own; the middleware is taken out of the build's list of
 * functions, which is where Next looks for it, and all else is the build itself.
 */
const root = process.cwd()
// Two of them may start at once: each has a folder of its own.
const stripped = join(env().DATA_DIR, 'without-middleware', String(process.pid))
stripMiddleware()

await openDatabase()
const { default: next } = await import('next')
const server = createServer()
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
setBoundPort(env().PORT)
const app = next({ dev: false, dir: stripped, hostname: 'localhost', port, httpServer: server })
await app.prepare()
const answer = app.getRequestHandler()
server.on('request', (request, response) => void answer(request, response))
process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  void closeDatabase().finally(() => process.exit(0))
})
process.once('disconnect', () => process.exit(0))
process.send?.({ port })

/** A folder that is the product in every file but the two of the build that tell of a middleware. */
function stripMiddleware(): void {
  const link = (name: string) => existsSync(join(stripped, name)) || symlinkSync(join(root, name), join(stripped, name))
  mkdirSync(join(stripped, '.next', 'server'), { recursive: true })
  for (const name of ['next.config.js', 'package.json', 'public', 'node_modules']) link(name)
  for (const name of readdirSync(join(root, '.next'))) if (name !== 'server') link(join('.next', name))
  const told = new Map([
    ['middleware-manifest.json', '{"version":3,"middleware":{},"sortedMiddleware":[],"functions":{}}'],
    ['functions-config-manifest.json', '{"version":1,"functions":{}}'],
  ])
  for (const name of readdirSync(join(root, '.next', 'server'))) if (!told.has(name)) link(join('.next', 'server', name))
  for (const [name, text] of told) writeFileSync(join(stripped, '.next', 'server', name), text)
}
