import type { Period } from '@/lib/metering/periods'
import type { Environment } from '@/lib/products/gateway-config'

/** One call as "My calls" keeps it. Everything in it is redacted already: nothing downstream has to be careful. */
export type CallRecord = {
  tenantId: number
  productId: number
  /** 0 where no application was recognised. */
  applicationId: number
  environment: Environment
  requestId: string
  /** Milliseconds since 1970. */
  at: number
  method: string
  /** Path and query, credentials masked. */
  target: string
  status: number
  /** A refusal code; null where the upstream answered. */
  refusal: string | null
  durationMs: number
  detail: CallDetail
}

export type CallDetail = {
  scheme: string
  host: string
  /** Who called, by address; for the tenant only. */
  address: string
  /** Header names and values as sent, credentials masked. */
  head: HeaderPair[]
  /** The few headers of the answer that explain something. */
  answerHead: HeaderPair[]
  /** Where the call was refused: host, credentials, rule, key, limit, upstream. Null: it was not. */
  step: string | null
  rules: { verb: string; pattern: string; delta: number; metric: string; ignored: string | null }[]
  usage: { metric: string; value: number }[]
  limits: CallLimit[]
  /** What its token spoke for, where one was believed: the grant behind it (0: somebody else's token), its scopes and end user. For the tenant only. */
  bearer?: { grantId: number; scopes: readonly string[]; endUserId: string | null }
  /** Origin and base path the call went to, or was on its way to; for the tenant only. */
  upstream: string | null
  /** From the moment it was sent until its answer ended; null where it was not. */
  upstreamMs: number | null
}

export type HeaderPair = [name: string, value: string]

/** A limit this call touched. Times in milliseconds since 1970; `windowEnd` null for eternity. */
export type CallLimit = { of: 'application' | 'end_user'; metric: string; period: Period; limit: number; current: number; windowEnd: number | null; exceeded: boolean }

/** How many rows and for how long (issue: seven days, the newest of an application and of strangers). */
export const callsKept = { days: 7, perApplication: 1_000, strangersPerProduct: 1_000, shareDays: 7 } as const
