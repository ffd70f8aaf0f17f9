import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRedisRest } from '@/e2e/fakes/redis-rest'
import { systemClock } from '@/lib/clock'
import { gatewayPool, ownerPool } from '@/lib/db/pools'
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

// Security section 17, row Redis, against a redis-server that is frozen, killed and started again. That a call waits
// 200 ms at most for all it needs of Redis is shown without a stopwatch in lib/metering/redis-waits.test.ts.
testDatabase()

/** Patience of the test, not of the gateway: the machine may be busy. */
const soon = { timeout: 20_000, interval: 100 }

describe.each([
  ['over TCP, journal on disk', { rest: false, journal: 'disk' }],
  ['over REST, journal on disk', { rest: true, journal: 'disk' }],
  ['over TCP, journal in Redis', { rest: false, journal: 'redis' }],
] as const)('Redis %s', (_, { rest: isRest, journal }) => {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-outage-'))
  const socket = join(dir, 'redis.sock')
  let server: ChildProcess
  let rest: Awaited<ReturnType<typeof startRedisRest>> | null = null
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
    if (isRest) rest = await startRedisRest(socket)
    Object.assign(env(), { REDIS_URL: isRest ? undefined : socket, UPSTASH_REDIS_REST_URL: rest?.url, UPSTASH_REDIS_REST_TOKEN: rest?.token, JOURNAL: journal, DATA_DIR: dir })
    metering = await createMetering()
    ctx = await makeTenant()
    upstream = await startUpstream()
    const directory = createLiveDirectory(loadLive(gatewayPool()), systemClock)
    const follower = await followChanges((changes) => directory.apply(changes))
    const { counters, bursts } = metering
    const gateway = createGateway({ clock: systemClock, directory, counters, bursts, journal: metering.journal, lanes: createLanes({ policy: openPolicy }) }, async () => {
      await follower.close()
      await metering.close()
    })
    door = await serveOverHttp(gateway, () => follower.catchUp())
    product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
    // Processes that have gone share nothing with this one.
    await ownerPool().query(`DELETE FROM journal_leases WHERE process <> (SELECT process FROM journal_leases ORDER BY "renewedAt" DESC LIMIT 1)`)
    // Once through everything, so that no test begins with a cold start.
    const first = await limited(1_000)
    while ((await ask(first)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 100))
  })
  afterAll(async () => {
    // One that still stands would keep what closes waiting.
    server.kill('SIGCONT')
    await door?.close()
    await upstream?.close()
    await rest?.close()
    Object.assign(env(), { REDIS_URL: undefined, UPSTASH_REDIS_REST_URL: undefined, UPSTASH_REDIS_REST_TOKEN: undefined, JOURNAL: 'disk' })
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
  /** It serves from the shared counters again, without a restart of ours. */
  const isBack = async () => {
    await expect.poll(isThere, soon).toBe(true)
    const app = await limited(1_000)
    await expect.poll(async () => (await ask(app)).status, soon).toBe(200)
  }

  if (journal === 'redis') {
    it('frozen and killed: a call that cannot be written down is refused with 503 and Retry-After; what was served is booked, once, and nothing else', async () => {
      const app = await limited(1_000)
      const all = await statuses(app, 3)
      expect(all).toEqual([200, 200, 200])
      server.kill('SIGSTOP')
      for (let i = 0; i < 8; i++) {
        const answer = await ask(app)
        all.push(answer.status)
        expect([answer.status, Number(answer.headers['retry-after'])]).toEqual([503, expect.any(Number)])
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      }
      server.kill('SIGCONT')
      await expect.poll(async () => all.push((await ask(app)).status) && all.at(-1), soon).toBe(200)
      await metering.journal.flush()
      expect(await bookedOf(app)).toBe(all.filter((status) => status === 200).length)
      await killServer()
      await expect.poll(isThere, soon).toBe(false)
      expect(await statuses(app, 6)).toEqual(Array(6).fill(503))
      await startServer()
      await expect.poll(async () => all.push((await ask(app)).status) && all.at(-1), soon).toBe(200)
      await metering.journal.flush()
      expect(await bookedOf(app)).toBe(all.filter((status) => status === 200).length)
    })
    return
  }

  /** For a second nobody knows whether Redis is away or only late: such calls are told to come again. Gives the first answer after that. */
  const afterTheFirstSecond = async (app: TestApplication) => {
    let status = 0
    await expect
      .poll(async () => {
        const answer = await ask(app)
        if (answer.status === 503) expect(answer.headers['retry-after']).toBe('1')
        return (status = answer.status)
      }, soon)
      .not.toBe(503)
    return status
  }

  it('killed: known and unknown callers go on with a share of what is left, new keys are read from the database, usage is journalled; back again, the shared counters decide', async () => {
    const [known, fresh] = [await limited(6), await limited(3)]
    expect(await statuses(known, 2)).toEqual([200, 200])
    await metering.journal.flush()
    await killServer()
    await expect.poll(isThere, soon).toBe(false)
    expect([await afterTheFirstSecond(known), ...(await statuses(known, 5))]).toEqual([200, 200, 200, 200, 429, 429])
    expect(await statuses(fresh, 4)).toEqual([200, 200, 200, 429])
    await metering.journal.flush()
    expect([await bookedOf(known), await bookedOf(fresh)]).toEqual([6, 3])
    await startServer()
    await isBack()
    // The new Redis knows nothing: it is seeded from what was booked, so that the outage gave nobody a second quota.
    expect((await ask(known)).status).toBe(429)
    expect((await ask(fresh)).status).toBe(429)
  })

  it('frozen: after a second the process lets its share through and no more, usage is journalled; it goes on by itself', async () => {
    const app = await limited(5)
    expect((await ask(app)).status).toBe(200)
    server.kill('SIGSTOP')
    const during = [await afterTheFirstSecond(app), ...(await statuses(app, 6))]
    // Long enough for the breaker to try again.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    during.push(...(await statuses(app, 2)))
    server.kill('SIGCONT')
    expect(during).toEqual([200, 200, 200, 200, 429, 429, 429, 429, 429])
    await metering.journal.flush()
    expect(await bookedOf(app)).toBe(5)
    await isBack()
    expect(await statuses(await limited(2), 3)).toEqual([200, 200, 429])
  })

  it('hard quotas: the last known count decides; where none is known and none can be had, 503 with Retry-After', async () => {
    const spent = await limited(2)
    expect(await statuses(spent, 2)).toEqual([200, 200])
    const unread = await limited(2)
    server.kill('SIGSTOP')
    expect(await afterTheFirstSecond(spent)).toBe(429)
    const { whenComplete } = metering.journal
    metering.journal.whenComplete = () => Promise.reject(new Error('what is stored cannot be read'))
    const answer = await ask(unread)
    metering.journal.whenComplete = whenComplete
    server.kill('SIGCONT')
    expect([answer.status, Number(answer.headers['retry-after']) > 0]).toEqual([503, true])
    await isBack()
  })

  it('away: bursts are kept by the process alone', async () => {
    await product.set({ bursts: { bucket: { perSecond: 0.001, size: 4 }, window: null, concurrency: null } })
    const app = await limited(1_000)
    await killServer()
    await expect.poll(isThere, soon).toBe(false)
    expect([await afterTheFirstSecond(app), ...(await statuses(app, 5))]).toEqual([200, 200, 200, 200, 429, 429])
    await product.set({ bursts: { bucket: null, window: null, concurrency: null } })
    await startServer()
    await expect.poll(isThere, soon).toBe(true)
  })
})
