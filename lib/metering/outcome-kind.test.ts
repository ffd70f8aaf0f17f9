import { describe, expect, it } from 'vitest'
import { kindOfOutcome, sumByKind } from '@/lib/metering/outcome-kind'

describe('how a call ended', () => {
  it.each([
    ['2xx', 'answered'],
    ['4xx', 'answered'],
    ['client_gone', 'answered'],
    ['5xx', 'failed'],
    ['upstream_timed_out', 'failed'],
    ['internal_error', 'failed'],
    ['limits_exceeded', 'refused'],
    ['key_unknown', 'refused'],
    ['no_match', 'refused'],
  ])('%s is %s', (outcome, kind) => expect(kindOfOutcome(outcome)).toBe(kind))

  it('sums a series into three lines of the same length', () => {
    const series = [
      { outcome: '2xx', values: [1, 2], total: 3 },
      { outcome: '4xx', values: [1, 0], total: 1 },
      { outcome: 'no_match', values: [0, 5], total: 5 },
    ]
    expect(sumByKind({ startsAt: [0, 1], series })).toEqual({ answered: [2, 2], refused: [0, 5], failed: [0, 0] })
  })
})
