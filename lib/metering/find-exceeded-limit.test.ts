import { describe, expect, it } from 'vitest'
import type { LimitState } from '@/lib/metering/counter-store'
import { closedUntil, findExceededLimit } from '@/lib/metering/find-exceeded-limit'
import { type Period, windowOf } from '@/lib/metering/periods'

const NOW = Date.UTC(2026, 10, 23, 12, 30, 15)
const HITS = 1
const SEARCH = 2

const state = (metricId: number, period: Period, limit: number, current: number): LimitState => {
  const window = windowOf(period, NOW)
  return { subject: 'app:1', metricId, period, limit, current, windowStart: window.start, windowEnd: window.end, added: 0 }
}

describe('one limit', () => {
  const table: [name: string, limit: number, current: number, usage: [number, number][], refused: boolean][] = [
    ['a call that stays under the limit passes', 10, 3, [[HITS, 1]], false],
    ['a call that reaches the limit exactly passes', 10, 9, [[HITS, 1]], false],
    ['a call that would pass the limit is refused', 10, 10, [[HITS, 1]], true],
    ['a large call is refused although a small one would pass', 10, 8, [[HITS, 3]], true],
    ['a call larger than the limit is refused on an empty counter', 2, 0, [[HITS, 3]], true],
    ['a limit of 0 refuses the first call', 0, 0, [[HITS, 1]], true],
    ['a limit of 0 lets a call without usage pass while nothing was counted', 0, 0, [], false],
    ['without usage, being at the limit passes', 10, 10, [], false],
    ['without usage, being over the limit is refused', 10, 11, [], true],
    ['usage of 0 selects its metric: refused when already over', 10, 11, [[HITS, 0]], true],
    ['usage of 0 passes at the limit', 10, 10, [[HITS, 0]], false],
    ['a limit of a metric that is not involved is ignored though exceeded', 10, 99, [[SEARCH, 1]], false],
  ]
  it.each(table)('%s', (_name, limit, current, usage, refused) => {
    expect(findExceededLimit([state(HITS, 'day', limit, current)], new Map(usage)) !== null).toBe(refused)
  })
})

describe('several limits', () => {
  it('no limits means unlimited', () => {
    expect(findExceededLimit([], new Map([[HITS, 1_000_000]]))).toBeNull()
  })

  it('one refusing limit is enough', () => {
    const states = [state(HITS, 'day', 10, 1), state(HITS, 'minute', 2, 2)]
    expect(findExceededLimit(states, new Map([[HITS, 1]]))).toBe(states[1])
  })

  const longest: [name: string, states: LimitState[], expected: number][] = [
    ['the day outlasts the minute', [state(HITS, 'minute', 1, 1), state(HITS, 'day', 1, 1)], 1],
    ['the month outlasts the week', [state(HITS, 'month', 1, 1), state(HITS, 'week', 1, 1)], 0],
    ['eternity outlasts the year', [state(HITS, 'year', 1, 1), state(HITS, 'eternity', 1, 1)], 1],
    ['a limit of 0 never opens, so it outlasts the year', [state(HITS, 'year', 1, 1), state(SEARCH, 'minute', 0, 0)], 1],
    ['of two that end together the first is named', [state(HITS, 'day', 1, 1), state(SEARCH, 'day', 1, 1)], 0],
  ]
  it.each(longest)('%s', (_name, states, expected) => {
    expect(findExceededLimit(states, new Map([[HITS, 1], [SEARCH, 1]]))).toBe(states[expected])
  })
})

describe('closedUntil', () => {
  it('is the end of the window', () => {
    expect(closedUntil(state(HITS, 'minute', 1, 1), 1)).toBe(Date.UTC(2026, 10, 23, 12, 31))
  })
  it('is never for eternity, for a limit of 0, and for a call larger than the limit', () => {
    expect(closedUntil(state(HITS, 'eternity', 5, 5), 1)).toBeNull()
    expect(closedUntil(state(HITS, 'minute', 0, 0), 1)).toBeNull()
    expect(closedUntil(state(HITS, 'minute', 2, 0), 3)).toBeNull()
  })
})
