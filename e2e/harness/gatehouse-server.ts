import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startWebhookReceiver } from '@/e2e/fakes/webhook-receiver'
import type { WebhookReceiver } from '@/e2e/fakes/webhook-receiver'
import { freePort } from '@/lib/free-port'
import { serverOptions } from '@/scripts/server-options.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const nodeBinary = join(root, 'node_modules', 'node', 'bin', 'node')

/** A whole Gatehouse of its own: server, embedded database and stand-in upstream in a temporary folder, on free ports. */
export type Gatehouse = {
  port: number
  dataDir: string
  upstream: Upstream
  /** A receiver of webhooks; every path is one of its own. */
  receiver: WebhookReceiver
  process: ChildProcess
  env: NodeJS.ProcessEnv
  /** Origin of a zone's host, e.g. `origin('acme.admin')`. */
  origin(name: string): string
  /** Runs a command of the command line and gives what it printed as JSON. */
  gatehouse(...args: string[]): unknown
  log(): string
  /** kill -9, as the power cut would. */
  kill(): Promise<void>
  /** Starts again on the same data, on the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export type Upstream = { port: number; url: string; secret: string; process: ChildProcess; dataDir: string }

export async function startGatehouse(options: { env?: NodeJS.ProcessEnv; keep?: boolean } = {}): Promise<Gatehouse> {
  if (!existsSync(join(root, 'dist', 'server.js'))) throw new Error('Build first: npm run build')
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'))
  const upstream = await startUpstream(dataDir)
  const receiver = await startWebhookReceiver()
  const port = await freePort()
  const env: NodeJS.ProcessEnv = {
    ...withoutSettings(process.env),
    NODE_ENV: 'production',
    DATA_DIR: dataDir,
    PORT: String(port),
    LOG_LEVEL: 'info',
    EGRESS_ALLOW: `127.0.0.0/8:${upstream.port},127.0.0.0/8:${receiver.port}`,
    ...options.env,
  }
  const logFile = join(dataDir, 'server.log')
  const running: Gatehouse = {
    port,
    dataDir,
    upstream,
    receiver,
    env,
    process: await launch(env, logFile),
    origin: (name) => `http://${name ? `${name}.` : ''}localhost:${port}`,
    gatehouse: (...args) => {
      const done = spawnSync(nodeBinary, ['--import', `${root}/scripts/alias.mjs`, `${root}/scripts/gatehouse/main.ts`, ...args, '--json'], { cwd: root, env, encoding: 'utf8' })
      if (done.status !== 0) throw new Error(`gatehouse ${args.join(' ')} failed: ${done.stderr || done.stdout}`)
      return JSON.parse(done.stdout)
    },
    log: () => readFileSync(logFile, 'utf8'),
    kill: () => end(running.process, 'SIGKILL'),
    restart: async () => void (running.process = await launch(env, logFile)),
    stop: async () => {
      await end(running.process, 'SIGTERM')
      await end(upstream.process, 'SIGTERM')
      await receiver.close()
      if (!options.keep) rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return running
}

/** The stand-in for a tenant's private API (e2e/fakes/twitter-api.ts) on a free port. */
export async function startUpstream(dataDir: string): Promise<Upstream> {
  const port = await freePort()
  const secret = 'the-secret-the-gateway-shares'
  const folder = join(dataDir, 'upstream')
  const child = spawn(nodeBinary, ['--import', `${root}/scripts/alias.mjs`, `${root}/e2e/fakes/twitter-api.ts`, '--port', String(port), '--secret', secret, '--data', folder], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: withoutSettings(process.env),
  })
  await waitForPort(port, child)
  return { port, url: `http://127.0.0.1:${port}`, secret, process: child, dataDir: folder }
}

/** One more server process, ready to be called; on the settings of a running Gatehouse it joins that one. */
export async function launch(env: NodeJS.ProcessEnv, logFile: string): Promise<ChildProcess> {
  const log = openSync(logFile, 'a')
  const child = spawn(nodeBinary, [...serverOptions, `${root}/dist/server.js`], { cwd: root, env, stdio: ['ignore', log, log, 'ipc'] })
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message) => (message as { type?: string }).type === 'ready' && resolve())
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${readFileSync(logFile, 'utf8').slice(-4000)}`)))
  })
  return child
}

export function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}

async function waitForPort(port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) throw new Error(`The upstream ended with ${child.exitCode}`)
    const answered = await fetch(`http://127.0.0.1:${port}/__hits`).then(() => true, () => false)
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`Nothing answers on port ${port}`)
}

/** The caller's own settings must not steer a test. */
function withoutSettings(source: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const settings = /^(DATABASE_|REDIS_URL|UPSTASH_|SECRET_KEY|SMTP_URL|EGRESS_ALLOW|TRUSTED_PROXIES|ROLES|METRICS_PORT|GATEWAY_INTERNAL_URL|DATA_DIR|PORT|HOST|.*_DOMAIN|PUBLIC_SCHEME|MAX_SOCKETS)/
  return Object.fromEntries(Object.entries(source).filter(([name]) => !settings.test(name))) as NodeJS.ProcessEnv
}
