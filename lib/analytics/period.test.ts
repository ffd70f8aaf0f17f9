import { describe, expect, it } from 'vitest'
import { daysOf, spanOf, type PeriodChoice } from '@/lib/analytics/period'
import { instantOf, shiftDays, shiftMonths, slotStarts, startOfDay, wallOf } from '@/lib/analytics/zoned-time'

const at = (text: string) => Date.parse(text)
const iso = (time: number | Date) => new Date(time).toISOString().replace(':00.000Z', 'Z')

describe('the clock of a zone', () => {
  it.each([
    ['Asia/Kolkata', '2026-11-22T18:30:00Z', { year: 2026, month: 11, day: 23, hour: 0, minute: 0 }],
    ['Asia/Kathmandu', '2026-11-22T18:15:00Z', { year: 2026, month: 11, day: 23, hour: 0, minute: 0 }],
    ['America/New_York', '2026-11-01T05:30:00Z', { year: 2026, month: 11, day: 1, hour: 1, minute: 30 }],
  ])('in %s at %s', (zone, time, wall) => {
    expect(wallOf(at(time), zone)).toEqual(wall)
    expect(iso(instantOf(wall, zone))).toBe(time.replace(':00Z', 'Z'))
  })

  it('of a time shown twice it is the first, of one skipped the moment of the skip', () => {
    expect(iso(instantOf({ year: 2026, month: 10, day: 25, hour: 2, minute: 30 }, 'Europe/Berlin'))).toBe('2026-10-25T00:30Z')
    expect(iso(instantOf({ year: 2026, month: 3, day: 29, hour: 2 }, 'Europe/Berlin'))).toBe('2026-03-29T01:00Z')
    // Where summer begins at midnight the day begins at one o'clock.
    expect(iso(startOfDay(at('2026-09-06T12:00:00Z'), 'America/Santiago'))).toBe('2026-09-06T04:00Z')
  })

  it('days are 23, 24 or 25 hours long, months as long as they are', () => {
    const starts = slotStarts('day', at('2026-10-23T22:00:00Z'), at('2026-10-27T23:00:00Z'), 'Europe/Berlin')
    expect(starts.map((start, index) => ((starts[index + 1] ?? at('2026-10-27T23:00:00Z')) - start) / 3_600_000)).toEqual([24, 25, 24, 24])
    expect(iso(shiftDays(at('2026-10-25T11:00:00Z'), -1, 'Europe/Berlin'))).toBe('2026-10-24T10:00Z')
    expect(iso(shiftMonths(at('2026-03-31T12:00:00Z'), -1, 'Etc/UTC'))).toBe('2026-02-28T12:00Z')
    expect(slotStarts('hour', at('2026-11-22T18:30:00Z'), at('2026-11-22T20:45:00Z'), 'Asia/Kolkata').map(iso)).toEqual(['2026-11-22T18:30Z', '2026-11-22T19:30Z', '2026-11-22T20:30Z'])
  })
})

describe('periods', () => {
  const now = new Date('2026-11-23T12:20:00Z')
  const of = (choice: PeriodChoice, zone = 'Etc/UTC') => {
    const span = spanOf(choice, now, zone)
    return [iso(span.from), iso(span.to), iso(span.before.from), iso(span.before.to), span.granularity, span.slots.length]
  }

  it.each<[PeriodChoice, (string | number)[]]>([
    [{ period: 'today' }, ['2026-11-23T00:00Z', '2026-11-23T12:30Z', '2026-11-22T00:00Z', '2026-11-22T12:30Z', 'hour', 13]],
    [{ period: '24h' }, ['2026-11-22T13:00Z', '2026-11-23T12:30Z', '2026-11-21T13:00Z', '2026-11-22T12:30Z', 'hour', 24]],
    [{ period: '7d' }, ['2026-11-17T00:00Z', '2026-11-23T12:30Z', '2026-11-10T00:00Z', '2026-11-16T12:30Z', 'day', 7]],
    [{ period: '7d', by: 'hour' }, ['2026-11-17T00:00Z', '2026-11-23T12:30Z', '2026-11-10T00:00Z', '2026-11-16T12:30Z', 'hour', 157]],
    [{ period: '30d' }, ['2026-10-25T00:00Z', '2026-11-23T12:30Z', '2026-09-25T00:00Z', '2026-10-24T12:30Z', 'day', 30]],
    [{ period: 'month' }, ['2026-11-01T00:00Z', '2026-11-23T12:30Z', '2026-10-01T00:00Z', '2026-10-23T12:30Z', 'day', 23]],
    [{ period: '12m' }, ['2025-12-01T00:00Z', '2026-11-23T12:30Z', '2024-12-01T00:00Z', '2025-11-23T12:30Z', 'month', 12]],
    [{ period: 'own', first: '2026-03-01', last: '2026-03-31' }, ['2026-03-01T00:00Z', '2026-04-01T00:00Z', '2026-01-29T00:00Z', '2026-03-01T00:00Z', 'day', 31]],
    [{ period: 'own', first: '2026-11-23', last: '2026-11-22' }, ['2026-11-22T00:00Z', '2026-11-23T12:30Z', '2026-11-20T00:00Z', '2026-11-21T12:30Z', 'hour', 37]],
    [{ period: 'own', first: '2026-01-15', last: '2026-06-15' }, ['2026-01-15T00:00Z', '2026-06-16T00:00Z', '2025-08-16T00:00Z', '2026-01-15T00:00Z', 'month', 6]],
    [{ period: 'own', first: 'nonsense', last: '2026-02-31' }, ['2026-10-25T00:00Z', '2026-11-23T12:30Z', '2026-09-25T00:00Z', '2026-10-24T12:30Z', 'day', 30]],
  ])('%j', (choice, expected) => expect(of(choice)).toEqual(expected))

  it('are those of the zone', () => {
    expect(of({ period: 'today' }, 'Asia/Kolkata')).toEqual(['2026-11-22T18:30Z', '2026-11-23T12:30Z', '2026-11-21T18:30Z', '2026-11-22T12:30Z', 'hour', 18])
    expect(of({ period: '24h' }, 'Asia/Kolkata').slice(0, 2)).toEqual(['2026-11-22T12:30Z', '2026-11-23T12:30Z'])
    expect(of({ period: 'month' }, 'America/New_York').slice(0, 4)).toEqual(['2026-11-01T04:00Z', '2026-11-23T12:30Z', '2026-10-01T04:00Z', '2026-10-23T11:30Z'])
    expect(daysOf(spanOf({ period: 'own', first: '2026-11-01', last: '2026-11-10' }, now, 'Pacific/Auckland'))).toEqual({ first: '2026-11-01', last: '2026-11-10' })
  })

  it('slots lie side by side from the beginning to the end', () => {
    for (const zone of ['Europe/Berlin', 'Asia/Kolkata', 'America/Santiago', 'Australia/Lord_Howe'])
      for (const period of ['today', '24h', '7d', '30d', 'month', '12m'] as const)
        for (const by of ['hour', 'day', 'month'] as const) {
          const { slots, from, to } = spanOf({ period, by }, now, zone)
          expect(slots[0]!.from).toEqual(from)
          expect(slots.at(-1)!.to).toEqual(to)
          slots.forEach((slot, index) => expect(slot.to.getTime()).toBe(slots[index + 1]?.from.getTime() ?? to.getTime()))
        }
  })

  it('a month that ends at midnight is still the one shown', () => {
    const span = spanOf({ period: 'month' }, new Date('2026-11-30T23:50:00Z'), 'Etc/UTC')
    expect([iso(span.from), iso(span.to), iso(span.before.to)]).toEqual(['2026-11-01T00:00Z', '2026-12-01T00:00Z', '2026-10-31T00:00Z'])
  })
})
