/** Calendar windows in UTC, half-open `[start, end)`; weeks start on Monday (reference gateway 1.4). */
export const periods = ['minute', 'hour', 'day', 'week', 'month', 'year', 'eternity'] as const

export type Period = (typeof periods)[number]

/** The window of `period` that holds `at` (milliseconds since 1970). `end` is null for eternity. */
export function windowOf(period: Period, at: number): { start: number; end: number | null } {
  if (period === 'eternity') return { start: 0, end: null }
  const fixed = period === 'minute' ? 60_000 : period === 'hour' ? 3_600_000 : period === 'day' ? 86_400_000 : 0
  if (fixed > 0) {
    const start = at - (at % fixed)
    return { start, end: start + fixed }
  }
  if (period === 'week') {
    // 1970-01-01 was a Thursday: the Monday before it is four days earlier than the next week start.
    const week = 7 * 86_400_000
    const offset = 4 * 86_400_000
    const start = Math.floor((at - offset) / week) * week + offset
    return { start, end: start + week }
  }
  const date = new Date(at)
  const year = date.getUTCFullYear()
  if (period === 'month') return { start: Date.UTC(year, date.getUTCMonth(), 1), end: Date.UTC(year, date.getUTCMonth() + 1, 1) }
  return { start: Date.UTC(year, 0, 1), end: Date.UTC(year + 1, 0, 1) }
}
