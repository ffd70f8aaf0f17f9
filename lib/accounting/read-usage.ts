import { AccountingError } from '@/lib/accounting/accounting-error'
import type { Service } from '@/lib/accounting/accounting-directory'
import type { Params, Value } from '@/lib/accounting/parse-params'
import type { UsageEntry } from '@/lib/metering/roll-up-usage'

/**
 * `usage[metric]=value` (reference gateway 4.2, 4.9): whole numbers from 0, `#N` sets. Names and values may have blanks
 * around them. Throws `metric_invalid` and `usage_value_invalid`; unknown metrics are found first.
 */
export function readUsage(service: Service, usage: Params): UsageEntry[] {
  assertMetrics(service, usage)
  const entries = new Map<number, UsageEntry>()
  for (const [sent, value] of usage) {
    const name = sent.trim()
    const metricId = service.metrics.get(name)!
    const { amount, set } = readAmount(name, value)
    entries.set(metricId, { metricId, value: amount, set })
  }
  return [...entries.values()]
}

export function assertMetrics(service: Service, usage: Params): void {
  for (const name of usage.keys()) if (!service.metrics.has(name.trim())) throw new AccountingError('metric_invalid', `metric "${name.trim()}" is invalid`)
}

function readAmount(metric: string, value: Value): { amount: number; set: boolean } {
  if (value === null || (typeof value === 'string' && value.trim() === '')) throw new AccountingError('usage_value_invalid', `usage value for metric "${metric}" can not be empty`)
  const found = typeof value === 'string' ? /^\s*(#?)(\d+)\s*$/.exec(value) : null
  const amount = found ? Number(found[2]) : NaN
  if (!Number.isSafeInteger(amount)) throw new AccountingError('usage_value_invalid', `usage value "${typeof value === 'string' ? value : ''}" for metric "${metric}" is invalid`)
  return { amount, set: found![1] === '#' }
}

/** Whether every value is plainly 0, or there is none: such a transaction is dropped before anybody looks at it (4.8). `#0` is no 0. */
export function countsNothing(usage: Params): boolean {
  for (const value of usage.values()) if (typeof value !== 'string' || !/^\s*0+\s*$/.test(value)) return false
  return true
}
