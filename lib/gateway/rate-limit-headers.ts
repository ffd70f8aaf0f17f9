import type { LimitState } from '@/lib/metering/counter-store'
import type { CompiledProduct } from '@/lib/gateway/compile-product'

/**
 * `RateLimit-Policy` and `RateLimit` (GW-9, IETF draft-11 structured fields) as a flat header list. Of the limits a call
 * touched the tightest is named: the one with the fewest calls left, of several the one that lasts longest. An eternity
 * limit has neither window nor reset.
 */
export function rateLimitHeaders(product: CompiledProduct, states: readonly LimitState[], now: number): string[] {
  const tightest = findTightest(states)
  if (!tightest) return []
  const { metricId, period, limit, windowStart, windowEnd } = tightest
  const name = `"${product.metricLabels.get(metricId) ?? metricId}-${period}"`
  const windowText = windowEnd === null ? '' : `;w=${(windowEnd - windowStart) / 1000}`
  const resetText = windowEnd === null ? '' : `;t=${Math.max(0, Math.ceil((windowEnd - now) / 1000))}`
  return ['RateLimit-Policy', `${name};q=${limit}${windowText}`, 'RateLimit', `${name};r=${leftOf(tightest)}${resetText}`]
}

export function findTightest(states: readonly LimitState[]): LimitState | null {
  let tightest: LimitState | null = null
  for (const state of states) {
    if (!tightest || leftOf(state) < leftOf(tightest) || (leftOf(state) === leftOf(tightest) && (state.windowEnd ?? Infinity) > (tightest.windowEnd ?? Infinity))) tightest = state
  }
  return tightest
}

// Limits may shrink below what is used already.
const leftOf = (state: LimitState) => Math.max(0, state.limit - state.current)
