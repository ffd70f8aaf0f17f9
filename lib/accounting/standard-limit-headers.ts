import { rateLimitHeaders } from '@/lib/gateway/rate-limit-headers'
import { closedUntil } from '@/lib/metering/find-exceeded-limit'
import type { AuthAnswer } from '@/lib/accounting/authorize'

/** `RateLimit-Policy`, `RateLimit` and, where a limit refused, `Retry-After` (GW-9), as our own gateway says them, for another one to pass on; a flat list. */
export function standardLimitHeaders({ service, usage, states, exceeded, burst }: AuthAnswer, now: number): string[] {
  if (burst) return [...rateLimitHeaders(service.product, [], now, [burst]), 'Retry-After', String(Math.max(1, Math.ceil(burst.retryMs / 1000)))]
  if (!exceeded) return rateLimitHeaders(service.product, states.filter(({ metricId }) => usage?.has(metricId)), now)
  const until = closedUntil(exceeded, usage?.get(exceeded.metricId) ?? 0)
  const headers = rateLimitHeaders(service.product, [exceeded], now)
  // A limit that never opens again has no date to name.
  return until === null ? headers : [...headers, 'Retry-After', String(Math.max(1, Math.ceil((until - now) / 1000)))]
}
