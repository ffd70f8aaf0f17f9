/** Whole, round ticks from 0 to just above the largest value: 0, 1,000, 2,000, 3,000, 4,000. At most five steps. */
export function niceTicks(max: number): number[] {
  if (!(max > 0)) return [0, 1]
  const rough = max / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough && (size >= 10 || Number.isInteger(size))) ?? 10 * power)
  const steps = Math.ceil(max / step)
  return Array.from({ length: steps + 1 }, (_, index) => index * step)
}
