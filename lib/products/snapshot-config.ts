import { defaultErrorAnswers } from '@/lib/products/gateway-config'
import type {
  AuthenticationMode,
  Bursts,
  CredentialsLocation,
  ErrorAnswers,
  GatewayConfig,
  HealthCheck,
  Introspection,
  MountedBackend,
  OauthScope,
  OidcIssuer,
  PolicyEntry,
  RefusalStyle,
  Verb,
} from '@/lib/products/gateway-config'
import { mountedPattern } from '@/lib/products/pattern'

/** The columns of one product that a snapshot holds, as Prisma or plain `pg` read them; ids may be bigint or number. */
export type SnapshotRows = {
  product: {
    id: bigint | number
    name: string
    authenticationMode: string
    credentialsLocation: string
    errorAnswers: unknown
    refusalStyle: string
    bursts: unknown
    policies: unknown
    oauthLoginUrl: string | null
    oauthScopes: unknown
    oauthClientCredentials: boolean
    oauthClassicClients: boolean
    oidcIssuers: unknown
    introspection: unknown
  } & Pick<GatewayConfig, 'systemName' | 'endUserHeader' | 'rateLimitHeaders' | 'stripCredentials' | 'referrerFiltersRequired' | 'callSamplePercent'> &
    Omit<GatewayConfig['authentication'], 'mode' | 'location'> &
    GatewayConfig['upstream']
  /** Those not retired. */
  metrics: { id: bigint | number; systemName: string; name: string; parentId: bigint | number | null; verb: string | null }[]
  mappingRules: { id: bigint | number; verb: string; pattern: string; metricId: bigint | number; delta: number; last: boolean; position: number }[]
  /** What is mounted, with its rules; `metricId` of a rule is that of the product's own metric. */
  backends: BackendRows[]
}

export type BackendRows = Pick<MountedBackend, 'systemName' | 'name' | 'path' | 'hostHeader'> & {
  id: bigint | number
  privateBaseUrl: string
  servers: unknown
  healthCheck: unknown
  mappingRules: SnapshotRows['mappingRules']
}

/**
 * The snapshot that staging serves at once and that a promotion stores (design section 5). Rules come out in order of
 * position; a rule whose metric is not among the given ones is left out.
 */
export function snapshotConfig({ product, metrics, mappingRules, backends }: SnapshotRows): GatewayConfig {
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
    stripCredentials: product.stripCredentials,
    referrerFiltersRequired: product.referrerFiltersRequired,
    refusalStyle: product.refusalStyle as RefusalStyle,
    bursts: product.bursts as Bursts | null,
    policies: product.policies as PolicyEntry[],
    callSamplePercent: product.callSamplePercent,
    oauth: {
      loginUrl: product.oauthLoginUrl,
      scopes: product.oauthScopes as OauthScope[],
      clientCredentials: product.oauthClientCredentials,
      classicClients: product.oauthClassicClients,
    },
    oidcIssuers: product.oidcIssuers as OidcIssuer[],
    introspection: product.introspection as Introspection | null,
    backends: backends.map(({ id, systemName, name, path, privateBaseUrl, servers, hostHeader, healthCheck }) => ({
      id: Number(id),
      systemName,
      name,
      path,
      servers: (servers as MountedBackend['servers']).length > 0 ? (servers as MountedBackend['servers']) : [{ url: privateBaseUrl, weight: 1 }],
      hostHeader: hostHeader || null,
      healthCheck: healthCheck as HealthCheck | null,
    })),
    metrics: metrics.map(({ id, systemName, name, parentId, verb }) => ({ id: Number(id), systemName, name, parentId: parentId === null ? null : Number(parentId), verb })),
    mappingRules: [
      ...inOrder(mappingRules, known, null, '/'),
      ...backends.flatMap((backend) => inOrder(backend.mappingRules, known, Number(backend.id), backend.path)),
    ],
    errorAnswers: completeAnswers(product.errorAnswers),
  }
}

function inOrder(rules: SnapshotRows['mappingRules'], known: ReadonlySet<number>, backendId: number | null, mount: string): GatewayConfig['mappingRules'] {
  return rules
    .filter((rule) => known.has(Number(rule.metricId)))
    .toSorted((one, other) => one.position - other.position || Number(one.id) - Number(other.id))
    .map(({ id, verb, pattern, metricId, delta, last }) => ({ id: Number(id), verb: verb as Verb, pattern: mountedPattern(mount, pattern), metricId: Number(metricId), delta, last, backendId }))
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
