import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { fixedClock } from '@/lib/clock'
import { closeDatabase, openDatabase } from '@/lib/db/connect'
import { migrateDatabase } from '@/lib/db/migrate'
import { makeTenant } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { newKey, newRequestId } from '@/lib/ids'
import { addLimits } from '@/lib/plans/set-limits'
import { openTestGateway } from '@/lib/gateway/doors.contract'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { startUpstream } from '@/lib/gateway/upstream.fixture'
import type { Upstream } from '@/lib/gateway/upstream.fixture'
import type { Ctx } from '@/lib/tenants/context'

// Security section 17, row Postgres, against a server of its own that is frozen, killed and brought back.
const clock = fixedClock(Date.now())
let opened: Awaited<ReturnType<typeof openTestGateway>>
let upstream: Upstream
let ctx: Ctx
let product: TestProduct

beforeAll(async () => {
  Object.assign(env(), { DATA_DIR: join(inject('testDatabaseDir'), `outage-${process.pid}`) })
  await openDatabase()
  await migrateDatabase()
  ctx = await makeTenant()
  upstream = await startUpstream()
  opened = await openTestGateway({ clock })
  product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
})
afterAll(async () => {
  signal('SIGCONT')
  await opened?.gateway.close()
  await upstream?.close()
  await closeDatabase()
})

/** To the server and every backend of it. */
function signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
  const postmaster = Number(readFileSync(join(env().DATA_DIR, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  const children = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]) === postmaster
    } catch {
      // Ended in between.
      return false
    }
  })
  for (const pid of [postmaster, ...children.map(Number)])
    try {
      process.kill(pid, name)
    } catch {
      // Ended in between.
    }
}

const ask = async (headers: TestApplication['headers']) => {
  const response = await opened.gateway.respond(
    { method: 'GET', target: '/', headers: new Headers([...headers, ['host', product.hosts.staging]]), body: null },
    { requestId: newRequestId(), clientAddress: '127.0.0.1', host: product.hosts.staging, hostHeader: product.hosts.staging, scheme: 'http', receivedAt: clock.now() },
  )
  const body = await response.text()
  return { status: response.status, code: response.status === 503 ? (JSON.parse(body) as { error: { code: string } }).error.code : null, retryAfter: response.headers.get('retry-after') }
}
const stranger = (): TestApplication['headers'] => [['user_key', newKey('uk')]]
const booked = async (app: TestApplication) => Number((await ctx.db.usageDay.aggregate({ where: { applicationId: app.id }, _sum: { value: true } }))._sum.value ?? 0)
const makeCaller = async (value?: number) => {
  const app = await makeApplication(ctx, product, { limits: value === undefined ? [] : [{ period: 'year', value }] })
  await opened.settled()
  expect((await ask(app.headers)).status).toBe(200)
  return app
}

it('Postgres frozen: known callers pass within their limits, strangers get 503 and not 403, usage waits in the journal; back again, all is as before', { timeout: 90_000 }, async () => {
  const app = await makeCaller(4)
  const unlimited = await makeCaller()
  await addLimits(ctx, { planId: unlimited.planId, metricId: product.hitsId, limits: [{ period: 'year', value: 4 }] })
  await opened.settled()
  // The plan is known anew, the counter of its new limit is not.
  await opened.gateway.parts.directory.plan(Number(unlimited.planId), clock.now())
  signal('SIGSTOP')
  const statuses: number[] = []
  for (let i = 0; i < 5; i++) statuses.push((await ask(app.headers)).status)
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  expect(await ask(stranger())).toMatchObject({ status: 503, code: 'auth_unavailable', retryAfter: '1' })
  expect(await ask(unlimited.headers)).toMatchObject({ status: 503, code: 'limits_unavailable', retryAfter: '1' })
  // Known for five minutes, not longer.
  clock.advance(4 * 60_000)
  expect((await ask(app.headers)).status).toBe(429)
  clock.advance(70_000)
  expect(await ask(app.headers)).toMatchObject({ status: 503, code: 'auth_unavailable' })
  signal('SIGCONT')
  await expect
    .poll(
      async () => {
        clock.advance(1_000)
        return [(await ask(stranger())).status, (await ask(app.headers)).status]
      },
      { timeout: 20_000 },
    )
    .toEqual([403, 429])
  await opened.gateway.parts.journal.flush()
  expect(await booked(app)).toBe(4)
})

it('Postgres killed: the same while it is away, and nothing of what was counted is lost or doubled', { timeout: 90_000 }, async () => {
  const app = await makeCaller(1_000)
  signal('SIGKILL')
  let passed = 1
  for (let i = 0; i < 50; i++) if ((await ask(app.headers)).status === 200) passed++
  expect(passed).toBe(51)
  await expect
    .poll(
      async () => {
        clock.advance(1_000)
        return (await ask(stranger())).status
      },
      { timeout: 30_000 },
    )
    .toBe(403)
  await expect.poll(() => opened.gateway.parts.journal.flush().then(() => true, () => false)).toBe(true)
  expect(await booked(app)).toBe(51)
})
