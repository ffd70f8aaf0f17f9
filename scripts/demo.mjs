// `npm run demo`: installs, builds, starts on the embedded database with the walk-through loaded, and says what to open.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { ensureBuilt, ensureGenerated, ensureInstalled, root, runCommand, startNode, StepFailed, writeAtomically } from './bootstrap.mjs'
import { forwardSignals } from './children.mjs'

await runCommand(async () => {
  ensureInstalled()
  ensureGenerated()
  ensureBuilt()

  const dataDir = resolve(process.env.DATA_DIR || '.data')
  const settings = await upstreamSettings(dataDir)
  const upstream = startNode([`${root}/dist/demo-upstream.js`, '--port', String(settings.port), '--secret', settings.secret, '--data', join(dataDir, 'demo-upstream')])
  const egress = [process.env.EGRESS_ALLOW, `127.0.0.0/8:${settings.port}`].filter(Boolean).join(',')
  const server = startNode(['--enable-source-maps', `${root}/dist/server.js`], { env: { NODE_ENV: 'production', EGRESS_ALLOW: egress } })
  const finished = forwardSignals([server, upstream])

  const ready = await Promise.race([new Promise((done) => server.on('message', (message) => message?.type === 'ready' && done(message))), finished])
  if (!ready) return
  // In a process of its own, beside the running server, as the command line would: what it writes, the server hears of.
  const seed = startNode(['--enable-source-maps', `${root}/dist/demo-seed.js`], {
    env: { NODE_ENV: 'production', EGRESS_ALLOW: egress, PORT: String(ready.port), DEMO_UPSTREAM_PORT: String(settings.port), DEMO_UPSTREAM_SECRET: settings.secret },
  })
  const code = await new Promise((done) => seed.once('exit', (exit) => done(exit ?? 1)))
  if (code !== 0) server.kill('SIGTERM')
  await finished
  if (code !== 0) throw new StepFailed('Loading the walk-through failed; the lines above say why.')
})

/** Port and secret of the stand-in for the private API; the same at every start while the port is free. */
async function upstreamSettings(dataDir) {
  const file = join(dataDir, 'demo-upstream.json')
  try {
    mkdirSync(dataDir, { recursive: true })
    const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { port: 0, secret: randomBytes(24).toString('base64url') }
    const settings = { ...known, port: (await freePort(known.port)) ?? (await freePort(0)) }
    writeAtomically(file, JSON.stringify(settings))
    return settings
  } catch (error) {
    if (error instanceof SyntaxError) throw new StepFailed(`${file} is damaged. Delete it and start again.`)
    throw new StepFailed(`DATA_DIR: "${dataDir}" cannot be written (${error.code}). Choose a folder this user may write to.`)
  }
}

function freePort(wanted) {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(null))
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => done(port))
    })
  })
}
