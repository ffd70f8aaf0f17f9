// The demo once everything is built: the stand-in of the private API, the server, and beside it the seed.
import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, runCommand, say, startNode, StepFailed, writeAtomically } from '../bootstrap.mjs'
import { forwardSignals } from '../children.mjs'
import { serverOptions } from '../server-options.mjs'

export async function runDemo() {
  const dataDir = resolve(process.env.DATA_DIR || '.data')
  const settings = await upstreamSettings(dataDir)
  const upstream = startNode([`${root}/dist/demo-upstream.js`, '--port', String(settings.port), `--secret=${settings.secret}`, '--data', join(dataDir, 'demo-upstream')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const receiver = startNode([`${root}/dist/demo-receiver.js`, '--port', String(settings.hooksPort)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  // The log is for operators; here a person reads along.
  const env = { NODE_ENV: 'production', LOG_LEVEL: process.env.LOG_LEVEL || 'warn', EGRESS_ALLOW: [process.env.EGRESS_ALLOW, `127.0.0.0/8:${settings.port}`, `127.0.0.0/8:${settings.hooksPort}`].filter(Boolean).join(',') }
  const server = startNode([...serverOptions, `${root}/dist/server.js`], { env })
  const finished = forwardSignals([server, upstream, receiver])
  upstream.once('exit', (code) => {
    if (!code) return
    say('The stand-in of the private API has ended; so does the demo.')
    server.kill('SIGTERM')
  })

  const ready = await Promise.race([new Promise((done) => server.on('message', (message) => message?.type === 'ready' && done(message))), finished])
  if (!ready) return
  // In a process of its own, beside the running server, as the command line would: what it writes, the server hears of.
  const seed = startNode(['--enable-source-maps', `${root}/dist/demo-seed.js`], {
    env: {
      ...env,
      PORT: String(ready.port),
      // Its test call goes through the running gateway, not through one of its own.
      ROLES: 'worker',
      GATEWAY_INTERNAL_URL: process.env.GATEWAY_INTERNAL_URL || `http://${reachable(process.env.HOST)}:${ready.port}`,
      DEMO_UPSTREAM_PORT: String(settings.port),
      DEMO_UPSTREAM_SECRET: settings.secret,
      DEMO_HOOKS_PORT: String(settings.hooksPort),
    },
  })
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      interrupted = true
      seed.kill('SIGTERM')
    })
  const code = await new Promise((done) => seed.once('exit', (exit) => done(exit ?? 1)))
  const failed = code !== 0 && !interrupted && server.exitCode === null && server.signalCode === null
  if (failed) server.kill('SIGTERM')
  await finished
  if (failed) throw new StepFailed('Loading the walk-through failed; the lines above say why.')
}

/** Ports of the stand-in for the private API and of the receiver of webhooks, and the former's secret; the same at every start while the ports are free. */
async function upstreamSettings(dataDir) {
  const file = join(dataDir, 'demo-upstream.json')
  try {
    makeFolder(dataDir)
    const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { secret: randomBytes(24).toString('hex') }
    const settings = { ...known, port: (await freePort(known.port)) ?? (await anyPort()), hooksPort: (await freePort(known.hooksPort)) ?? (await anyPort()) }
    writeAtomically(file, JSON.stringify(settings))
    return settings
  } catch (error) {
    if (error instanceof StepFailed) throw error
    if (error instanceof SyntaxError) throw new StepFailed(`${file} is damaged. Delete it and start again.`)
    throw new StepFailed(`Setting DATA_DIR: "${dataDir}" cannot be written (${error.code}). Choose a folder this user may write to.`)
  }
}

/** Step by step: Node's own `recursive` never returns where a parent takes no folders, as under /proc. */
function makeFolder(folder) {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/** An address for ourselves: a server that listens everywhere listens on loopback, too. */
function reachable(host) {
  if (!host || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** Below those that systems lend to outgoing connections, so that it is still free at the next start (as lib/free-port.ts). */
async function anyPort() {
  for (let tries = 0; tries < 200; tries++) {
    const port = await freePort(randomInt(16_384, 32_768))
    if (port) return port
  }
  throw new StepFailed('No free port was found for the stand-in of the private API.')
}

function freePort(wanted) {
  if (!wanted) return null
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(null))
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => done(port))
    })
  })
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await runCommand(runDemo)
