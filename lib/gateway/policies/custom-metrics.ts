import { isAppError } from '@/lib/errors'
import { newRequestId } from '@/lib/ids'
import { logger } from '@/lib/logger'
import type { LimitState } from '@/lib/metering/counter-store'
import type { PolicyConfiguration } from '@/lib/products/policy-schemas'
import { compileTemplate } from '@/lib/products/policy-template'
import { addUp, lineageOf } from '@/lib/gateway/match-usage'
import { compileCondition } from '@/lib/gateway/policies/condition'
import type { PolicyPlace } from '@/lib/gateway/policies/compile-policies'
import type { PolicyHooks, PolicyRun } from '@/lib/gateway/policies/policy-run'
import { usageRecord } from '@/lib/gateway/usage-record'

const INCREMENT_MAX = 1_000_000_000

/**
 * Usage that only the answer knows, such as rows returned. It is counted when the answer has been passed on, so it
 * never refuses the call it belongs to; limits on these metrics hold for the calls that follow (reference gateway 1.4).
 */
export function customMetrics({ rules }: PolicyConfiguration<'custom_metrics'>, { config }: PolicyPlace): PolicyHooks {
  const compiled = rules.map(({ metric, increment, condition }) => ({ metric: compileTemplate(metric), increment: compileTemplate(increment), applies: compileCondition(condition) }))
  const metricIds = new Map(config.metrics.map((metric) => [metric.systemName, metric.id]))
  const lineage = lineageOf(config.metrics)
  return {
    atEnd(run) {
      if (!run.counted || !run.identity || !run.upstreamHeaders) return
      const counted = compiled.flatMap(({ metric, increment, applies }) => {
        if (applies && !applies(run)) return []
        const metricId = metricIds.get(metric(run.scope).trim())
        const delta = Number(increment(run.scope).trim() || Number.NaN)
        return metricId !== undefined && Number.isSafeInteger(delta) && delta > 0 && delta <= INCREMENT_MAX ? [{ metricId, delta }] : []
      })
      const usage = addUp(counted, lineage)
      if (usage) void book(run, usage)
    },
  }
}

async function book(run: PolicyRun, usage: NonNullable<ReturnType<typeof addUp>>): Promise<void> {
  const { parts, product, call, identity, authorisation } = run
  try {
    const subjects = authorisation?.subjects ?? []
    let states: LimitState[] = []
    if (subjects.some((subject) => subject.limits.length > 0)) {
      const taken = parts.counters.consume({ subjects, usage: usage.byMetric, at: call.at, force: true })
      states = (taken instanceof Promise ? await taken : taken).states
    }
    await parts.journal.append({ ...usageRecord(product, identity!, authorisation?.endUserId ?? null, usage, states, call), id: newRequestId() })
  } catch (error) {
    // The call itself is answered and booked; a store that is away loses this part, and says so.
    const known = isAppError(error) && (error.code === 'unavailable' || error.code === 'busy')
    logger[known ? 'warn' : 'error']({ err: error, productId: product.productId }, 'usage of a custom metric could not be recorded')
  }
}
