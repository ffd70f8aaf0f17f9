import type { ApplicationTotal, Change } from '@/lib/metering/usage-totals'

/** Lines of a chart that have a name of their own; the rest is one line. */
export const LINES_MOST = 5

export type MetricUsage = Change & { metricId: number; name: string; systemName: string; verb: string | null; isMethod: boolean }

/** A line of a chart; `id` null: all the others together. */
export type Line = { id: number | null; name: string; values: number[]; total: number }

/** Methods by slot, the busiest by name and the others together; `only`: that one metric alone. Adds up to the usage of all methods. */
export function methodLinesOf(metrics: MetricUsage[], valuesOf: Map<number, number[]>, length: number, only: number | null): Line[] {
  const line = ({ metricId, name, now }: MetricUsage): Line => ({ id: metricId, name, values: valuesOf.get(metricId) ?? Array<number>(length).fill(0), total: now })
  if (only !== null) return metrics.filter(({ metricId }) => metricId === only).map(line)
  const methods = metrics.filter(({ isMethod, now }) => isMethod && now > 0)
  // One too many would make a line of a single method called "others".
  const named = methods.length <= LINES_MOST + 1 ? methods : methods.slice(0, LINES_MOST)
  const rest = methods.slice(named.length)
  const others: Line = { id: null, name: `${rest.length} others`, values: Array<number>(length).fill(0), total: 0 }
  for (const method of rest) {
    others.total += method.now
    valuesOf.get(method.metricId)?.forEach((value, slot) => (others.values[slot]! += value))
  }
  return [...named.map(line), ...(rest.length > 0 ? [others] : [])]
}

/** The named applications by slot, and all others (key 0) together. */
export function applicationLinesOf(named: Pick<ApplicationTotal, 'applicationId' | 'name' | 'now'>[], valuesOf: Map<number, number[]>): Line[] {
  const others = valuesOf.get(0)
  const lines: Line[] = named.flatMap(({ applicationId, name, now }) => {
    const values = valuesOf.get(applicationId)
    return values ? [{ id: applicationId, name: name ?? 'Deleted application', values, total: now }] : []
  })
  return others ? [...lines, { id: null, name: 'All others', values: others, total: others.reduce((sum, value) => sum + value, 0) }] : lines
}
