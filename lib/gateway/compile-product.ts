import type { Environment, GatewayConfig } from '@/lib/products/gateway-config'
import { isMethodEnabled, isRead } from '@/lib/plans/method-enabled'
import type { LivePlan, LiveProduct } from '@/lib/gateway/load-live'
import { compileBearer } from '@/lib/gateway/bearer/bearer-settings'
import type { BearerSettings } from '@/lib/gateway/bearer/bearer-settings'
import { compileUpstreams } from '@/lib/gateway/compile-upstream'
import type { Upstreams } from '@/lib/gateway/compile-upstream'
import { compileUsageMatcher } from '@/lib/gateway/match-usage'
import type { Usage, UsageMatcher } from '@/lib/gateway/match-usage'
import { compilePolicies } from '@/lib/gateway/policies/compile-policies'
import type { CompiledPolicies } from '@/lib/gateway/policies/compile-policies'
import { tuneUpstream } from '@/lib/gateway/policies/tune-upstream'
import { compileStripping } from '@/lib/gateway/strip-credentials'
import type { StrippedCredentials } from '@/lib/gateway/strip-credentials'

/**
 * A product as an environment serves it, made ready once: nothing is parsed, decrypted or looked up by name while
 * calls run through it. Immutable but for what it remembers about plans.
 */
export type CompiledProduct = {
  tenantId: number
  productId: number
  environment: Environment
  config: GatewayConfig
  active: boolean
  endUsers: LiveProduct['endUsers']
  /** Lower case, as header names arrive. */
  endUserHeader: string
  matcher: UsageMatcher
  credentials: CredentialNames
  upstream: Upstreams['upstream']
  mounts: Upstreams['mounts']
  /** What is taken off a call before it goes upstream; null: nothing. */
  strip: StrippedCredentials | null
  /** Null where no policy has anything to do while a call runs. */
  policies: CompiledPolicies | null
  /** Null: keys are the credentials. */
  bearer: BearerSettings | null
  /** Metrics that are methods: below another one, with none below them. */
  methodIds: ReadonlySet<number>
  /** See `LiveProduct`. */
  selfManagedOrigin: string | null
  portalHost: string | null
  debugHashes: readonly string[]
  /** System names as they may stand in a quoted header string. */
  metricLabels: ReadonlyMap<number, string>
  /** Metrics a plan closes, made on a plan's first call. */
  closedByPlan: WeakMap<LivePlan, ReadonlySet<number>>
}

/** Here too, for whoever takes it with the product. */
export type { UpstreamSettings } from '@/lib/gateway/compile-upstream'

export type CredentialNames = GatewayConfig['authentication'] & { userKeyHeader: string; appIdHeader: string; appKeyHeader: string }

export function compileProduct({ tenantId, productId, config, active, endUsers, selfManagedOrigin, portalHost, debugHashes }: LiveProduct, environment: Environment): CompiledProduct {
  const { upstream, mounts } = compileUpstreams(config, { tenantId, productId, environment }, tuneUpstream(config.policies))
  return {
    tenantId,
    productId,
    environment,
    config,
    active,
    endUsers,
    endUserHeader: config.endUserHeader.toLowerCase(),
    matcher: compileUsageMatcher(config),
    credentials: {
      ...config.authentication,
      userKeyHeader: config.authentication.userKeyName.toLowerCase(),
      appIdHeader: config.authentication.appIdName.toLowerCase(),
      appKeyHeader: config.authentication.appKeyName.toLowerCase(),
    },
    upstream,
    mounts,
    policies: compilePolicies(config, { tenantId, productId, environment }),
    strip: config.stripCredentials ? compileStripping(config.authentication) : null,
    bearer: compileBearer(config),
    methodIds: methodsOf(config),
    selfManagedOrigin,
    portalHost,
    debugHashes,
    metricLabels: new Map(config.metrics.map((metric) => [metric.id, metric.systemName.replace(/[^\x20-\x7e]|["\\]/g, '_')])),
    closedByPlan: new WeakMap(),
  }
}

function methodsOf({ metrics }: GatewayConfig): ReadonlySet<number> {
  const parents = new Set(metrics.map((metric) => metric.parentId))
  return new Set(metrics.filter(({ id, parentId }) => parentId !== null && !parents.has(id)).map((metric) => metric.id))
}

/** Whether the plan closes a metric this usage counts: a method it disables, by explicit word or by its rule for all others. */
export function isClosed(product: CompiledProduct, plan: LivePlan, usage: Usage): boolean {
  return countsAny(usage, closedMetricsOf(product, plan))
}

export function countsAny(usage: Usage, metrics: ReadonlySet<number>): boolean {
  if (metrics.size > 0) for (const [metricId] of usage.entries) if (metrics.has(metricId)) return true
  return false
}

/** The metrics this plan closes, found once for the two of them. */
export function closedMetricsOf(product: CompiledProduct, plan: LivePlan): ReadonlySet<number> {
  let closed = product.closedByPlan.get(plan)
  if (!closed) product.closedByPlan.set(plan, (closed = findClosedMetrics(product.config, plan)))
  return closed
}

function findClosedMetrics(config: GatewayConfig, plan: LivePlan): Set<number> {
  const ruleVerbs = new Map<number, string[]>()
  for (const { metricId, verb } of config.mappingRules) ruleVerbs.set(metricId, [...(ruleVerbs.get(metricId) ?? []), verb])
  const parents = new Set(config.metrics.map((metric) => metric.parentId))
  const closed = config.metrics.filter(({ id, parentId, verb }) => {
    const explicit = plan.explicit.get(id)
    // Metrics at the top or with methods below them (hits, a backend's hits) are no methods: only an explicit word closes them.
    if (parentId === null || parents.has(id)) return explicit === false
    return !isMethodEnabled({ newMethods: plan.newMethods, explicit, read: isRead(verb, ruleVerbs.get(id) ?? []) })
  })
  return new Set(closed.map((metric) => metric.id))
}
