import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedClock } from '@/lib/clock'
import type { ConsumeResult, CounterSubject, LimitRule } from '@/lib/metering/counter-store'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'
import { type Period, periods, windowOf } from '@/lib/metering/periods'
import { rollUpUsage, type UsageEntry } from '@/lib/metering/roll-up-usage'

/** Any depth of ancestors: 1 is the root of 2, 2 of 3, 3 of 4; 5 stands alone. */
const PARENTS: Record<number, number | null> = { 1: null, 2: 1, 3: 2, 4: 3, 5: null }
const METRICS = [1, 2, 3, 4, 5]
const lineage = new Map(METRICS.map((id) => [id, ancestry(id)]))

function ancestry(id: number): number[] {
  const parent = PARENTS[id] ?? null
  return parent === null ? [id] : [id, ...ancestry(parent)]
}

const START = Date.parse('2026-11-23T11:59:00Z')

const limitsArb = fc.uniqueArray(fc.record({ metricId: fc.constantFrom(...METRICS), period: fc.constantFrom(...periods), value: fc.integer({ min: 0, max: 12 }) }), {
  selector: ({ metricId, period }) => `${metricId}:${period}`,
  maxLength: 8,
})

const callArb = fc.record({
  // Seconds, minutes, hours, days, months later.
  gapMs: fc.constantFrom(0, 0, 1, 999, 30_000, 61_000, 3_600_000, 86_400_000, 8 * 86_400_000, 40 * 86_400_000, 400 * 86_400_000),
  agoMs: fc.constantFrom(0, 0, 500, 90_000, 4_000_000, 90_000_000, 3_000_000_000),
  force: fc.boolean(),
  entries: fc.array(fc.record({ metricId: fc.constantFrom(...METRICS), value: fc.integer({ min: 0, max: 4 }), set: fc.boolean() }), { maxLength: 4 }),
})

/** The windows of the calendar as people say them, worked out another way than the code does. */
function naiveStart(period: Period, at: number): number {
  const date = new Date(at)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  if (period === 'eternity') return 0
  if (period === 'year') return Date.UTC(year, 0)
  if (period === 'month') return Date.UTC(year, month)
  if (period === 'week') return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7))
  if (period === 'day') return Date.UTC(year, month, day)
  if (period === 'hour') return Date.UTC(year, month, day, date.getUTCHours())
  return Date.UTC(year, month, day, date.getUTCHours(), date.getUTCMinutes())
}

/** The rule of the reference (1.2, 1.4, 4.9), with one number for each limit and window, kept for ever. */
function naiveCounter(limits: LimitRule[]) {
  const values = new Map<string, number>()
  const keyOf = ({ metricId, period }: LimitRule, at: number) => `${metricId}:${period}:${naiveStart(period, at)}`
  return {
    consume(entries: UsageEntry[], at: number, now: number, force: boolean): boolean {
      const change = new Map<number, (value: number) => number>()
      for (const { metricId, value, set } of entries)
        for (const id of ancestry(metricId)) {
          const before = change.get(id) ?? ((current: number) => current)
          change.set(id, set ? () => value : (current) => before(current) + value)
        }
      const asked = limits.filter(({ metricId }) => entries.length === 0 || change.has(metricId))
      const after = asked.map((limit) => ({ limit, value: (change.get(limit.metricId) ?? ((current) => current))(values.get(keyOf(limit, at)) ?? 0) }))
      if (!force && after.some(({ limit, value }) => value > limit.value)) return false
      for (const { limit, value } of after) if (naiveStart(limit.period, at) === naiveStart(limit.period, now)) values.set(keyOf(limit, at), value)
      return true
    },
    current: (limit: LimitRule, now: number) => values.get(keyOf(limit, now)) ?? 0,
  }
}

describe('limits against a naive counter', () => {
  it('all periods, several limits, any depth of ancestors, set values, limits of 0, reports of the past', () =>
    fc.assert(
      fc.asyncProperty(limitsArb, fc.array(callArb, { minLength: 1, maxLength: 40 }), async (limits, calls) => {
        const clock = fixedClock(START)
        const store = createMemoryCounterStore({ clock, load: async () => [] })
        const subject: CounterSubject = { tenantId: 1, productId: 1, environment: 'production', subject: 'app:1', limits }
        const naive = naiveCounter(limits)
        for (const { gapMs, agoMs, force, entries } of calls) {
          clock.advance(gapMs)
          const now = clock.now()
          const at = force ? now - agoMs : now
          const result: ConsumeResult = await store.consume({ subjects: [subject], ...rolled(entries), at, force })
          expect(result.admitted).toBe(naive.consume(entries, at, now, force))
          const states = await store.read([subject], now)
          expect(states.map(({ current }) => current)).toEqual(limits.map((limit) => naive.current(limit, now)))
          expect(states.map(({ windowStart }) => windowStart)).toEqual(limits.map(({ period }) => naiveStart(period, now)))
        }
      }),
      { numRuns: 300 },
    ))

  it('windows are those of the calendar: half-open, without a gap, weeks from Monday', () =>
    fc.assert(
      fc.property(fc.constantFrom(...periods), fc.integer({ min: 0, max: Date.UTC(2120, 0) }), (period, at) => {
        const { start, end } = windowOf(period, at)
        expect(start).toBe(naiveStart(period, at))
        if (end === null) return void expect(period).toBe('eternity')
        expect(at >= start && at < end).toBe(true)
        expect(windowOf(period, end).start).toBe(end)
        expect(windowOf(period, end - 1).start).toBe(start)
      }),
    ))
})

describe('roll-up', () => {
  const of = (...entries: [metricId: number, value: number | string][]) => rollUpUsage(entries.map(([metricId, value]) => ({ metricId, value: Number(String(value).replace('#', '')), set: String(value).startsWith('#') })), lineage)

  it('adds to every ancestor, keeps what was sent for the ancestor itself (1.2)', () => {
    expect(of([1, 2], [2, 5]).usage).toEqual(new Map([[1, 7], [2, 5]]))
    expect(of([4, 50]).usage).toEqual(new Map([[4, 50], [3, 50], [2, 50], [1, 50]]))
    expect(of([4, 0]).usage).toEqual(new Map([[4, 0], [3, 0], [2, 0], [1, 0]]))
  })

  it('a set value sets every ancestor; of several the last one stands (4.9)', () => {
    expect(of([4, '#3'], [2, '#9'])).toEqual({ usage: new Map(), sets: new Map([[4, 3], [3, 3], [2, 9], [1, 9]]) })
    expect(of([2, '#9'], [4, '#3'])).toEqual({ usage: new Map(), sets: new Map([[2, 3], [1, 3], [4, 3], [3, 3]]) })
    expect(of([2, '#9'], [4, 2])).toEqual({ usage: new Map([[4, 2], [3, 2]]), sets: new Map([[2, 11], [1, 11]]) })
    expect(of([5, 1], [4, '#0'])).toEqual({ usage: new Map([[5, 1]]), sets: new Map([[4, 0], [3, 0], [2, 0], [1, 0]]) })
  })

  it('is left out where flat usage is asked for', () => expect(rollUpUsage([{ metricId: 4, value: 2, set: false }], null).usage).toEqual(new Map([[4, 2]])))
})

function rolled(entries: UsageEntry[]) {
  return rollUpUsage(entries, lineage)
}
