import { instantOf, shiftDays, shiftMonths, startOfDay, startOfHour, startOfMonth, wallOf } from '@/lib/analytics/zoned-time'
import { AppError } from '@/lib/errors'
import type { Slot } from '@/lib/metering/usage-slots'

const statsPeriods = ['eternity', 'year', 'month', 'week', 'day'] as const
export type StatsPeriod = (typeof statsPeriods)[number]

/** `21600`: six hours, as 3scale spells them in seconds. */
export type StatsGranularity = 'eternity' | 'month' | 'day' | 21600 | 'hour'

export type StatsQuery = { period?: string; since?: string; until?: string; granularity?: string; timezone?: string }

export type StatsWindow = {
  name: StatsPeriod | null
  granularity: StatsGranularity
  timezone: string
  /** `until` is the last second, in the offset of the zone: `2026-11-22T23:59:59+01:00`. */
  since: string
  until: string
  slots: Slot[]
  /** As long, right before; what `change` compares with. */
  before: Slot
}

const DAY_MS = 86_400_000
const implied = { eternity: 'eternity', year: 'month', month: 'day', week: 21600, day: 'hour' } as const satisfies Record<StatsPeriod, StatsGranularity>
/** How far a question may reach (reference gateway 6.3), a little over for leap years and summer time. */
const longest = { eternity: Infinity, month: 3_654 * DAY_MS, day: 367 * DAY_MS, 21600: 185 * DAY_MS, hour: 90 * DAY_MS + 3_600_000 } as const
const inWords = { eternity: '', month: '10 years', day: 'one year', 21600: '6 months', hour: '90 days' }

/**
 * Which slots a question of the Analytics API means (reference gateway 6.3): `period` with an optional `since`, or `since`
 * and `until` with `granularity`. `beginsAt`: when counting began, for eternity. Throws `bad_request`.
 */
export function statsWindow(query: StatsQuery, at: { now: Date; timezone: string; beginsAt: Date }): StatsWindow {
  const timezone = query.timezone || at.timezone
  if (!isTimeZone(timezone)) throw refuse('timezone', timezone, 'a name like Europe/Berlin or Etc/UTC')
  const period = periodOf(query.period)
  const granularity = granularityOf(query.granularity) ?? (period ? implied[period] : null)
  const since = query.since ? dateOf('since', query.since, timezone) : null
  const until = query.until ? dateOf('until', query.until, timezone) : null
  if (granularity === null) throw missing(period === null && !query.period ? 'period, or since, until and granularity' : 'granularity')
  if (period === null && (since === null || until === null)) throw missing('since and until, where there is no period')

  const step = granularity === 'eternity' ? 'day' : granularity
  const [from, to] = rangeOf(period, since, until, step, timezone, at)
  if (to <= from) throw refuse('until', query.until ?? '', 'a time after since')
  if (to - from > longest[granularity]) throw new AppError('bad_request', { publicMessage: `With this granularity ask for at most ${inWords[granularity]}, or take a coarser one.` })
  const starts = granularity === 'eternity' ? [from] : startsOf(step, from, to, timezone)
  return {
    name: period,
    granularity,
    timezone,
    since: zonedText(from, timezone),
    until: zonedText(to - 1000, timezone),
    slots: starts.map((start, index) => ({ from: new Date(start), to: new Date(starts[index + 1] ?? to) })),
    before: { from: new Date(from - (to - from)), to: new Date(from) },
  }
}

/** `2026-11-22T00:00:00Z`, or with the offset the zone has then. */
export function zonedText(at: number, timezone: string): string {
  const whole = Math.floor(at / 1000) * 1000
  const { year, month, day, hour, minute } = wallOf(whole, timezone)
  const second = Math.floor((whole % 60_000) / 1000)
  const offset = Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - whole) / 60_000)
  const two = (number: number) => String(number).padStart(2, '0')
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${zone}`
}

type Step = Exclude<StatsGranularity, 'eternity'>
type Given = { at: number; wholeDay: boolean }

function rangeOf(period: StatsPeriod | null, since: Given | null, until: Given | null, step: Step, zone: string, { now, beginsAt }: { now: Date; beginsAt: Date }): [number, number] {
  if (period === 'eternity') return [startOf(step, beginsAt.getTime(), zone), nextStart(step, now.getTime(), zone)]
  if (period && since) {
    const from = startOf(step, since.at, zone)
    return [from, shiftBy(period, from, zone, 1)]
  }
  if (period) {
    // The one under way belongs to it: "day" are the last 24 hours, the present one included.
    const to = nextStart(step, now.getTime(), zone)
    return [startOf(step, shiftBy(period, to, zone, -1), zone), to]
  }
  const last = until!.wholeDay ? shiftDays(until!.at, 1, zone) - 1 : until!.at
  return [startOf(step, since!.at, zone), nextStart(step, last, zone)]
}

function startsOf(step: Step, from: number, to: number, zone: string): number[] {
  const starts = [from]
  for (let next = nextStart(step, from, zone); next < to; next = nextStart(step, next, zone)) starts.push(next)
  return starts
}

function startOf(step: Step, at: number, zone: string): number {
  if (step === 'month') return startOfMonth(at, zone)
  if (step === 'day') return startOfDay(at, zone)
  if (step === 'hour') return startOfHour(at, zone)
  const { hour, ...date } = wallOf(at, zone)
  return instantOf({ ...date, minute: 0, hour: hour - (hour % 6) }, zone)
}

function nextStart(step: Step, at: number, zone: string): number {
  const start = startOf(step, at, zone)
  if (step === 'month') return shiftMonths(start, 1, zone)
  if (step === 'day') return shiftDays(start, 1, zone)
  if (step === 'hour') return start + 3_600_000
  const { hour, ...date } = wallOf(start, zone)
  return instantOf({ ...date, hour: hour - (hour % 6) + 6 }, zone)
}

function shiftBy(period: Exclude<StatsPeriod, 'eternity'>, at: number, zone: string, count: 1 | -1): number {
  if (period === 'year') return shiftMonths(at, 12 * count, zone)
  if (period === 'month') return shiftMonths(at, count, zone)
  return shiftDays(at, (period === 'week' ? 7 : 1) * count, zone)
}

function periodOf(text: string | undefined): StatsPeriod | null {
  if (!text) return null
  const period = statsPeriods.find((each) => each === text)
  if (!period) throw refuse('period', text, statsPeriods.join(', '))
  return period
}

function granularityOf(text: string | undefined): StatsGranularity | null {
  if (!text) return null
  if (text === '21600' || /^6[ +]?hours?$/.test(text)) return 21600
  if (text === 'eternity' || text === 'month' || text === 'day' || text === 'hour') return text
  throw refuse('granularity', text, 'month, day, 6 hours (21600), hour or eternity')
}

/** A day or a time on the clock of the zone, unless it names an offset. */
function dateOf(name: string, text: string, zone: string): Given {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(text.trim())
  if (!found) throw refuse(name, text, 'a day like 2026-11-23, or a time like 2026-11-23 14:00:00')
  const [, year, month, day, hour, minute = '0', , offset] = found
  const [y, m, d, h] = [Number(year), Number(month), Number(day), Number(hour ?? 0)]
  const valid = m >= 1 && m <= 12 && d >= 1 && d <= new Date(Date.UTC(y, m, 0)).getUTCDate() && h < 24 && Number(minute) < 60 && y >= 1970 && y <= 9000
  const at = offset ? Date.parse(text.trim().replace(' ', 'T').replace(/\s/g, '')) : instantOf({ year: y, month: m, day: d, hour: h, minute: Number(minute) }, zone)
  if (!valid || Number.isNaN(at)) throw refuse(name, text, 'a day like 2026-11-23, or a time like 2026-11-23 14:00:00')
  return { at, wholeDay: hour === undefined }
}

function isTimeZone(name: string): boolean {
  try {
    return name.length <= 60 && new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false // RangeError: no such zone
  }
}

const refuse = (name: string, given: string, allowed: string) => new AppError('bad_request', { publicMessage: `${name} "${given.slice(0, 50)}" is not known; use ${allowed}.` })

const missing = (what: string) => new AppError('bad_request', { publicMessage: `Say ${what}.` })
