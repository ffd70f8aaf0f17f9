/**
 * What is promoted: the snapshot a gateway environment serves (design section 5). Staging is snapshotted from the rows
 * as they are, production is a stored `ConfigVersion.content`. Plans, limits, applications, keys, states and end users
 * are live and stand elsewhere. JSON throughout; ids are positive integers below 2^53.
 */
export type Environment = 'staging' | 'production'

export type AuthenticationMode = 'user_key' | 'app_id_app_key'

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
  metrics: { id: number; systemName: string; name: string; parentId: number | null; verb: string | null }[]
  /** In order of position. */
  mappingRules: { id: number; verb: Verb; pattern: string; metricId: number; delta: number; last: boolean }[]
  errorAnswers: ErrorAnswers
}

export const defaultErrorAnswers: ErrorAnswers = {
  authMissing: { status: 403, contentType: 'text/plain; charset=us-ascii', body: 'Authentication parameters missing' },
  authFailed: { status: 403, contentType: 'text/plain; charset=us-ascii', body: 'Authentication failed' },
  noMatch: { status: 404, contentType: 'text/plain; charset=us-ascii', body: 'No Mapping Rule matched' },
  limitsExceeded: { status: 429, contentType: 'text/plain; charset=us-ascii', body: 'Usage limit exceeded' },
}
