import { describe, expect, it } from 'vitest'
import { statsWindow, type StatsQuery } from '@/lib/analytics/stats-window'

const at = { now: new Date('2026-11-23T14:20:30Z'), timezone: 'Etc/UTC', beginsAt: new Date('2026-09-10T08:00:00Z') }
const shape = (query: StatsQuery) => {
  const { since, until, granularity, slots } = statsWindow(query, at)
  return [since, until, granularity, slots.length]
}

describe('the window of a statistics question', () => {
  it.each<[StatsQuery, unknown[]]>([
    [{ period: 'day' }, ['2026-11-22T15:00:00Z', '2026-11-23T14:59:59Z', 'hour', 24]],
    [{ period: 'week' }, ['2026-11-16T18:00:00Z', '2026-11-23T17:59:59Z', 21600, 28]],
    [{ period: 'month' }, ['2026-10-24T00:00:00Z', '2026-11-23T23:59:59Z', 'day', 31]],
    [{ period: 'year' }, ['2025-12-01T00:00:00Z', '2026-11-30T23:59:59Z', 'month', 12]],
    [{ period: 'eternity' }, ['2026-09-10T00:00:00Z', '2026-11-23T23:59:59Z', 'eternity', 1]],
    [{ period: 'day', since: '2026-11-22' }, ['2026-11-22T00:00:00Z', '2026-11-22T23:59:59Z', 'hour', 24]],
    [{ period: 'month', since: '2026-02-01' }, ['2026-02-01T00:00:00Z', '2026-02-28T23:59:59Z', 'day', 28]],
    [{ period: 'day', since: '2026-11-22', timezone: 'Europe/Berlin' }, ['2026-11-22T00:00:00+01:00', '2026-11-22T23:59:59+01:00', 'hour', 24]],
    // The day an hour is skipped, and the one that has it twice.
    [{ period: 'day', since: '2026-03-29', timezone: 'Europe/Berlin' }, ['2026-03-29T00:00:00+01:00', '2026-03-29T23:59:59+02:00', 'hour', 23]],
    [{ period: 'day', since: '2026-10-25', timezone: 'Europe/Berlin' }, ['2026-10-25T00:00:00+02:00', '2026-10-25T23:59:59+01:00', 'hour', 25]],
    [{ period: 'day', since: '2026-11-22', timezone: 'Asia/Kolkata' }, ['2026-11-22T00:00:00+05:30', '2026-11-22T23:59:59+05:30', 'hour', 24]],
    [{ since: '2026-11-01', until: '2026-11-03', granularity: 'day' }, ['2026-11-01T00:00:00Z', '2026-11-03T23:59:59Z', 'day', 3]],
    [{ since: '2026-11-01 06:30:00', until: '2026-11-01 09:10:00', granularity: 'hour' }, ['2026-11-01T06:00:00Z', '2026-11-01T09:59:59Z', 'hour', 4]],
    [{ since: '2026-11-01', until: '2026-11-01', granularity: '21600' }, ['2026-11-01T00:00:00Z', '2026-11-01T23:59:59Z', 21600, 4]],
    [{ since: '2026-11-01', until: '2026-11-01', granularity: '6 hours' }, ['2026-11-01T00:00:00Z', '2026-11-01T23:59:59Z', 21600, 4]],
    [{ since: '2026-01-15', until: '2026-03-02', granularity: 'month' }, ['2026-01-01T00:00:00Z', '2026-03-31T23:59:59Z', 'month', 3]],
    [{ period: 'month', granularity: 'eternity', since: '2026-10-01' }, ['2026-10-01T00:00:00Z', '2026-10-31T23:59:59Z', 'eternity', 1]],
  ])('%j', (query, expected) => {
    expect(shape(query)).toEqual(expected)
  })

  it.each<[StatsQuery, RegExp]>([
    [{}, /Say period/],
    [{ since: '2026-11-01', until: '2026-11-02' }, /granularity/],
    [{ granularity: 'day' }, /since and until/],
    [{ granularity: 'day', since: '2026-11-01' }, /since and until/],
    [{ period: 'fortnight' }, /eternity, year, month, week, day/],
    [{ period: 'day', granularity: 'minute' }, /granularity "minute"/],
    [{ period: 'day', timezone: 'Mars/Olympus' }, /timezone/],
    [{ period: 'day', since: 'yesterday' }, /since "yesterday"/],
    [{ period: 'day', since: '2026-02-30' }, /since/],
    [{ since: '2026-11-03', until: '2026-11-01', granularity: 'day' }, /after since/],
    [{ since: '2026-01-01', until: '2026-04-15', granularity: 'hour' }, /90 days/],
    [{ since: '2026-01-01', until: '2026-08-15', granularity: '21600' }, /6 months/],
    [{ since: '2025-01-01', until: '2026-08-15', granularity: 'day' }, /one year/],
    [{ since: '2000-01-01', until: '2026-08-15', granularity: 'month' }, /10 years/],
    [{ period: 'year', granularity: 'hour' }, /90 days/],
  ])('refuses %j', (query, message) => {
    expect(() => statsWindow(query, at)).toThrow(expect.objectContaining({ code: 'bad_request', publicMessage: expect.stringMatching(message) }))
  })
})
