import type { BurstState } from '@/lib/metering/burst-store'
import type { LimitState } from '@/lib/metering/counter-store'
import type { CompiledProduct } from '@/lib/gateway/compile-product'

/**
 * `RateLimit-Policy` and `RateLimit` (GW-9, IETF draft-11 structured fields) as a flat header list. Of the limits and
 * bursts a call touched the tightest is named: the one with room for the fewest calls like this one, of several the one
 * that lasts longest; `r` is in units of its metric. An eternity limit has neither window nor reset; calls under way are counted in `concurrent-requests`.
 */
export function rateLimitHeaders(product: CompiledProduct, states: readonly LimitState[], now: number, bursts: readonly BurstState[] | null = null): string[] {
  const limit = findTightest(states)
  const burst = bursts && findTightestBurst(bursts)
  // A window of an hour says more than one of a second: at equal room the calendar limit is named.
  if (burst && (!limit || burst.left < roomOf(limit))) return burstHeaders(burst)
  return limit ? limitHeaders(product, limit, now) : []
}

function limitHeaders(product: CompiledProduct, state: LimitState, now: number): string[] {
  const { metricId, period, limit, windowStart, windowEnd } = state
  const name = `"${product.metricLabels.get(metricId) ?? metricId}-${period}"`
  const windowText = windowEnd === null ? '' : `;w=${(windowEnd - windowStart) / 1000}`
  const resetText = windowEnd === null ? '' : `;t=${Math.max(0, Math.ceil((windowEnd - now) / 1000))}`
  return ['RateLimit-Policy', `${name};q=${limit}${windowText}`, 'RateLimit', `${name};r=${leftOf(state)}${resetText}`]
}

const WHOSE: Record<string, string> = { product: 'product', app: 'application', user: 'user' }

function burstHeaders({ subject, kind, limit, left, windowMs, resetMs }: BurstState): string[] {
  const name = `"${WHOSE[subject.split(':')[0]!] ?? 'application'}-${kind}"`
  const windowText = windowMs === null ? ';qu="concurrent-requests"' : `;w=${Math.max(1, Math.ceil(windowMs / 1000))}`
  const resetText = resetMs === null ? '' : `;t=${Math.max(0, Math.ceil(resetMs / 1000))}`
  return ['RateLimit-Policy', `${name};q=${limit}${windowText}`, 'RateLimit', `${name};r=${left}${resetText}`]
}

function findTightest(states: readonly LimitState[]): LimitState | null {
  let tightest: LimitState | null = null
  for (const state of states) {
    if (!tightest || roomOf(state) < roomOf(tightest) || (roomOf(state) === roomOf(tightest) && (state.windowEnd ?? Infinity) > (tightest.windowEnd ?? Infinity))) tightest = state
  }
  return tightest
}

function findTightestBurst(states: readonly BurstState[]): BurstState | null {
  let tightest: BurstState | null = null
  for (const state of states) if (!tightest || state.left < tightest.left || (state.left === tightest.left && (state.windowMs ?? 0) > (tightest.windowMs ?? 0))) tightest = state
  return tightest
}

/** A call may count a thousand of one metric and one of another: how often it may come again is what compares them. */
const roomOf = (state: LimitState) => (state.added > 1 ? Math.floor(leftOf(state) / state.added) : leftOf(state))

// Limits may shrink below what is used already.
const leftOf = (state: LimitState) => Math.max(0, state.limit - state.current)
