import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '@/lib/clock'
import { gatewayPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { followChanges } from '@/lib/events/follow-changes'
import { createMetering } from '@/lib/metering/create-metering'
import type { Metering } from '@/lib/metering/create-metering'
import { openPolicy, send, serveOverHttp } from '@/lib/gateway/doors.contract'
import type { Door } from '@/lib/gateway/doors.contract'
import { createGateway } from '@/lib/gateway/gateway'
import { createLiveDirectory } from '@/lib/gateway/live-directory'
import { loadLive } from '@/lib/gateway/load-live'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { createLanes } from '@/lib/gateway/upstream-lanes'
import { startUpstream } from '@/lib/gateway/upstream.fixture'
import type { Upstream } from '@/lib/gateway/upstream.fixture'
import type { Ctx } from '@/lib/tenants/context'

// Security section 17, row Redis, against a redis-server that is stopped, killed and started again.
testDatabase()
const dir = mkdtempSync(join(tmpdir(), 'gatehouse-outage-'))
const socket = join(dir, 'redis.sock')
let server: ChildProcess
let metering: Metering
let door: Door
let upstream: Upstream
let ctx: Ctx
let product: TestProduct

async function startServer(): Promise<void> {
  server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', dir, '--save', ''], { stdio: 'ignore' })
  while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10))
}

async function killServer(): Promise<void> {
  const gone = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGKILL')
  await gone
  rmSync(socket, { force: true })
}

beforeAll(async () => {
  await startServer()
  Object.assign(env(), { REDIS_URL: socket, DATA_DIR: dir })
  metering = await createMetering()
  ctx = await makeTenant()
  upstream = await startUpstream()
  const directory = createLiveDirectory(loadLive(gatewayPool()), systemClock)
  const follower = await followChanges((changes) => directory.apply(changes))
  const { counters, bursts, journal } = metering
  const gateway = createGateway({ clock: systemClock, directory, counters, bursts, journal, lanes: createLanes({ policy: openPolicy }) }, async () => {
    await follower.close()
    await metering.close()
  })
  door = await serveOverHttp(gateway, () => follower.catchUp())
  product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
})
afterAll(async () => {
  await door?.close()
  await upstream?.close()
  Object.assign(env(), { REDIS_URL: undefined })
  if (server.exitCode === null) server.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

const ask = (app: TestApplication) => send(door, { host: product.hosts.staging, headers: app.headers })
const statuses = async (app: TestApplication, calls: number) => {
  const all: number[] = []
  for (let i = 0; i < calls; i++) all.push((await ask(app)).status)
  return all
}
const isThere = () => metering.pingRedis!().then(() => true, () => false)
const limited = async (value: number) => {
  const app = await makeApplication(ctx, product, { limits: [{ period: 'year', value }] })
  await door.settled()
  return app
}
const bookedOf = async ({ id }: TestApplication) => Number((await ctx.db.usageDay.aggregate({ where: { applicationId: id }, _sum: { value: true } }))._sum.value ?? 0)

it('Redis killed: known and unknown callers go on with a share of what is left, new keys are read from the database, usage is journalled; back again, the shared counters decide', async () => {
  const [known, fresh] = [await limited(6), await limited(3)]
  expect(await statuses(known, 2)).toEqual([200, 200])
  await metering.journal.flush()
  await killServer()
  await expect.poll(isThere).toBe(false)
  expect(await statuses(known, 6)).toEqual([200, 200, 200, 200, 429, 429])
  expect(await statuses(fresh, 4)).toEqual([200, 200, 200, 429])
  await metering.journal.flush()
  expect([await bookedOf(known), await bookedOf(fresh)]).toEqual([6, 3])
  await startServer()
  await expect.poll(isThere, { timeout: 5_000 }).toBe(true)
  // The new Redis knows nothing: it is seeded from what was booked, so that the outage gave nobody a second quota.
  await expect.poll(async () => (await ask(known)).status, { timeout: 5_000 }).toBe(429)
  expect((await ask(fresh)).status).toBe(429)
})

it('Redis hanging: calls are refused as unavailable or served by a share, never by more than the limit, and none waits for long; it goes on by itself', async () => {
  const app = await limited(5)
  expect((await ask(app)).status).toBe(200)
  server.kill('SIGSTOP')
  const during: number[] = []
  const end = Date.now() + 2_500
  while (Date.now() < end) {
    const answer = await ask(app)
    if (answer.status === 503) expect(answer.headers['retry-after']).toBe('1')
    during.push(answer.status)
  }
  server.kill('SIGCONT')
  expect([...new Set(during)].filter((status) => status !== 200 && status !== 429 && status !== 503)).toEqual([])
  expect(during.filter((status) => status === 200).length).toBeLessThanOrEqual(5)
  expect(during.at(-1)).toBe(429)
  await expect.poll(isThere, { timeout: 5_000 }).toBe(true)
  expect(await statuses(await limited(2), 3)).toEqual([200, 200, 429])
})

it('Redis away: bursts are kept by the process alone', async () => {
  await product.set({ bursts: { bucket: { perSecond: 0.01, size: 4 }, window: null, concurrency: null } })
  const app = await limited(100)
  await killServer()
  await expect.poll(isThere).toBe(false)
  expect(await statuses(app, 6)).toEqual([200, 200, 200, 200, 429, 429])
  await startServer()
  await expect.poll(isThere, { timeout: 5_000 }).toBe(true)
})
