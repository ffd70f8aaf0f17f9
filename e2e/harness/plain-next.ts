import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '@/e2e/harness/gatehouse-server'

/** Plain `next start` on the production build, ready to be called; `env` must name a migrated database. Node does not resolve `*.localhost`: call `127.0.0.1`. */
export async function launchPlainNext(env: NodeJS.ProcessEnv, port: number, logFile: string): Promise<ChildProcess> {
  if (!existsSync(join(root, '.next', 'BUILD_ID'))) throw new Error('Build first: npm run build')
  const log = openSync(logFile, 'a')
  // A name, not an address: Next would take every rewrite for a foreign site.
  const args = [join(root, 'node_modules/next/dist/bin/next'), 'start', '--port', String(port), '--hostname', 'localhost']
  const child = spawn(join(root, 'node_modules/node/bin/node'), args, { cwd: root, env: { ...env, NEXT_TELEMETRY_DISABLED: '1' }, stdio: ['ignore', log, log] })
  for (const deadline = Date.now() + 120_000; !(await isReady(port)); await sleep(50)) {
    if (child.exitCode === null && Date.now() < deadline) continue
    child.kill('SIGKILL')
    throw new Error(`next start is not ready:\n${readFileSync(logFile, 'utf8').slice(-4000)}`)
  }
  return child
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request({ host: 'localhost', port, path: '/readyz', headers: { host: 'localhost' }, timeout: 10_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    asking.on('error', () => resolve(false))
    asking.end()
  })
}
