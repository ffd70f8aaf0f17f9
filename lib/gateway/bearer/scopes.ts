import type { BearerFacts } from '@/lib/gateway/bearer/bearer-settings'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { Usage } from '@/lib/gateway/match-usage'
import { findClosedMetric, openedMetrics } from '@/lib/oauth/opened-metrics'

/**
 * Whether the token's scopes open what the call counts: each method of it, or where it counts no method, each metric.
 * A product without scopes leaves that to plans. What no scope lists is closed. Gives the scopes that would have opened
 * it, as `WWW-Authenticate` names them; null: open.
 */
export function findMissingScopes(product: CompiledProduct, facts: BearerFacts, usage: Usage): string | null {
  const settings = product.bearer!
  if (settings.scopes.length === 0) return null
  if (facts.opened?.by !== settings) facts.opened = { by: settings, metrics: openedMetrics(settings.scopes, facts.scopes) }
  const { metrics } = facts.opened
  if (metrics === null) return null
  const closed = findClosedMetric(metrics, usage.byMetric.keys(), (id) => product.methodIds.has(id))
  if (closed === null) return null
  return settings.scopes.filter(({ methods: listed }) => listed === 'all' || listed.includes(closed)).map((scope) => scope.name).join(' ')
}
