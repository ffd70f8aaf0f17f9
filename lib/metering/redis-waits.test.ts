import pg from 'pg'
import { expect, it } from 'vitest'
import { systemClock } from '@/lib/clock'
import type { ScriptRunner } from '@/lib/metering/counter-scripts'
import { createFallbackBurstStore } from '@/lib/metering/fallback-burst-store'
import { createFallbackCounterStore } from '@/lib/metering/fallback-counter-store'
import type { UsageRecord } from '@/lib/metering/journal'
import { createRedisBurstStore } from '@/lib/metering/redis-burst-store'
import { createRedisCounterStore } from '@/lib/metering/redis-counter-store'
import { openRedisJournal } from '@/lib/metering/redis-journal'
import { createRedisLine } from '@/lib/metering/redis-line'
import { createRedisWaits } from '@/lib/metering/redis-waits'
import type { StreamClient } from '@/lib/metering/stream-client'

// Security section 17: a Redis that is away adds 200 ms to a call at most, whatever the call needs of it.

const never = new Promise<never>(() => {})
// Nothing is sent that anybody would have to settle.
const unused = new pg.Pool()
const subject = { tenantId: 1, productId: 1, environment: 'production' as const, subject: 'app:1' }
const record: UsageRecord = { id: 'r', at: 1, tenantId: 1, productId: 1, environment: 'production', applicationId: 1, endUserId: null, credentialId: null, address: '', usage: [[1, 1]], counted: [] }

it('a call that has waited for bursts waits for neither counters nor journal, and asks Redis no more; other calls have their own time', async () => {
  const asked: string[] = []
  const scripts: ScriptRunner = { run: (_, keys) => (asked.push(keys[0]!.split(':')[1]!), never), ping: async () => {}, close: async () => {} }
  const stream: StreamClient = { add: () => (asked.push('journal'), never), oldest: async () => [], remove: async () => {}, length: async () => 0, setAside: async () => {}, ping: async () => {}, close: async () => {} }
  const waits = createRedisWaits(60)
  const line = createRedisLine({ scripts, waits })
  const load = async () => []
  const bursts = createFallbackBurstStore({ main: createRedisBurstStore({ line }), processes: () => 1 })
  const counters = createFallbackCounterStore({ main: createRedisCounterStore({ line, load }), load, clock: systemClock, processes: () => 1 })
  const journal = openRedisJournal({ stream, pool: unused, clock: systemClock, waits, watchMs: 60_000 })
  const call = async () => {
    const waiter = {}
    const before = asked.length
    const at = systemClock.now()
    const taken = await bursts.take({ subjects: [{ ...subject, bursts: { bucket: { perSecond: 1, size: 100 }, window: null, concurrency: null } }], id: String(before), at, lastsMsMax: 1_000, waiter })
    const consumed = counters.consume({ subjects: [{ ...subject, limits: [{ metricId: 1, period: 'year', value: 100 }] }], usage: new Map([[1, 1]]), at, waiter })
    expect(taken.admitted).toBe(true)
    await expect(consumed).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 })
    await expect(journal.append(record, waiter)).rejects.toMatchObject({ code: 'unavailable' })
    return asked.slice(before)
  }
  expect(await call()).toEqual(['bursts'])
  expect(await call()).toEqual(['bursts'])
  await journal.close()
})

it('what a slow answer took is taken off the next step, and a quick one costs nothing', async () => {
  const waits = createRedisWaits(10_000)
  const call = {}
  let slow = true
  const scripts: ScriptRunner = { run: async () => (slow && (await new Promise((resolve) => setTimeout(resolve, 300))), [1]), ping: async () => {}, close: async () => {} }
  const line = createRedisLine({ scripts, waits })
  const script = { text: '', sha: '' }
  await line.run(script, ['k'], [], call)
  // Timers may be a little early, and on a busy machine ticks are long: what was waited is told in our own.
  expect(waits.leftOf(call)).toBeLessThan(9_900)
  const left = waits.leftOf(call)
  slow = false
  await line.run(script, ['k'], [], call)
  expect(waits.leftOf(call)).toBeGreaterThan(left - 100)
})
