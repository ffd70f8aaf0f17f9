import { closedUntil } from '@/lib/metering/find-exceeded-limit'
import type { BurstState } from '@/lib/metering/burst-store'
import type { LimitState } from '@/lib/metering/counter-store'
import type { ErrorAnswers } from '@/lib/products/gateway-config'
import { challengeOf } from '@/lib/gateway/bearer/challenge'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { PROBLEM_TYPE, problemOf } from '@/lib/gateway/problem-details'
import type { PolicyAnswer } from '@/lib/gateway/policies/policy-run'
import { rateLimitHeaders } from '@/lib/gateway/rate-limit-headers'

/**
 * Every way a call can end without an answer of the upstream. The closed list: where the tenant words the answer
 * himself, `answer` names it (GW-1); all others are ours. `step` is what "Test integration" shows.
 */
export const refusals = {
  unknown_host: { step: 'host', status: 404, message: 'No API answers at this address.' },
  not_promoted: { step: 'host', status: 404, message: 'This API has not been published to production yet.' },
  no_upstream: { step: 'upstream', status: 404, message: 'This API has no private base URL yet.' },
  secret_unreadable: { step: 'upstream', status: 503, message: 'The secret token of this API cannot be read with the keys of this installation.' },
  bad_request: { step: 'rule', status: 400, message: 'The path or query of this request cannot be read.' },
  loop_detected: { step: 'upstream', status: 508, message: 'This call has passed through here too often: the private base URL leads back to a gateway.' },

  preflight: { step: 'host', status: 204, message: 'A preflight request of a browser, answered by the CORS policy.' },
  ip_not_allowed: { step: 'host', status: 403, message: 'Calls from this address are not let in.' },
  maintenance: { step: 'host', status: 503, message: 'This API is being worked on.' },

  credentials_missing: { step: 'credentials', answer: 'authMissing' },
  credentials_malformed: { step: 'credentials', answer: 'authFailed' },
  no_match: { step: 'rule', answer: 'noMatch' },
  key_unknown: { step: 'key', answer: 'authFailed' },
  scope_insufficient: { step: 'key', answer: 'authFailed' },
  product_suspended: { step: 'key', answer: 'authFailed' },
  application_not_live: { step: 'key', answer: 'authFailed' },
  account_not_approved: { step: 'key', answer: 'authFailed' },
  referrer_not_allowed: { step: 'key', answer: 'authFailed' },
  plan_missing: { step: 'key', answer: 'authFailed' },
  method_disabled: { step: 'key', answer: 'authFailed' },
  end_user_missing: { step: 'key', answer: 'authFailed' },
  end_user_invalid: { step: 'key', answer: 'authFailed' },
  end_user_unknown: { step: 'key', answer: 'authFailed' },
  end_user_suspended: { step: 'key', answer: 'authFailed' },
  end_users_full: { step: 'limit', answer: 'limitsExceeded' },
  limits_exceeded: { step: 'limit', answer: 'limitsExceeded' },
  bursts_exceeded: { step: 'limit', answer: 'limitsExceeded' },
  concurrency_exceeded: { step: 'limit', answer: 'limitsExceeded' },

  policy_unreadable: { step: 'host', status: 503, message: 'A policy that guards this API cannot be read.' },
  policies_too_slow: { step: 'host', status: 503, message: 'The policies of this API take too long for this call.' },
  claim_not_allowed: { step: 'key', status: 403, message: 'The token of this call does not say what it must for this path.' },
  edge_limit_exceeded: { step: 'limit', status: 429, message: 'Too many calls. Please try again in a moment.' },

  body_too_large: { step: 'upstream', status: 413, message: 'The body is larger than this API accepts.' },
  too_many_unknown_keys: { step: 'key', status: 429, message: 'Too many unknown keys have come from this address. Please try again in a moment.', retryAfterSeconds: 10 },
  auth_unavailable: { step: 'key', status: 503, message: 'Keys cannot be checked right now. Please try again in a moment.', retryAfterSeconds: 1 },
  limits_unavailable: { step: 'limit', status: 503, message: 'Limits cannot be checked right now. Please try again in a moment.', retryAfterSeconds: 1 },
  metering_unavailable: { step: 'limit', status: 503, message: 'Calls cannot be recorded right now. Please try again in a moment.', retryAfterSeconds: 1 },
  upstream_busy: { step: 'upstream', status: 503, message: 'Too many calls to this API are under way. Please try again in a moment.', retryAfterSeconds: 1 },
  upstream_circuit_open: { step: 'upstream', status: 503, message: 'This API has not been reachable and is given a moment.', retryAfterSeconds: 2 },
  upstream_unreachable: { step: 'upstream', status: 502, message: 'This API could not be reached.' },
  upstream_bad_response: { step: 'upstream', status: 502, message: 'This API answered with something that is no proper HTTP.' },
  upstream_not_allowed: { step: 'upstream', status: 502, message: 'The private base URL of this API leads to an address that is not allowed.' },
  response_too_large: { step: 'upstream', status: 413, message: 'The answer of this API is larger than it may be.' },
  upstream_timed_out: { step: 'upstream', status: 504, message: 'This API did not answer in time.' },
  client_gone: { step: 'upstream', status: 499, message: 'The caller went away.' },
  internal_error: { step: 'upstream', status: 500, message: 'Something broke on our side. It has been logged.' },
} as const satisfies Record<string, { step: Step } & ({ answer: keyof ErrorAnswers } | { status: number; message: string; retryAfterSeconds?: number })>

export type RefusalCode = keyof typeof refusals

export type Step = 'host' | 'credentials' | 'rule' | 'key' | 'limit' | 'upstream'

export type Refusal = {
  code: RefusalCode
  product: CompiledProduct | null
  /** 0 where no application was recognised. */
  applicationId: number
  /** The limit that refused, where one did. */
  exceeded: LimitState | null
  /** What the call would have counted of that limit's metric. */
  exceededBy: number
  /** The short-term bound that refused, where one did. */
  burst: BurstState | null
  /** The scopes that would have opened it. */
  scope?: string
  /** The whole answer in the tenant's words, where a policy gave it. */
  policyAnswer: PolicyAnswer['answer']
}

export function refuse(code: RefusalCode, product: CompiledProduct | null = null, applicationId = 0, exceeded: LimitState | null = null, exceededBy = 0): Refusal {
  return { code, product, applicationId, exceeded, exceededBy, burst: null, policyAnswer: null }
}

export type Answer = { status: number; headers: string[]; body: string }

/**
 * The answer to a refusal: problem details where the product wants them, else the tenant's words where they exist, else
 * ours with a stable code. Headers as a flat list.
 */
export function answerRefusal(refused: Refusal, requestId: string, now: number): Answer {
  const { code, product, exceeded, exceededBy, burst } = refused
  const refusal = refusals[code]
  const headers = ['X-Request-Id', requestId, 'Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff']
  if (refused.policyAnswer) return { ...refused.policyAnswer, headers: [...headers, ...refused.policyAnswer.headers] }
  let retryAfterSeconds: number | null = 'retryAfterSeconds' in refusal ? refusal.retryAfterSeconds : null
  if (exceeded) {
    const until = closedUntil(exceeded, exceededBy)
    // An eternity limit, or one smaller than the call, never opens again: no date to name.
    if (until !== null) retryAfterSeconds = Math.max(1, Math.ceil((until - now) / 1000))
    if (product?.config.rateLimitHeaders) headers.push(...rateLimitHeaders(product, [exceeded], now))
  }
  if (burst) {
    retryAfterSeconds = Math.max(1, Math.ceil(burst.retryMs / 1000))
    if (product?.config.rateLimitHeaders) headers.push(...rateLimitHeaders(product, [], now, [burst]))
  }
  if (retryAfterSeconds !== null) headers.push('Retry-After', String(retryAfterSeconds))
  const challenge = product && challengeOf(code, product, refused.scope)
  if (challenge) headers.push('WWW-Authenticate', challenge.header)
  if (product?.config.refusalStyle === 'problem') {
    const problem = problemOf({ ...refused, product }, requestId, retryAfterSeconds)
    headers.push('Content-Type', PROBLEM_TYPE)
    if (challenge?.status) problem.status = challenge.status
    return { status: problem.status, headers, body: JSON.stringify(problem) }
  }
  if ('answer' in refusal && product) {
    const { status, contentType, body } = product.config.errorAnswers[refusal.answer]
    headers.push('Content-Type', contentType)
    return { status: challenge?.status ?? status, headers, body }
  }
  headers.push('Content-Type', 'application/json; charset=utf-8')
  const { status, message } = 'status' in refusal ? refusal : refusals.internal_error
  return { status, headers, body: JSON.stringify({ error: { code, message }, request_id: requestId }) }
}
