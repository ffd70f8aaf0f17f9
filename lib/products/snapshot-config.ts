import { defaultErrorAnswers } from '@/lib/products/gateway-config'
import type { AuthenticationMode, CredentialsLocation, ErrorAnswers, GatewayConfig, Verb } from '@/lib/products/gateway-config'

/** The columns of one product that a snapshot holds, as Prisma or plain `pg` read them; ids may be bigint or number. */
export type SnapshotRows = {
  product: {
    id: bigint | number
    name: string
    authenticationMode: string
    credentialsLocation: string
    errorAnswers: unknown
  } & Pick<GatewayConfig, 'systemName' | 'endUserHeader' | 'rateLimitHeaders'> &
    Omit<GatewayConfig['authentication'], 'mode' | 'location'> &
    GatewayConfig['upstream']
  /** Those not retired. */
  metrics: { id: bigint | number; systemName: string; name: string; parentId: bigint | number | null; verb: string | null }[]
  mappingRules: { id: bigint | number; verb: string; pattern: string; metricId: bigint | number; delta: number; last: boolean; position: number }[]
}

/**
 * The snapshot that staging serves at once and that a promotion stores (design section 5). Rules come out in order of
 * position; a rule whose metric is not among the given ones is left out.
 */
export function snapshotConfig({ product, metrics, mappingRules }: SnapshotRows): GatewayConfig {
  const known = new Set(metrics.map((metric) => Number(metric.id)))
  return {
    productId: Number(product.id),
    productName: product.name,
    systemName: product.systemName,
    authentication: {
      mode: product.authenticationMode as AuthenticationMode,
      location: product.credentialsLocation as CredentialsLocation,
      userKeyName: product.userKeyName,
      appIdName: product.appIdName,
      appKeyName: product.appKeyName,
    },
    endUserHeader: product.endUserHeader,
    upstream: {
      privateBaseUrl: product.privateBaseUrl?.replace(/\/+$/, '') || null,
      hostHeader: product.hostHeader || null,
      secretTokenCipher: product.secretTokenCipher,
      bodyBytesMax: product.bodyBytesMax,
      connectTimeoutMs: product.connectTimeoutMs,
      firstByteTimeoutMs: product.firstByteTimeoutMs,
      idleTimeoutMs: product.idleTimeoutMs,
      totalTimeoutMs: product.totalTimeoutMs,
      concurrencyMax: product.concurrencyMax,
    },
    rateLimitHeaders: product.rateLimitHeaders,
    metrics: metrics.map(({ id, systemName, name, parentId, verb }) => ({ id: Number(id), systemName, name, parentId: parentId === null ? null : Number(parentId), verb })),
    mappingRules: [...mappingRules]
      .filter((rule) => known.has(Number(rule.metricId)))
      .sort((one, other) => one.position - other.position || Number(one.id) - Number(other.id))
      .map(({ id, verb, pattern, metricId, delta, last }) => ({ id: Number(id), verb: verb as Verb, pattern, metricId: Number(metricId), delta, last })),
    errorAnswers: completeAnswers(product.errorAnswers),
  }
}

/** Answers a row does not word are the defaults. */
function completeAnswers(given: unknown): ErrorAnswers {
  const answers = { ...defaultErrorAnswers }
  if (typeof given !== 'object' || given === null) return answers
  for (const name of Object.keys(answers) as (keyof ErrorAnswers)[]) {
    const own = (given as Partial<Record<keyof ErrorAnswers, Partial<ErrorAnswers[keyof ErrorAnswers]>>>)[name]
    if (own) answers[name] = { ...answers[name], ...own }
  }
  return answers
}
