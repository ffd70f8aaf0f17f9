import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeDatabase, openDatabase } from '@/lib/db/connect'
import { migrateDatabase } from '@/lib/db/migrate'
import { env, SettingsError, type Env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { followChanges } from '@/lib/events/follow-changes'
import { closeOwnPort, setOwnHostLookup } from '@/lib/http/egress/policy'
import { createFrontDoor, type RequestFacts } from '@/lib/http/front-door/front-door'
import { answerRefusal } from '@/lib/http/front-door/refusals'
import { answerAlive, answerReady, setHealthCheck } from '@/lib/http/health'
import { startMetricsServer } from '@/lib/http/metrics'
import { assertWritable, listenProblem, StartProblem } from '@/lib/http/start-problem'
import { removeServerNote, writeServerNote } from '@/lib/http/server-note'
import { logger } from '@/lib/logger'
import { throttle } from '@/lib/throttle/throttle'
import { setBoundPort } from '@/lib/zones/public-origin'
import { forgetHosts, hostLookup, resolveHost } from '@/lib/zones/resolve-host'

// Owns the socket: front door, then gateway and accounting hosts, then Next; the worker in the same process unless ROLES says otherwise.
type Handle = (request: IncomingMessage, response: ServerResponse, facts: RequestFacts) => void | Promise<void>

const DRAIN_MS = 20_000
/** What was opened, the last first. */
const closers: (() => Promise<unknown>)[] = []
const stages: { web: Handle | null; gateway: Handle | null; accounting: Handle | null } = { web: null, gateway: null, accounting: null }
let state: 'starting' | 'ready' | 'stopping' = 'starting'

start().catch((error: unknown) => {
  const isExpected = error instanceof SettingsError || error instanceof StartProblem
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (!isExpected) logger.debug({ err: error }, 'the start failed')
  setTimeout(() => process.exit(1), 5_000).unref()
  void closeAll().then(() => process.exit(1))
})

process.on('uncaughtException', (error) => {
  logger.fatal({ err: error }, 'an error nobody caught; ending')
  process.exit(1)
})
// One page's forgotten promise must not end everybody's gateway.
process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a promise failed and nobody listened'))

async function start(): Promise<void> {
  const settings = env()
  assertWritable(settings.DATA_DIR)
  const door = openDoor(settings)
  const port = await listen(door.server, settings)
  // A second one comes easily, from a process group and from a parent that hands it on: it must not cut the end short.
  process.on('SIGTERM', () => void stop(() => door.drain(DRAIN_MS)))
  process.once('SIGINT', () => void stop(() => door.drain(DRAIN_MS)))
  // Started by a script that died: nobody is left who would stop us.
  process.once('disconnect', () => void stop(() => door.drain(DRAIN_MS)))
  setHealthCheck('start', () => {
    if (state !== 'ready') throw new Error(state)
  })

  const urls = await openDatabase()
  closers.push(closeDatabase)
  closeOwnPort(Number(new URL(urls.owner).port || 5432))
  await migrateDatabase()
  closers.push(() => throttle().close())
  const changes = await followChanges((news) => {
    if (news.some(({ topic }) => topic === 'host' || topic === 'tenant' || topic === 'everything')) forgetHosts()
  })
  closers.push(() => changes.close())
  setOwnHostLookup(async (host) => (await hostLookup().find(host)) !== null)

  if (settings.roles.has('gateway')) await openGateway()
  if (settings.roles.has('web')) await openPages(settings, door.server, port)
  if (settings.roles.has('worker')) await openWorker()
  if (settings.METRICS_PORT) await openMetrics(settings.METRICS_PORT, settings.HOST)

  if (state !== 'starting') return
  state = 'ready'
  writeServerNote(settings.DATA_DIR, { pid: process.pid, port })
  closers.push(async () => removeServerNote(settings.DATA_DIR))
  const origin = (host: string) => `${settings.PUBLIC_SCHEME}://${host}${settings.PUBLIC_SCHEME === 'http' && port !== 80 ? `:${port}` : ''}`
  process.stdout.write(`Gatehouse is ready: ${origin(settings.SITE_DOMAIN)} (site), ${origin(`<tenant>.${settings.ADMIN_DOMAIN}`)} (dashboards), ${origin(`<product>.${settings.GATEWAY_DOMAIN}`)} (gateway)\n`)
  process.send?.({ type: 'ready', port })
}

function openDoor(settings: Env) {
  return createFrontDoor({
    resolve: resolveHost,
    handle,
    scheme: settings.PUBLIC_SCHEME,
    trustedProxies: settings.trustedProxies,
    socketsPerAddressMax: settings.MAX_SOCKETS_PER_ADDRESS,
    allowUpgrade: (request) => settings.NODE_ENV === 'development' && (request.url ?? '').startsWith('/_next/hmr'),
  })
}

function handle(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): void | Promise<void> {
  const { zone } = facts.zone
  if (zone === 'gateway' && stages.gateway) return stages.gateway(request, response, facts)
  if (zone === 'accounting' && stages.accounting) return stages.accounting(request, response, facts)
  if (zone === 'site' || zone === 'bare-ip') {
    const path = (request.url ?? '').split('?')[0]
    if (path === '/healthz') return say(response, answerAlive())
    if (path === '/readyz') return answerReady().then((answer) => say(response, answer))
  }
  if (state === 'starting') throw new AppError('unavailable', { retryAfterSeconds: 5 })
  if (zone === 'accounting' || zone === 'gateway' || !stages.web) return answerRefusal(response, 'not_found', facts.requestId)
  return stages.web(request, response, facts)
}

function say(response: ServerResponse, { status, body }: { status: number; body: string }): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(body)
}

async function listen(server: ReturnType<typeof openDoor>['server'], { HOST, PORT }: Env): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(PORT, HOST, resolve)).catch((error: unknown) => {
    throw listenProblem(error, HOST, PORT)
  })
  server.removeAllListeners('error').on('error', (error) => logger.error({ err: error }, 'the server socket failed'))
  const { port } = server.address() as AddressInfo
  closeOwnPort(port)
  setBoundPort(port)
  return port
}

async function openGateway(): Promise<void> {
  const { closeGateway, loadGateway } = await import('@/lib/gateway/load-gateway')
  closers.push(closeGateway)
  const gateway = await loadGateway()
  stages.gateway = gateway.handle
  const { closeAccounting, loadAccounting } = await import('@/lib/accounting/load-accounting')
  closers.push(closeAccounting)
  stages.accounting = (await loadAccounting()).handle
}

async function openPages(settings: Env, httpServer: ReturnType<typeof openDoor>['server'], port: number): Promise<void> {
  const { default: next } = await import('next')
  // Never an address as hostname: Next would take every rewrite for a foreign site.
  const app = next({ dev: settings.NODE_ENV !== 'production', hostname: 'localhost', port, httpServer })
  const answer = app.getRequestHandler()
  await app.prepare()
  // Next has replaced it, and with it the source maps of every stack we log.
  ;(Error as { prepareStackTrace?: unknown }).prepareStackTrace = undefined
  closers.push(() => app.close())
  stages.web = (request, response) => answer(request, response)
}

async function openWorker(): Promise<void> {
  const { startWorker } = await import('@/lib/jobs/start-worker')
  const { closeJournalDrain } = await import('@/lib/metering/drain-journal')
  const { workerPlan } = await import('@/lib/worker/worker-plan')
  const worker = await startWorker(workerPlan())
  closers.push(closeJournalDrain, () => worker.stop())
}

async function openMetrics(port: number, host: string): Promise<void> {
  const server = await startMetricsServer(port, host).catch((error: unknown) => {
    throw listenProblem(error, host, port, 'METRICS_PORT')
  })
  closers.push(async () => void server.close().closeAllConnections())
}

/** REL-2: readiness red, no new connections, what runs may finish, then journal, queue and database in order. */
async function stop(drain: () => Promise<void>): Promise<void> {
  if (state === 'stopping') return
  state = 'stopping'
  // Whatever hangs must not keep us; nothing that was journalled is lost by it.
  setTimeout(() => process.exit(1), DRAIN_MS + 10_000).unref()
  await drain()
  await closeAll()
  process.exit(0)
}

async function closeAll(): Promise<void> {
  for (let close = closers.pop(); close; close = closers.pop()) await close().catch((error: unknown) => logger.error({ err: error }, 'closing failed'))
}
