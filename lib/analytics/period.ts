import type { Granularity } from '@/lib/metering/usage-series'
import type { Slot } from '@/lib/metering/usage-slots'
import { instantOf, shiftDays, shiftMonths, slotStarts, startOfDay, startOfHour, startOfMonth, wallOf } from '@/lib/analytics/zoned-time'

export const periodNames = ['today', '24h', '7d', '30d', 'month', '12m', 'own'] as const
export type PeriodName = (typeof periodNames)[number]

/** What a person asked for. `first` and `last` are days (`2026-11-23`), both included, of an own range. */
export type PeriodChoice = { period: PeriodName; by?: Granularity; first?: string; last?: string }

/** A stretch of time in a tenant's zone, cut into slots, and the stretch before it. */
export type Span = {
  period: PeriodName
  timezone: string
  from: Date
  /** Exclusive, a whole quarter hour: what is being counted now is inside. */
  to: Date
  /** As long as this one, by the calendar, and up to the same point where this one is not over. */
  before: Slot
  granularity: Granularity
  /** Those that make sense for this length. */
  granularities: Granularity[]
  /** Hours, days or months along `[from, to)`; the first and the last may be cut. */
  slots: Slot[]
}

const QUARTER_MS = 900_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Longer own ranges are cut at their beginning. */
const DAYS_MOST = 1_100

/** Pure. An own range without two proper days is the last thirty days. */
export function spanOf(choice: PeriodChoice, now: Date, timezone: string): Span {
  const at = Math.ceil(now.getTime() / QUARTER_MS) * QUARTER_MS
  const own = choice.period === 'own' ? ownRange(choice, at, timezone) : null
  const period = choice.period === 'own' && !own ? '30d' : choice.period
  const { from, to, before } = own ?? rangeOf(period, at, timezone)
  const granularities = granularitiesOf(from, to)
  const granularity = choice.by && granularities.includes(choice.by) ? choice.by : (defaults[period] ?? sensibly(granularities, to - from))
  const starts = slotStarts(granularity, from, to, timezone)
  const slots = starts.map((start, index) => ({ from: new Date(start), to: new Date(starts[index + 1] ?? to) }))
  return { period, timezone, from: new Date(from), to: new Date(to), before: { from: new Date(before.from), to: new Date(before.to) }, granularity, granularities, slots }
}

type Range = { from: number; to: number; before: { from: number; to: number } }

const defaults: Partial<Record<PeriodName, Granularity>> = { today: 'hour', '24h': 'hour', '7d': 'day', '30d': 'day', month: 'day', '12m': 'month' }

function rangeOf(period: PeriodName, to: number, zone: string): Range {
  // The last instant inside: at midnight sharp it is still the day that ends.
  const last = to - 1
  if (period === '24h') {
    const from = startOfHour(last, zone) - 23 * HOUR_MS
    return { from, to, before: { from: from - DAY_MS, to: Math.min(to - DAY_MS, from) } }
  }
  if (period === 'month' || period === '12m') {
    const months = period === 'month' ? 1 : 12
    const from = shiftMonths(startOfMonth(last, zone), 1 - months, zone)
    return { from, to, before: { from: shiftMonths(from, -months, zone), to: upTo(shiftMonths(last, -months, zone), from) } }
  }
  const days = period === 'today' ? 1 : period === '7d' ? 7 : 30
  const from = shiftDays(startOfDay(last, zone), 1 - days, zone)
  return { from, to, before: { from: shiftDays(from, -days, zone), to: upTo(shiftDays(last, -days, zone), from) } }
}

const upTo = (last: number, from: number) => Math.min(Math.ceil((last + 1) / QUARTER_MS) * QUARTER_MS, from)

function ownRange({ first, last }: PeriodChoice, now: number, zone: string): Range | null {
  const [one, other] = [dayOf(first), dayOf(last)]
  if (one === null || other === null) return null
  const latest = wallOf(now - 1, zone)
  const today = Date.UTC(latest.year, latest.month - 1, latest.day)
  const lastDay = Math.min(Math.max(one, other), today)
  const firstDay = Math.max(Math.min(one, other, lastDay), lastDay - (DAYS_MOST - 1) * DAY_MS)
  const days = (lastDay - firstDay) / DAY_MS + 1
  const midnight = (day: number) => {
    const date = new Date(day)
    return instantOf({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }, zone)
  }
  const from = midnight(firstDay)
  const to = Math.min(midnight(lastDay + DAY_MS), now)
  return { from, to, before: { from: midnight(firstDay - days * DAY_MS), to: lastDay === today ? upTo(shiftDays(to - 1, -days, zone), from) : from } }
}

function dayOf(text: string | undefined): number | null {
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? null : at
}

function granularitiesOf(from: number, to: number): Granularity[] {
  const days = (to - from) / DAY_MS
  if (days <= 1.1) return ['hour']
  if (days <= 31.1) return ['hour', 'day']
  return days <= 366.1 ? ['day', 'month'] : ['month']
}

/** For a range of one's own: enough slots to see something, few enough to see it at a glance. */
function sensibly(granularities: Granularity[], lengthMs: number): Granularity {
  const wanted = lengthMs <= 2 * DAY_MS ? 'hour' : lengthMs <= 92 * DAY_MS ? 'day' : 'month'
  return granularities.includes(wanted) ? wanted : granularities[0]!
}

/** The first and the last day of a span, as a date input wants them. */
export function daysOf({ from, to, timezone }: Pick<Span, 'from' | 'to' | 'timezone'>): { first: string; last: string } {
  const text = (at: number) => {
    const { year, month, day } = wallOf(at, timezone)
    return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  }
  return { first: text(from.getTime()), last: text(to.getTime() - 1) }
}
