import { instantOf, shiftDays, shiftMonths, slotStarts, startOfDay, startOfHour, startOfMonth, wallOf } from '@/lib/analytics/zoned-time'
import { AppError } from '@/lib/errors'
import type { Slot } from '@/lib/metering/usage-slots'

const periodWords = ['year', 'month', 'week', 'day'] as const
const granularityWords = ['month', 'day', '6hours', 'hour'] as const

export type StatsRange = { name: string | null; granularity: (typeof granularityWords)[number]; timezone: string; slots: Slot[]; before: Slot }

const QUARTER_MS = 900_000
const SLOTS_MOST = 1_500
const shortestMs = { month: 31 * 86_400_000, day: 25 * 3_600_000, '6hours': 3_600_000, hour: 3_600_000 }

/**
 * Parameters of the statistics routes (reference portal 7.5): `period`, or `since` and `until`, with `granularity` and
 * `timezone`. Throws `bad_request` that lists what is allowed.
 */
export function statsRangeOf(query: URLSearchParams, now: Date, ownTimezone: string): StatsRange {
  const timezone = query.get('timezone') || ownTimezone
  if (!isTimeZone(timezone)) throw refuse('timezone', timezone, ['a name like Europe/Berlin or Etc/UTC'])
  const period = oneOf('period', query.get('period'), periodWords)
  const granularity = oneOf('granularity', query.get('granularity'), granularityWords) ?? (period === 'year' ? 'month' : period === 'day' ? 'hour' : 'day')
  const end = Math.ceil(now.getTime() / QUARTER_MS) * QUARTER_MS
  const since = dateOf('since', query.get('since'), timezone)
  const last = period && since !== null ? after(since, period, timezone) : (dateOf('until', query.get('until'), timezone) ?? end)
  const from = startOf(granularity, since ?? after(last, period ?? 'month', timezone, -1), timezone)
  const to = Math.max(Math.ceil(last / QUARTER_MS) * QUARTER_MS, from + QUARTER_MS)
  // Before anything is counted out: somebody may ask for every hour since the year 1.
  const expected = Math.floor((to - from) / shortestMs[granularity])
  if (expected > SLOTS_MOST) throw new AppError('bad_request', { publicMessage: `That is more than ${SLOTS_MOST} values; ask for a coarser granularity or a shorter time.` })
  const starts = slotStarts(granularity === '6hours' ? 'hour' : granularity, from, to, timezone).filter((at, index) => granularity !== '6hours' || index === 0 || wallOf(at, timezone).hour % 6 === 0)
  const slots = starts.map((at, index) => ({ from: new Date(at), to: new Date(starts[index + 1] ?? to) }))
  return { name: period, granularity, timezone, slots, before: { from: new Date(from - (to - from)), to: new Date(from) } }
}

function startOf(granularity: (typeof granularityWords)[number], at: number, zone: string): number {
  if (granularity === 'month') return startOfMonth(at, zone)
  if (granularity === 'day') return startOfDay(at, zone)
  if (granularity === 'hour') return startOfHour(at, zone)
  const { hour, ...day } = wallOf(at, zone)
  return instantOf({ ...day, minute: 0, hour: hour - (hour % 6) }, zone)
}

function after(at: number, period: (typeof periodWords)[number], zone: string, count = 1): number {
  if (period === 'year') return shiftMonths(at, 12 * count, zone)
  return period === 'month' ? shiftMonths(at, count, zone) : shiftDays(at, (period === 'week' ? 7 : 1) * count, zone)
}

/** A day or a time, on the clock of the zone unless it names one. */
function dateOf(name: string, text: string | null, zone: string): number | null {
  if (!text) return null
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2})?(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(text.trim())
  if (!found) throw refuse(name, text, ['a day like 2026-11-23', 'a time like 2026-11-23 14:00'])
  const [, year, month, day, hour = '0', minute = '0', offset] = found
  const at = offset ? Date.parse(text.trim().replace(' ', 'T')) : instantOf({ year: Number(year), month: Number(month), day: Number(day), hour: Number(hour), minute: Number(minute) }, zone)
  if (Number.isNaN(at) || Number(month) > 12 || Number(day) > 31) throw refuse(name, text, ['a day like 2026-11-23', 'a time like 2026-11-23 14:00'])
  return Math.floor(at / QUARTER_MS) * QUARTER_MS
}

function oneOf<Word extends string>(name: string, text: string | null, words: readonly Word[]): Word | null {
  if (!text) return null
  const word = words.find((each) => each === text)
  if (!word) throw refuse(name, text, words)
  return word
}

function isTimeZone(name: string): boolean {
  try {
    return name.length <= 60 && new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false // RangeError: no such zone
  }
}

const refuse = (name: string, given: string, allowed: readonly string[]) => new AppError('bad_request', { publicMessage: `${name} "${given.slice(0, 50)}" is not known; use ${allowed.join(', ')}.` })
