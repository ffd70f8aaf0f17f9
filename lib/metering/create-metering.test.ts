import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock } from '@/lib/clock'
import { connectDirectly, ownerPool } from '@/lib/db/pools'
import { testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { newRequestId } from '@/lib/ids'
import { claimSingleProcess } from '@/lib/metering/claim-single-process'
import { countedOf } from '@/lib/metering/counted-of'
import type { CounterSubject } from '@/lib/metering/counter-store'
import { closeMetering, createMetering, findMetering, type Metering, openMetering } from '@/lib/metering/create-metering'
import { createFallbackCounterStore } from '@/lib/metering/fallback-counter-store'
import { ensurePartitions, pruneMetering } from '@/lib/metering/keep-metering-tidy'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'
import { windowOf } from '@/lib/metering/periods'
import type { ScriptRunner } from '@/lib/metering/counter-scripts'
import { createRedisCounterStore } from '@/lib/metering/redis-counter-store'
import { createRedisLine } from '@/lib/metering/redis-line'
import { startRedis } from '@/lib/metering/redis-server.fixture'
import { createRedisWaits } from '@/lib/metering/redis-waits'

const database = testDatabase()
let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-metering-'))
  Object.assign(env(), { DATA_DIR: dataDir, REDIS_URL: undefined })
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const oneHit = new Map([[1, 1]])
const appOf = (id: number, value = 15): CounterSubject => ({ tenantId: 1, productId: 1, environment: 'production', subject: `app:${id}`, limits: [{ metricId: 1, period: 'year', value }] })

/** What the gateway does with an admitted call. */
async function call({ counters, journal }: Metering, subject: CounterSubject): Promise<boolean> {
  const at = Date.now()
  const result = await counters.consume({ subjects: [subject], usage: oneHit, at })
  if (!result.admitted) return false
  const applicationId = Number(subject.subject.slice(4))
  await journal.append({ id: newRequestId(), at, tenantId: 1, productId: 1, environment: 'production', applicationId, endUserId: null, credentialId: null, address: '', usage: [[1, 1]], counted: countedOf(result.states) })
  return true
}

const killConnections = async () => {
  const superuser = await connectDirectly('test', database.superuserUrl())
  await superuser.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse counters' AND datname = current_database()`)
  await superuser.end()
}

describe('one process on memory', () => {
  it('counts on over a restart, and a used-up limit stays used up', async () => {
    const first = await createMetering()
    const admitted = await Promise.all(Array.from({ length: 20 }, () => call(first, appOf(1))))
    expect(admitted.filter(Boolean)).toHaveLength(15)
    await first.close()
    const second = await createMetering()
    expect(await call(second, appOf(1))).toBe(false)
    expect(await call(second, appOf(2))).toBe(true)
    await second.close()
    expect(readdirSync(join(dataDir, 'journal'))).toEqual([])
  })

  it('refuses a second one and says what to do', async () => {
    const first = await claimSingleProcess({ onLost: () => {} })
    await expect(claimSingleProcess({ onLost: () => {}, waitMs: 0 })).rejects.toMatchObject({ code: 'conflict', publicMessage: expect.stringContaining('Set REDIS_URL') })
    await first.release()
    const second = await claimSingleProcess({ onLost: () => {}, waitMs: 0 })
    await second.release()
  })

  it('takes the lock again when its connection broke, and hears when somebody else was faster', async () => {
    let lost = 0
    const holders = async () => (await ownerPool().query<{ pid: number }>(`SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 7402121 AND granted`)).rows.map(({ pid }) => pid)
    const claim = await claimSingleProcess({ onLost: () => lost++ })
    const [before] = await holders()
    await killConnections()
    await expect.poll(async () => (await holders()).filter((pid) => pid !== before).length, { timeout: 10_000 }).toBe(1)
    expect(lost).toBe(0)
    await claim.release()

    const overtaken = await claimSingleProcess({ onLost: () => lost++, waitMs: 300 })
    const rival = await connectDirectly('rival')
    const waiting = rival.query('SELECT pg_advisory_lock(7402121)')
    await expect.poll(async () => (await ownerPool().query(`SELECT 1 FROM pg_locks WHERE objid = 7402121 AND NOT granted`)).rowCount).toBe(1)
    await killConnections()
    await waiting
    await expect.poll(() => lost, { timeout: 10_000 }).toBe(1)
    await rival.end()
    await overtaken.release()
  })

  it('is one for the whole process, and opens again after a failure', async () => {
    const file = join(dataDir, 'not-a-folder')
    writeFileSync(file, '')
    Object.assign(env(), { DATA_DIR: file })
    expect(findMetering()).toBeNull()
    const failing = openMetering()
    expect(openMetering()).toBe(failing)
    await expect(failing).rejects.toMatchObject({ code: 'unavailable' })
    Object.assign(env(), { DATA_DIR: dataDir })
    const metering = await openMetering()
    expect(findMetering()).toBe(metering)
    await closeMetering()
    expect(findMetering()).toBeNull()
  })
})

it('several processes on Redis share the limits and go on from what was booked', async () => {
  const redis = await startRedis()
  Object.assign(env(), { REDIS_URL: redis.socket })
  // A generous time-out: a busy machine must not look like a Redis that is away.
  const meterings = await Promise.all([createMetering({ redisWaitMs: 10_000 }), createMetering({ redisWaitMs: 10_000 })])
  try {
    const admitted = await Promise.all(Array.from({ length: 40 }, (_, i) => call(meterings[i % 2]!, appOf(51))))
    expect(admitted.filter(Boolean)).toHaveLength(15)
    await Promise.all(meterings.map(({ journal }) => journal.flush()))
    await redis.admin.flushall()
    expect(await call(meterings[0]!, appOf(51))).toBe(false)
    await meterings[0]!.pingRedis!()
    process.kill(redis.pid, 'SIGKILL')
    // REL-1: readiness tells, while calls go on with a share of what is left.
    await expect.poll(() => meterings[0]!.pingRedis!().then(() => 'there', () => 'away'), { timeout: 10_000 }).toBe('away')
    expect(await call(meterings[0]!, appOf(52))).toBe(true)
  } finally {
    await Promise.all(meterings.map((metering) => metering.close()))
    await redis.stop()
  }
})

describe('while Redis is away', () => {
  const setUp = (stored: number, processes: number) => {
    const state = { away: true }
    const clock = fixedClock('2026-11-23T12:00:00Z')
    const load = async () => [{ metricId: 1, period: 'year' as const, windowStart: windowOf('year', clock.now()).start, value: stored }]
    const real = createMemoryCounterStore({ clock, load })
    const main = { ...real, consume: async (request: Parameters<typeof real.consume>[0]) => (state.away ? Promise.reject(new AppError('unavailable', { details: { redis: true } })) : real.consume(request)) }
    const store = createFallbackCounterStore({ main, load, clock, processes: () => processes })
    return { state, store, clock, take: () => store.consume({ subjects: [appOf(1, 100)], usage: oneHit, at: clock.now() }) }
  }
  const admittedOf = async (take: () => unknown, times: number) => {
    let admitted = 0
    for (let i = 0; i < times; i++) if (((await take()) as { admitted: boolean }).admitted) admitted++
    return admitted
  }

  it('a process takes its share of what is left of the limit', async () => {
    expect(await admittedOf(setUp(0, 4).take, 100)).toBe(25)
    expect(await admittedOf(setUp(60, 4).take, 100)).toBe(10)
    expect(await admittedOf(setUp(100, 4).take, 5)).toBe(0)
  })

  it('USE-4 a Redis that answers others and is only far behind is no outage: its calls are refused, not counted alone', async () => {
    const clock = fixedClock('2026-11-23T12:00:00Z')
    const real = createMemoryCounterStore({ clock, load: async () => [] })
    let details: Record<string, unknown> | null = { redis: true, behind: true }
    const main = { ...real, consume: async (request: Parameters<typeof real.consume>[0]) => (details ? Promise.reject(new AppError('unavailable', { details })) : real.consume(request)) }
    const store = createFallbackCounterStore({ main, load: async () => [], clock, processes: () => 4 })
    const take = () => store.consume({ subjects: [appOf(1, 100)], usage: oneHit, at: clock.now() })
    for (let i = 0; i < 10; i++) await expect(take()).rejects.toMatchObject({ code: 'unavailable' })
    details = null
    expect((await take()).admitted).toBe(true)
    // What is stored could not be read, which says nothing about Redis.
    details = { cache: 'counters' }
    await expect(take()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('USE-4 an answer that is late is no outage: such calls are refused, not counted alone, until nobody heard anything for a second or every call waited in vain for five', async () => {
    const clock = fixedClock('2026-11-23T12:00:00Z')
    const real = createMemoryCounterStore({ clock, load: async () => [] })
    let details: Record<string, unknown> | null = null
    const main = { ...real, consume: async (request: Parameters<typeof real.consume>[0]) => (details ? Promise.reject(new AppError('unavailable', { details: { redis: true, slow: true, ...details } })) : real.consume(request)) }
    const store = createFallbackCounterStore({ main, load: async () => [], clock, processes: () => 4 })
    const take = () => store.consume({ subjects: [appOf(1, 100)], usage: oneHit, at: clock.now() })
    const isRefused = () => expect(take()).rejects.toMatchObject({ code: 'unavailable' })
    expect((await take()).admitted).toBe(true)
    details = { late: true, silentMs: 975 }
    await isRefused()
    details = { late: false, silentMs: 1_000 }
    // A quarter of what Redis last told was left.
    expect(await admittedOf(take, 100)).toBe(24)
    details = null
    expect((await take()).admitted).toBe(true)

    details = { late: true, silentMs: 200 }
    await isRefused()
    for (let i = 0; i < 4; i++) {
      clock.advance(1_000)
      await isRefused()
    }
    details = { late: false, silentMs: 200 }
    clock.advance(1_000)
    // The breaker kept it back: nobody has asked.
    await isRefused()
    details = { late: true, silentMs: 200 }
    expect(await admittedOf(take, 100)).toBe(24)
  })

  it('USE-4 a Redis that was silent for a moment is not taken for one that is away while its breaker is still open', async () => {
    const clock = fixedClock('2026-11-23T12:00:00Z')
    const held: (() => void)[] = []
    let isHeld = true
    let counted = 0
    const answer = () => [counted < 15 ? 1 : 0, windowOf('year', clock.now()).start / 1000, counted++]
    const scripts: ScriptRunner = { run: () => (isHeld ? new Promise((resolve) => held.push(() => resolve(answer()))) : Promise.resolve(answer())), ping: async () => {}, close: async () => {} }
    const line = createRedisLine({ scripts, clock, waits: createRedisWaits(60) })
    const load = async () => []
    const store = createFallbackCounterStore({ main: createRedisCounterStore({ line, load, clock }), load, clock, processes: () => 4 })
    const burst = async () => {
      const results = await Promise.allSettled(Array.from({ length: 10 }, () => store.consume({ subjects: [appOf(1, 15)], usage: oneHit, at: clock.now() })))
      return [results.filter((result) => result.status === 'fulfilled' && result.value.admitted).length, results.filter(({ status }) => status === 'rejected').length]
    }
    expect(await burst()).toEqual([0, 10])
    isHeld = false
    for (const release of held) release()
    // It answered what it was asked; nobody asks again until a second is over.
    clock.advance(999)
    expect(await burst()).toEqual([0, 10])
    clock.advance(1)
    expect(await burst()).toEqual([5, 0])
    expect(await burst()).toEqual([0, 0])
  })

  it('a share is of what Redis last told, where that is more than what is stored', async () => {
    const { take, state } = setUp(10, 4)
    state.away = false
    expect(await admittedOf(take, 50)).toBe(50)
    state.away = true
    // 60 of 100 are gone, though only 10 are stored: a quarter of 40.
    expect(await admittedOf(take, 100)).toBe(10)
    state.away = false
    expect(await admittedOf(take, 100)).toBe(40)
    state.away = true
    expect(await admittedOf(take, 5)).toBe(0)
  })

  it('whoever only asks is answered as well, from the first question on', async () => {
    const clock = fixedClock('2026-11-23T12:00:00Z')
    const load = async () => [{ metricId: 1, period: 'year' as const, windowStart: windowOf('year', clock.now()).start, value: 7 }]
    const away = () => Promise.reject(new AppError('unavailable', { details: { redis: true } }))
    const store = createFallbackCounterStore({ main: { consume: away, read: away, close: async () => {} }, load, clock, processes: () => 1 })
    expect(await store.read([appOf(1, 100)], clock.now())).toMatchObject([{ current: 7, limit: 100 }])
  })

  it('a refused call is told the limit of the plan, not of the share', async () => {
    const { take } = setUp(96, 4)
    expect(await take()).toMatchObject({ admitted: true, states: [{ limit: 100, current: 97 }] })
    expect(await take()).toMatchObject({ admitted: false, exceeded: { limit: 100, current: 97 } })
  })

  it('the shared counters decide again as soon as they answer', async () => {
    const { take, state } = setUp(99, 4)
    expect(await admittedOf(take, 3)).toBe(1)
    state.away = false
    expect(await admittedOf(take, 3)).toBe(1)
  })
})

describe('tidying', () => {
  it('removes counters of windows that have ended, and no others', async () => {
    const now = new Date('2026-11-23T12:00:00Z')
    const rows: [string, string][] = [
      ['minute', '2026-11-23T12:00:00Z'],
      ['minute', '2026-11-23T11:44:00Z'],
      ['hour', '2026-11-23T12:00:00Z'],
      ['hour', '2026-11-23T10:00:00Z'],
      ['day', '2026-11-23T00:00:00Z'],
      ['day', '2026-11-21T00:00:00Z'],
      ['week', '2026-11-23T00:00:00Z'],
      ['week', '2026-11-09T00:00:00Z'],
      ['month', '2026-11-01T00:00:00Z'],
      ['month', '2026-10-01T00:00:00Z'],
      ['year', '2026-01-01T00:00:00Z'],
      ['year', '2025-01-01T00:00:00Z'],
      ['eternity', '1970-01-01T00:00:00Z'],
    ]
    await ownerPool().query('TRUNCATE limit_counters')
    for (const [period, windowAt] of rows)
      await ownerPool().query(`INSERT INTO limit_counters VALUES (1, 'production', 1, 'app:1', 1, $1, $2, 5)`, [period, windowAt])
    await pruneMetering(now)
    const kept = await ownerPool().query<{ period: string }>('SELECT period FROM limit_counters ORDER BY 1')
    expect(kept.rows.map(({ period }) => period)).toEqual(['day', 'eternity', 'hour', 'minute', 'month', 'week', 'year'])
  })

  it('makes partitions ahead of time, once', async () => {
    const later = new Date('2029-05-15T00:00:00Z')
    expect(await ensurePartitions(later)).toBe(28)
    expect(await ensurePartitions(later)).toBe(0)
  })
})
