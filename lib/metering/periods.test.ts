import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { periods, windowOf } from '@/lib/metering/periods'

const instants = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) })
const bounded = periods.filter((period) => period !== 'eternity')

describe('USE-3 periods are UTC half-open windows', () => {
  it('USE-3 every instant lies in its window, from the start on and before the end', () => {
    fc.assert(
      fc.property(fc.constantFrom(...bounded), instants, (period, at) => {
        const { start, end } = windowOf(period, at)
        expect(start).toBeLessThanOrEqual(at)
        expect(end).toBeGreaterThan(at)
        expect(windowOf(period, start)).toEqual({ start, end })
        expect(windowOf(period, end! - 1)).toEqual({ start, end })
      }),
    )
  })

  it('USE-3 windows are contiguous: one ends where the next begins', () => {
    fc.assert(
      fc.property(fc.constantFrom(...bounded), instants, (period, at) => {
        const { end } = windowOf(period, at)
        expect(windowOf(period, end!).start).toBe(end)
      }),
    )
  })

  it('weeks start on Monday at midnight and last seven days', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const { start, end } = windowOf('week', at + 7 * 86_400_000)
        expect(new Date(start).getUTCDay()).toBe(1)
        expect(start % 86_400_000).toBe(0)
        expect(end! - start).toBe(7 * 86_400_000)
      }),
    )
  })

  it('months and years follow the calendar', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const month = windowOf('month', at)
        expect(new Date(month.start).toISOString()).toMatch(/^\d{4}-\d{2}-01T00:00:00.000Z$/)
        expect(new Date(month.start).getUTCMonth()).toBe(new Date(at).getUTCMonth())
        const year = windowOf('year', at)
        expect(new Date(year.start).toISOString()).toBe(`${new Date(at).getUTCFullYear()}-01-01T00:00:00.000Z`)
      }),
    )
  })

  const table: [period: (typeof periods)[number], at: string, start: string, end: string | null][] = [
    ['minute', '2026-11-23T12:30:59.999Z', '2026-11-23T12:30:00Z', '2026-11-23T12:31:00Z'],
    ['hour', '2026-11-23T12:30:00Z', '2026-11-23T12:00:00Z', '2026-11-23T13:00:00Z'],
    ['day', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z'],
    ['week', '2026-11-22T23:59:59.999Z', '2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['week', '2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['week', '2027-01-01T10:00:00Z', '2026-12-28T00:00:00Z', '2027-01-04T00:00:00Z'],
    ['month', '2028-02-29T23:59:59.999Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['month', '2100-02-28T12:00:00Z', '2100-02-01T00:00:00Z', '2100-03-01T00:00:00Z'],
    ['year', '2028-12-31T23:59:59.999Z', '2028-01-01T00:00:00Z', '2029-01-01T00:00:00Z'],
    ['eternity', '2026-11-23T12:30:00Z', '1970-01-01T00:00:00Z', null],
  ]
  it.each(table)('%s of %s', (period, at, start, end) => {
    expect(windowOf(period, Date.parse(at))).toEqual({ start: Date.parse(start), end: end && Date.parse(end) })
  })
})
