import type { BearerFacts, BearerSettings } from '@/lib/gateway/bearer/bearer-settings'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { Usage } from '@/lib/gateway/match-usage'

/**
 * Whether the token's scopes open what the call counts: each method of it, or where it counts no method, each metric.
 * A product without scopes leaves that to plans. What no scope lists is closed. Gives the scopes that would have opened
 * it, as `WWW-Authenticate` names them; null: open.
 */
export function findMissingScopes(product: CompiledProduct, facts: BearerFacts, usage: Usage): string | null {
  const settings = product.bearer!
  if (settings.scopes.length === 0) return null
  if (facts.opened?.by !== settings) facts.opened = { by: settings, metrics: metricsOf(settings, facts.scopes) }
  const { metrics } = facts.opened
  if (metrics === null) return null
  let methods = 0
  let closed: number | null = null
  for (const [metricId] of usage.entries) {
    if (!product.methodIds.has(metricId)) continue
    methods++
    if (!metrics.has(metricId)) closed ??= metricId
  }
  if (methods === 0) for (const [metricId] of usage.entries) if (!metrics.has(metricId)) closed ??= metricId
  if (closed === null) return null
  return settings.scopes.filter(({ methods: listed }) => listed === 'all' || listed.includes(closed)).map((scope) => scope.name).join(' ')
}

/** Null: all of them. */
function metricsOf({ scopes }: BearerSettings, held: readonly string[]): ReadonlySet<number> | null {
  const metrics = new Set<number>()
  for (const { name, methods } of scopes) {
    if (!held.includes(name)) continue
    if (methods === 'all') return null
    for (const id of methods) metrics.add(id)
  }
  return metrics
}
