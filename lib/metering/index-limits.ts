import type { LimitRule } from '@/lib/metering/counter-store'

const indexes = new WeakMap<readonly LimitRule[], Map<number, LimitRule[]>>()

/** A plan's limits by metric, made once for each array: a call's cost must not grow with the number of limits. */
export function indexLimits(limits: readonly LimitRule[]): ReadonlyMap<number, readonly LimitRule[]> {
  let index = indexes.get(limits)
  if (!index) {
    index = new Map()
    for (const rule of limits) {
      const rules = index.get(rule.metricId)
      if (rules) rules.push(rule)
      else index.set(rule.metricId, [rule])
    }
    indexes.set(limits, index)
  }
  return index
}
