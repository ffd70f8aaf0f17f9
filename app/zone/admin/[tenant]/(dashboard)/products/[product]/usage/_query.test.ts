import { describe, expect, it } from 'vitest'
import { spanOf, usageQuery } from './_query'

describe('the view of usage', () => {
  it('is thirty days of production unless the address says otherwise, and nonsense is ignored', () => {
    expect(usageQuery.parse({})).toEqual({ by: 'day', env: 'production' })
    expect(usageQuery.parse({ by: 'century', env: 'moon', metric: 'x', application: '-1' })).toEqual({ by: 'day', env: 'production' })
    expect(usageQuery.parse({ by: 'hour', env: 'staging', metric: '7' })).toEqual({ by: 'hour', env: 'staging', metric: 7n })
  })

  it.each([
    ['hour', '2026-11-23T12:20:00.000Z', '2026-11-22T13:20:00.000Z'],
    ['day', '2026-11-23T12:20:00.000Z', '2026-10-25T12:20:00.000Z'],
    ['month', '2026-11-30T23:00:00.000Z', '2025-12-15T00:00:00.000Z'],
    ['month', '2026-01-31T00:00:00.000Z', '2025-02-15T00:00:00.000Z'],
  ] as const)('by %s at %s begins at %s', (by, now, from) => expect(spanOf(by, new Date(now)).from.toISOString()).toBe(from))
})
