export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

export const hourLabel = (hour: number) => `${String(hour).padStart(2, '0')}:00`

/** From nothing to the most, of the accent colour in both themes. */
export const shades = ['var(--sunken)', ...[18, 38, 58, 78, 100].map((share) => `color-mix(in srgb, var(--chart-1) ${share}%, var(--surface))`)]

/** Which shade a number has: 0 is nothing, 1 to 5 are fifths of the most. */
export function levelOf(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0
  return Math.min(5, Math.ceil((value / most) * 5))
}

/** The first hour of the week with the most; null where there is nothing. */
export function busiestOf(values: readonly (readonly number[])[]): { day: number; hour: number } | null {
  let found: { day: number; hour: number; value: number } | null = null
  values.forEach((hours, day) => hours.forEach((value, hour) => (value > (found?.value ?? 0) ? (found = { day, hour, value }) : undefined)))
  return found
}
