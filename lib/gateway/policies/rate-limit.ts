import { hash } from 'node:crypto'
import { isAppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import type { BurstSubject } from '@/lib/metering/burst-store'
import type { Bursts } from '@/lib/products/gateway-config'
import type { PolicyConfiguration } from '@/lib/products/policy-schemas'
import { compileCondition, textOf } from '@/lib/gateway/policies/condition'
import type { PolicyText } from '@/lib/gateway/policies/condition'
import type { PolicyPlace } from '@/lib/gateway/policies/compile-policies'
import type { PolicyAnswer, PolicyHooks, PolicyRun } from '@/lib/gateway/policies/policy-run'

type Limiter = { kind: string; name: PolicyText; bursts: Bursts; applies: ((run: PolicyRun) => boolean) | null }

/**
 * Bounds at the edge, by whatever a call can be told apart by, on the store that also holds plans' bursts: exact over
 * all processes that share one. Two kinds are stricter or quicker than APIcast's, on purpose: a "fixed window" slides,
 * so no minute boundary lets twice as many through, and a "leaky bucket" lets its burst pass at once instead of making
 * it wait. Counters belong to one product, whatever `scope` says; `redis_url` is for other gateways.
 */
export function rateLimit({ fixed_window_limiters = [], leaky_bucket_limiters = [], connection_limiters = [], limits_exceeded_error, configuration_error }: PolicyConfiguration<'rate_limit'>, { index }: PolicyPlace): PolicyHooks {
  const none: Bursts = { bucket: null, window: null, concurrency: null }
  const limiters: Limiter[] = [
    ...fixed_window_limiters.map(({ key, count, window, condition }) => ({ kind: `w${count}/${window}`, name: textOf(key.name, key.name_type), bursts: { ...none, window: { calls: count, seconds: window } }, applies: compileCondition(condition) })),
    ...leaky_bucket_limiters.map(({ key, rate, burst, condition }) => ({ kind: `b${rate}/${burst}`, name: textOf(key.name, key.name_type), bursts: { ...none, bucket: { perSecond: rate, size: burst + 1 } }, applies: compileCondition(condition) })),
    ...connection_limiters.map(({ key, conn, burst, condition }) => ({ kind: `c${conn + burst}`, name: textOf(key.name, key.name_type), bursts: { ...none, concurrency: conn + burst }, applies: compileCondition(condition) })),
  ]
  if (limiters.length === 0) return {}
  const over = limits_exceeded_error ?? { status_code: 429, error_handling: 'exit' }
  const uncounted = configuration_error ?? { status_code: 500, error_handling: 'exit' }

  return {
    async admit(run) {
      const subjects = subjectsOf(run, limiters, index)
      if (subjects.length === 0) return null
      const { bursts } = run.parts
      try {
        const { requestId, at } = run.call
        const taken = bursts.take({ subjects, id: `${requestId}.${index}`, at, lastsMsMax: run.product.config.upstream.totalTimeoutMs, waiter: run.call })
        const result = taken instanceof Promise ? await taken : taken
        if (result.admitted) {
          run.releases.push(() => void bursts.release(result.pass))
          return null
        }
        if (over.error_handling === 'log') return null
        const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', String(Math.max(1, Math.ceil(result.exceeded.retryMs / 1000)))]
        return { code: 'edge_limit_exceeded', answer: { status: over.status_code, headers, body: 'Limits exceeded' } }
      } catch (error) {
        if (!isAppError(error)) logger.error({ err: error, productId: run.product.productId }, 'an edge rate limit failed')
        return uncounted.error_handling === 'log' ? null : failed(uncounted.status_code)
      }
    },
  }
}

/** The same text under the same limiter is the same counter; the texts are callers' words, so a digest stands for them. */
function subjectsOf(run: PolicyRun, limiters: readonly Limiter[], index: number): BurstSubject[] {
  const { productId, environment } = run.product
  const subjects: BurstSubject[] = []
  for (const { kind, name, bursts, applies } of limiters) {
    if (applies && !applies(run)) continue
    subjects.push({ productId, environment, subject: `edge:${index}:${kind}:${hash('sha256', name(run), 'base64url').slice(0, 22)}`, bursts })
  }
  return subjects
}

function failed(status: number): PolicyAnswer {
  return { code: 'edge_limit_exceeded', answer: { status, headers: ['Content-Type', 'text/plain; charset=utf-8'], body: 'This call could not be counted. Please try again in a moment.' } }
}
