import type { LimitState } from '@/lib/metering/counter-store'
import type { CountedLimit } from '@/lib/metering/journal'

/** What a call moved, for its journal record. A set value is written down as the difference it made, so that batches may be booked in any order. */
export function countedOf(states: readonly LimitState[]): CountedLimit[] {
  const counted: CountedLimit[] = []
  for (const { subject, metricId, period, windowStart, added } of states) if (added !== 0) counted.push({ subject, metricId, period, windowStart, value: added })
  return counted
}
