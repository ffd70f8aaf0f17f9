/** Words for numbers and times. Everything takes the locale and zone it should speak in; nothing guesses from the machine. */

const locale = 'en-GB'

/** 1234567 -> 1.2M */
export function compactNumber(value: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

/** 1234567 -> 1,234,567 */
export function exactNumber(value: number): string {
  return new Intl.NumberFormat('en').format(value)
}

/** 23 December 2026 */
export function longDay(at: Date | string, timeZone = 'UTC'): string {
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone }).format(new Date(at))
}

/** 23 Dec 2026, 14:05:09 UTC */
export function exactTime(at: Date | string, timeZone = 'UTC'): string {
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone, timeZoneName: 'short' }).format(new Date(at))
}

/** The start of an hour, day or month on an axis: `14:00`, `Mon 16, 14:00` with the day, `16 Nov`, `Nov 2026`. */
export function slotLabel(at: number, granularity: 'hour' | 'day' | 'month', timeZone = 'UTC', { withDay = false } = {}): string {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(at)
  if (granularity === 'month') return format({ month: 'short', year: 'numeric' })
  if (granularity === 'day') return format({ day: 'numeric', month: 'short' })
  const time = format({ hour: '2-digit', minute: '2-digit' })
  return withDay ? `${format({ weekday: 'short', day: 'numeric' }).replace(',', '')}, ${time}` : time
}

/** Etc/UTC -> UTC, America/New_York -> America/New York */
export function zoneName(timeZone: string): string {
  return timeZone.replace(/^Etc\//, '').replaceAll('_', ' ')
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** 5 minutes ago, in 2 days, just now, in a moment. What has passed is rounded down, what comes to the nearest: a link of seven days ends in 7 days. */
export function relativeTime(at: Date | string, now: Date | string): string {
  const seconds = (new Date(at).getTime() - new Date(now).getTime()) / 1000
  const size = Math.abs(seconds)
  const step = steps.find(([, length]) => size >= length)
  // A clock that is a little behind must not make the past the future.
  if (!step && seconds > 5 && size < 45) return 'in a moment'
  if (!step) return size < 45 ? 'just now' : new Intl.RelativeTimeFormat('en').format(Math.round(seconds), 'second')
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(seconds > 0 ? Math.round(seconds / step[1]) : Math.trunc(seconds / step[1]), step[0])
}

/** 812 ms, 1.4 s, 2 min 5 s */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** 10 MB, 1.5 kB (decimal) */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
