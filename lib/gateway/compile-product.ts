import { logger } from '@/lib/logger'
import { openSecretToken } from '@/lib/products/secrets-of-product'
import type { Environment, GatewayConfig } from '@/lib/products/gateway-config'
import { isMethodEnabled, isRead } from '@/lib/plans/method-enabled'
import type { LivePlan, LiveProduct } from '@/lib/gateway/load-live'
import { compileUsageMatcher } from '@/lib/gateway/match-usage'
import type { Usage, UsageMatcher } from '@/lib/gateway/match-usage'

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
  /** Or why there is none: the tenant has named no private base URL, or its secret token does not decrypt. */
  upstream: UpstreamSettings | 'no_upstream' | 'secret_unreadable'
  /** System names as they may stand in a quoted header string. */
  metricLabels: ReadonlyMap<number, string>
  /** Metrics a plan closes, made on a plan's first call. */
  closedByPlan: WeakMap<LivePlan, ReadonlySet<number>>
}

export type CredentialNames = GatewayConfig['authentication'] & { userKeyHeader: string; appIdHeader: string; appKeyHeader: string }

export type UpstreamSettings = {
  /** Tells pools apart: product, environment and everything a pool is made with. */
  key: string
  origin: string
  /** Path of the private base URL without trailing slash; empty for none. */
  basePath: string
  /** The `Host` to send, port included where it is not the usual one. */
  host: string
  /** For TLS, whatever `Host` says. Empty for addresses. */
  servername: string
  secretToken: string
  connectTimeoutMs: number
  firstByteTimeoutMs: number
  idleTimeoutMs: number
  totalTimeoutMs: number
  concurrencyMax: number
  bodyBytesMax: number
}

export function compileProduct({ tenantId, productId, config, active, endUsers }: LiveProduct, environment: Environment): CompiledProduct {
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
    upstream: compileUpstream(config, { tenantId, productId, environment }),
    metricLabels: new Map(config.metrics.map((metric) => [metric.id, metric.systemName.replace(/[^\x20-\x7e]|["\\]/g, '_')])),
    closedByPlan: new WeakMap(),
  }
}

/** Whether the plan closes a metric this usage counts: a method it disables, by explicit word or by its rule for all others. */
export function isClosed(product: CompiledProduct, plan: LivePlan, usage: Usage): boolean {
  let closed = product.closedByPlan.get(plan)
  if (!closed) product.closedByPlan.set(plan, (closed = findClosedMetrics(product.config, plan)))
  if (closed.size > 0) for (const [metricId] of usage.entries) if (closed.has(metricId)) return true
  return false
}

function findClosedMetrics(config: GatewayConfig, plan: LivePlan): Set<number> {
  const ruleVerbs = new Map<number, string[]>()
  for (const { metricId, verb } of config.mappingRules) ruleVerbs.set(metricId, [...(ruleVerbs.get(metricId) ?? []), verb])
  const closed = config.metrics.filter(({ id, parentId, verb }) => {
    const explicit = plan.explicit.get(id)
    // Top-level metrics (hits) are no methods: only an explicit word closes them.
    if (parentId === null) return explicit === false
    return !isMethodEnabled({ newMethods: plan.newMethods, explicit, read: isRead(verb, ruleVerbs.get(id) ?? []) })
  })
  return new Set(closed.map((metric) => metric.id))
}

type Place = { tenantId: number; productId: number; environment: Environment }

function compileUpstream({ upstream }: GatewayConfig, { tenantId, productId, environment }: Place): CompiledProduct['upstream'] {
  if (!upstream.privateBaseUrl || !URL.canParse(upstream.privateBaseUrl)) return 'no_upstream'
  const secretToken = readSecretToken(upstream.secretTokenCipher, tenantId, productId)
  if (secretToken === null) return 'secret_unreadable'
  const url = new URL(upstream.privateBaseUrl)
  const { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, concurrencyMax, bodyBytesMax } = upstream
  const isAddress = url.hostname.startsWith('[') || /^[\d.]+$/.test(url.hostname)
  return {
    key: JSON.stringify([productId, environment, url.origin, connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, concurrencyMax]),
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    host: upstream.hostHeader ?? url.host,
    servername: isAddress ? '' : url.hostname,
    secretToken,
    connectTimeoutMs,
    firstByteTimeoutMs,
    idleTimeoutMs,
    totalTimeoutMs,
    concurrencyMax,
    bodyBytesMax,
  }
}

function readSecretToken(cipher: string, tenantId: number, productId: number): string | null {
  try {
    return openSecretToken(tenantId, productId, cipher)
  } catch (error) {
    // This product alone is out of order; without the token its upstream would refuse every call anyway.
    logger.error({ err: error, productId }, 'a secret token cannot be decrypted; was SECRET_KEY changed?')
    return null
  }
}
