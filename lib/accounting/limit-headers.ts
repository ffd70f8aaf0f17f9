import type { UsageReport } from '@/lib/accounting/status'
import type { BurstState } from '@/lib/metering/burst-store'
import { periods } from '@/lib/metering/periods'

/**
 * `3scale-limit-*` (reference gateway 4.7) as a flat list: how many more calls like this one fit into the tightest
 * limit, of several equally tight ones the one that lasts longest. `usage` is what this call counts by metric, roll-up
 * applied; null: it names none, so every limit is looked at.
 */
export function limitHeaders(reports: readonly UsageReport[], usage: ReadonlyMap<number, number> | null, now: number): string[] {
  let tightest: UsageReport | null = null
  let fewest = Infinity
  for (const report of reports) {
    if (usage !== null && !usage.has(report.metricId)) continue
    const left = callsLeft(report, usage?.get(report.metricId) ?? 0)
    if (left === null || left > fewest) continue
    if (left === fewest && tightest && periods.indexOf(report.period) <= periods.indexOf(tightest.period)) continue
    tightest = report
    fewest = left
  }
  if (!tightest) return ['3scale-limit-remaining', '-1', '3scale-limit-reset', '-1']
  const reset = tightest.end === null ? -1 : Math.max(0, Math.ceil((tightest.end - now) / 1000))
  return ['3scale-limit-remaining', String(fewest), '3scale-limit-reset', String(reset), '3scale-limit-max-value', String(tightest.max)]
}

/** The same words for a short-term bound that refused: nothing is left, and when it may be tried again. */
export function burstHeaders({ limit, retryMs }: BurstState): string[] {
  return ['3scale-limit-remaining', '0', '3scale-limit-reset', String(Math.max(1, Math.ceil(retryMs / 1000))), '3scale-limit-max-value', String(limit)]
}

/** Null: a call that counts nothing here is not held up by this limit. */
function callsLeft({ max, current }: UsageReport, value: number): number | null {
  const left = Math.max(0, max - current)
  if (left === 0) return 0
  return value === 0 ? null : Math.floor(left / value)
}
