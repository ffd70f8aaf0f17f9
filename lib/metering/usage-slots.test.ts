import { expect, it } from 'vitest'
import { splitSlots } from '@/lib/metering/usage-slots'

const split = (...slots: [string, string][]) => {
  const text = (at: number) => new Date(at).toISOString().replace(':00.000Z', '')
  const { months, days, cut } = splitSlots(slots.map(([from, to]) => ({ from: new Date(`${from}Z`), to: new Date(`${to}Z`) })))
  const words = (ranges: typeof cut) => ranges.map(({ start, end }) => `${text(start).replace('T00:00', '')} ${text(end).replace('T00:00', '')}`)
  return { months: words(months), days: words(days), cut: words(cut) }
}

it('less than a day is read by the quarter hour', () => {
  expect(split(['2026-11-23T00:00', '2026-11-23T12:30'], ['2026-11-23T12:30', '2026-11-23T23:45'])).toEqual({ months: [], days: [], cut: ['2026-11-23 2026-11-23T23:45'] })
})

it('whole days of UTC come from the day sums, what sticks out at both ends does not', () => {
  expect(split(['2026-11-20T22:00', '2026-11-23T12:30'])).toEqual({ months: [], days: ['2026-11-21 2026-11-23'], cut: ['2026-11-20T22:00 2026-11-21', '2026-11-23 2026-11-23T12:30'] })
  expect(split(['2026-11-20T00:00', '2026-11-21T00:00'], ['2026-11-21T00:00', '2026-11-22T00:00'])).toEqual({ months: [], days: ['2026-11-20 2026-11-22'], cut: [] })
})

it('days of other zones lie in two days of UTC', () => {
  expect(split(['2026-11-20T18:30', '2026-11-21T18:30'], ['2026-11-21T18:30', '2026-11-22T18:30'])).toEqual({ months: [], days: [], cut: ['2026-11-20T18:30 2026-11-22T18:30'] })
})

it('whole months come from the month sums, one slot each or several in one', () => {
  expect(split(['2026-09-01T00:00', '2026-10-01T00:00'], ['2026-10-01T00:00', '2026-11-01T00:00'], ['2026-11-01T00:00', '2026-11-23T12:30'])).toEqual({ months: ['2026-09-01 2026-11-01'], days: ['2026-11-01 2026-11-23'], cut: ['2026-11-23 2026-11-23T12:30'] })
  expect(split(['2026-08-31T18:30', '2026-10-31T18:30'])).toEqual({ months: ['2026-09-01 2026-10-01'], days: ['2026-10-01 2026-10-31'], cut: ['2026-08-31T18:30 2026-09-01', '2026-10-31 2026-10-31T18:30'] })
})

it('what lies between two slots is in none', () => {
  expect(split(['2026-10-01T00:00', '2026-10-03T00:00'], ['2026-10-05T06:00', '2026-10-05T09:00'])).toEqual({ months: [], days: ['2026-10-01 2026-10-03'], cut: ['2026-10-05T06:00 2026-10-05T09:00'] })
})
