import type { LimitState } from '@/lib/metering/counter-store'
import type { CountedLimit } from '@/lib/metering/journal'

/** What an admitted call counted, for its journal record: `states` of the result, `usage` of the request. */
export function countedOf(states: readonly LimitState[], usage: ReadonlyMap<number, number>): CountedLimit[] {
  const counted: CountedLimit[] = []
  for (const { subject, metricId, period, windowStart } of states) {
    const value = usage.get(metricId) ?? 0
    if (value > 0) counted.push({ subject, metricId, period, windowStart, value })
  }
  return counted
}
