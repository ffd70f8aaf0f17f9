/**
 * What is promoted: the snapshot a gateway environment serves (design section 5). Staging is snapshotted from the rows
 * as they are, production is a stored `ConfigVersion.content`. Plans, limits, applications, keys, states and end users
 * are live and stand elsewhere. JSON throughout; ids are positive integers below 2^53.
 */
export type Environment = 'staging' | 'production'

/** `oauth`: tokens of our own server; `oidc`: JWTs of the tenant's identity providers; `introspection`: opaque tokens asked about (RFC 7662). */
export type AuthenticationMode = 'user_key' | 'app_id_app_key' | 'oauth' | 'oidc' | 'introspection'

export type CredentialsLocation = 'query' | 'headers' | 'basic'

export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS' | 'ANY'

/** The four answers a tenant words himself; defaults are 3scale's (reference gateway 2.2). */
export type ErrorAnswers = Record<'authMissing' | 'authFailed' | 'noMatch' | 'limitsExceeded', ErrorAnswer>

export type ErrorAnswer = { status: number; contentType: string; body: string }

export type GatewayConfig = {
  productId: number
  productName: string
  systemName: string
  authentication: {
    mode: AuthenticationMode
    location: CredentialsLocation
    userKeyName: string
    appIdName: string
    appKeyName: string
  }
  /** Header our own clients name their end user in; the switch and the plans are live. */
  endUserHeader: string
  upstream: {
    /** Origin and optional base path, without trailing slash; null until the tenant has named it. */
    privateBaseUrl: string | null
    /** Sent as `Host` in place of the upstream's own; null: the upstream's. */
    hostHeader: string | null
    /** AES-GCM ciphertext of the secret token (lib/crypto): a stored version never holds it in the clear. */
    secretTokenCipher: string
    bodyBytesMax: number
    connectTimeoutMs: number
    firstByteTimeoutMs: number
    idleTimeoutMs: number
    totalTimeoutMs: number
    concurrencyMax: number
  }
  rateLimitHeaders: boolean
  /** Credentials are taken off the request before it goes upstream. */
  stripCredentials: boolean
  /** Applications that name referrers are held to them (reference gateway 1.1). */
  referrerFiltersRequired: boolean
  /** `text`: `errorAnswers`; `problem`: RFC 9457 documents that say why. */
  refusalStyle: RefusalStyle
  /** Of the product as a whole; an application's stand on its plan, which is live. */
  bursts: Bursts | null
  /** The policy chain in order. */
  policies: PolicyEntry[]
  /** How many of a hundred successful calls are kept for "My calls"; refusals and 5xx always are. */
  callSamplePercent: number
  oauth: OauthSettings
  oidcIssuers: OidcIssuer[]
  introspection: Introspection | null
  /** The longest mount path that fits takes a call; none: `upstream` does. */
  backends: MountedBackend[]
  metrics: { id: number; systemName: string; name: string; parentId: number | null; verb: string | null }[]
  /** In order of position, those of mounted backends after the product's own; `backendId` null: the product's own. */
  mappingRules: { id: number; verb: Verb; pattern: string; metricId: number; delta: number; last: boolean; backendId?: number | null }[]
  errorAnswers: ErrorAnswers
}

export type RefusalStyle = 'text' | 'problem'

/** Short-term bounds beside the calendar limits; each part may be missing. */
export type Bursts = {
  /** Token bucket: `perSecond` calls on average, `size` at once. */
  bucket: { perSecond: number; size: number } | null
  /** True sliding window: at most `calls` within any `seconds`. */
  window: { calls: number; seconds: number } | null
  /** Calls under way at the same time. */
  concurrency: number | null
}

/** One link of the policy chain; names and configurations of APIcast where it has the policy (reference gateway 5.2). */
export type PolicyEntry = { name: string; version: string; enabled: boolean; configuration: Record<string, unknown> }

export type OauthScope = {
  name: string
  /** What the consent page tells the end user. */
  sentence: string
  /** Ids of the metrics (methods) it opens, or all of them. */
  methods: number[] | 'all'
}

export type OauthSettings = { loginUrl: string | null; scopes: OauthScope[]; clientCredentials: boolean; classicClients: boolean }

/** `audience` empty: any non-empty `aud`; `claim`: where the client id stands; `algorithms` empty: what the provider announces. */
export type OidcIssuer = { issuer: string; audience: string; claim: string; algorithms: string[] }

export type Introspection = { url: string; clientId: string; secretCipher: string; claim: string }

export type MountedBackend = {
  id: number
  systemName: string
  name: string
  /** `/` or `/statuses`; taken off before the backend's own base path is put on. */
  path: string
  /** At least one; calls are shared by weight (1 to 100). */
  servers: { url: string; weight: number }[]
  hostHeader: string | null
  healthCheck: HealthCheck | null
}

export type HealthCheck = { path: string; intervalSeconds: number; timeoutMs: number; unhealthyAfter: number; healthyAfter: number }

export const defaultErrorAnswers: ErrorAnswers = {
  authMissing: { status: 403, contentType: 'text/plain; charset=us-ascii', body: 'Authentication parameters missing' },
  authFailed: { status: 403, contentType: 'text/plain; charset=us-ascii', body: 'Authentication failed' },
  noMatch: { status: 404, contentType: 'text/plain; charset=us-ascii', body: 'No Mapping Rule matched' },
  limitsExceeded: { status: 429, contentType: 'text/plain; charset=us-ascii', body: 'Usage limit exceeded' },
}

/** What a version that was promoted before a setting existed says about it. */
export const defaultSettings = {
  stripCredentials: false,
  referrerFiltersRequired: false,
  refusalStyle: 'text',
  bursts: null,
  policies: [],
  callSamplePercent: 10,
  oauth: { loginUrl: null, scopes: [], clientCredentials: false, classicClients: false },
  oidcIssuers: [],
  introspection: null,
  backends: [],
} as const satisfies Partial<GatewayConfig>

/** A stored version as one of today. */
export function completeConfig(content: unknown): GatewayConfig {
  return { ...structuredClone(defaultSettings), ...(content as GatewayConfig) }
}
