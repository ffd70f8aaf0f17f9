/**
 * Calendar arithmetic in a tenant's time zone. Instants are milliseconds since 1970; months count from 1. Every zone of
 * today is a whole number of quarter hours away from UTC, so each result is the start of a quarter hour.
 */
export type Wall = { year: number; month: number; day: number; hour?: number; minute?: number }

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** What a clock on the wall shows. */
export function wallOf(at: number, timeZone: string): Required<Wall> {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) parts[type] = Number(value)
  return { year: parts.year!, month: parts.month!, day: parts.day!, hour: parts.hour!, minute: parts.minute! }
}

/** The first instant at which the clock shows it; where it is skipped, the moment of the skip. Overflowing days and months carry over. */
export function instantOf({ year, month, day, hour = 0, minute = 0 }: Wall, timeZone: string): number {
  const wall = Date.UTC(year, month - 1, day, hour, minute)
  const before = wall - offsetAt(wall - DAY_MS, timeZone)
  const after = wall - offsetAt(wall + DAY_MS, timeZone)
  const shown = [before, after].filter((at) => at + offsetAt(at, timeZone) === wall)
  return shown.length > 0 ? Math.min(...shown) : before
}

export function startOfHour(at: number, timeZone: string): number {
  const shown = at + offsetAt(at, timeZone)
  return at - (((shown % HOUR_MS) + HOUR_MS) % HOUR_MS)
}

export function startOfDay(at: number, timeZone: string): number {
  const { year, month, day } = wallOf(at, timeZone)
  return instantOf({ year, month, day }, timeZone)
}

export function startOfMonth(at: number, timeZone: string): number {
  const { year, month } = wallOf(at, timeZone)
  return instantOf({ year, month, day: 1 }, timeZone)
}

/** The same time of day so many days later. */
export function shiftDays(at: number, days: number, timeZone: string): number {
  const wall = wallOf(at, timeZone)
  return instantOf({ ...wall, day: wall.day + days }, timeZone) + (at % 60_000)
}

/** The same day and time so many months later, the month's last day where it is shorter. */
export function shiftMonths(at: number, months: number, timeZone: string): number {
  const wall = wallOf(at, timeZone)
  const month = wall.month + months
  const last = new Date(Date.UTC(wall.year, month, 0)).getUTCDate()
  return instantOf({ ...wall, month, day: Math.min(wall.day, last) }, timeZone) + (at % 60_000)
}

/** Starts of the hours, days or months that lie in `[from, to)`; the first is `from` itself, whatever it is the start of. */
export function slotStarts(granularity: 'hour' | 'day' | 'month', from: number, to: number, timeZone: string): number[] {
  const starts = [from]
  for (let next = nextStart(granularity, from, timeZone); next < to; next = nextStart(granularity, next, timeZone)) starts.push(next)
  return starts
}

function nextStart(granularity: 'hour' | 'day' | 'month', at: number, timeZone: string): number {
  // Hours are steps of real time: the doubled hour of autumn is two.
  if (granularity === 'hour') return startOfHour(at, timeZone) + HOUR_MS
  const { year, month, day } = wallOf(at, timeZone)
  return granularity === 'day' ? instantOf({ year, month, day: day + 1 }, timeZone) : instantOf({ year, month: month + 1, day: 1 }, timeZone)
}

/** Milliseconds that the wall is ahead of UTC. */
function offsetAt(at: number, timeZone: string): number {
  const { year, month, day, hour, minute } = wallOf(at, timeZone)
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / 60_000) * 60_000
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' })
    formats.set(timeZone, format)
  }
  return format
}
