import type { CallSeries } from '@/lib/metering/usage-series'

/** Answered by the upstream; refused by us (keys, rules, limits); failed, by the upstream or in its place. */
export type OutcomeKind = 'answered' | 'refused' | 'failed'

/** The same distinction that `listProductActivity` makes in SQL. A caller who went away was being answered. */
export function kindOfOutcome(outcome: string): OutcomeKind {
  if (/^(5xx|upstream_.*|internal_error)$/.test(outcome)) return 'failed'
  return /^([1-4]xx|client_gone)$/.test(outcome) ? 'answered' : 'refused'
}

/** A series of calls as three lines along the same slots. */
export function sumByKind({ startsAt, series }: Pick<CallSeries, 'startsAt' | 'series'>): Record<OutcomeKind, number[]> {
  const sums: Record<OutcomeKind, number[]> = { answered: startsAt.map(() => 0), refused: startsAt.map(() => 0), failed: startsAt.map(() => 0) }
  for (const { outcome, values } of series) {
    const line = sums[kindOfOutcome(outcome)]
    values.forEach((value, index) => (line[index]! += value))
  }
  return sums
}
