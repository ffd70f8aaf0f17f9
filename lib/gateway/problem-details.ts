import { defaultErrorAnswers } from '@/lib/products/gateway-config'
import { publicOrigin } from '@/lib/zones/public-origin'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { problemWords } from '@/lib/gateway/problem-words'
import { refusals } from '@/lib/gateway/refusals'
import type { Refusal } from '@/lib/gateway/refusals'

/** A problem detail (RFC 9457). Everything below `request_id` is told to recognised applications only. */
export type Problem = {
  /** A page of the tenant's portal about this code; stable. */
  type: string
  title: string
  status: number
  detail: string
  /** This very call, on the portal: its partner may look it up there. */
  instance?: string
  code: string
  request_id: string
  /** Which window of which limit. `resets_at` null: a limit without an end, or one smaller than this call. */
  limit?: { metric: string; period: string; limit: number; used: number; resets_at: string | null; of: 'application' | 'end_user' }
  /** Which short-term bound: a token bucket, a sliding window, or calls under way. */
  burst?: { kind: string; limit: number; window_seconds: number | null; of: 'application' | 'end_user' | 'product' }
  /** Seconds, as in `Retry-After`. */
  retry_after?: number
  links?: { docs?: string; upgrade?: string; status?: string }
}

export const PROBLEM_TYPE = 'application/problem+json'

/**
 * The problem of a refusal. What a stranger learns is what a stranger may know anyway: the code, where a credential
 * belongs, where the documentation is. Limits, windows and the way to a bigger plan are told to whoever was recognised.
 */
export function problemOf({ code, product, applicationId, exceeded, burst }: Refusal & { product: CompiledProduct }, requestId: string, retryAfterSeconds: number | null): Problem {
  const { title, detail } = problemWords(code)
  const portal = product.portalHost === null ? null : publicOrigin(product.portalHost)
  const isKnown = applicationId > 0
  const problem: Problem = { type: portal ? `${portal}/docs/errors#${code}` : 'about:blank', title, status: statusOf(code, product), detail: sentenceOf(code, detail, product, exceeded, retryAfterSeconds), code, request_id: requestId }
  if (portal) problem.instance = `${portal}/calls/${requestId}`
  if (isKnown && exceeded) {
    const { metricId, period, limit, current, windowEnd, subject } = exceeded
    problem.limit = {
      metric: product.metricLabels.get(metricId) ?? String(metricId),
      period,
      limit,
      used: current,
      resets_at: retryAfterSeconds === null || windowEnd === null ? null : new Date(windowEnd).toISOString(),
      of: ofWhom(subject),
    }
  }
  if (isKnown && burst) problem.burst = { kind: burst.kind, limit: burst.limit, window_seconds: burst.windowMs === null ? null : burst.windowMs / 1000, of: burst.subject === 'product' ? 'product' : ofWhom(burst.subject) }
  if (retryAfterSeconds !== null) problem.retry_after = retryAfterSeconds
  if (portal) problem.links = isKnown ? { docs: `${portal}/docs`, ...(asksForMore(code) && { upgrade: `${portal}/admin/applications/${applicationId}#plan` }), status: `${portal}/admin/applications/${applicationId}/calls` } : { docs: `${portal}/docs` }
  return problem
}

/** The tenant's status where he has one; one that has no body cannot carry a document. */
function statusOf(code: Refusal['code'], product: CompiledProduct): number {
  const refusal = refusals[code]
  if ('status' in refusal) return refusal.status
  const { status } = product.config.errorAnswers[refusal.answer]
  return status === 204 || status === 205 || status === 304 ? defaultErrorAnswers[refusal.answer].status : status
}

function sentenceOf(code: Refusal['code'], detail: string, product: CompiledProduct, exceeded: Refusal['exceeded'], retryAfterSeconds: number | null): string {
  if (code === 'credentials_missing') return `${detail} ${whereCredentialsBelong(product)}`
  if (code !== 'limits_exceeded' || !exceeded) return detail
  const { metricId, period, limit, current, windowEnd, subject } = exceeded
  const whose = subject.startsWith('user:') ? 'This end user' : 'Your application'
  const used = `${whose} has used ${current} of ${limit} ${product.metricLabels.get(metricId) ?? 'calls'}${period === 'eternity' ? '' : ` this ${period}`}.`
  if (retryAfterSeconds === null) return `${used} ${windowEnd === null ? 'This limit does not start over.' : 'This call alone counts more than the limit allows.'}`
  return `${used} It works again at ${new Date(windowEnd!).toISOString()}.`
}

/** Names are no secret: the portal's documentation shows them to everybody. */
function whereCredentialsBelong({ credentials }: CompiledProduct): string {
  const { mode, location, userKeyName, appIdName, appKeyName } = credentials
  if (mode !== 'user_key' && mode !== 'app_id_app_key') return 'Send an access token as Authorization: Bearer.'
  if (location === 'basic') return 'Send them as HTTP Basic.'
  const names = mode === 'user_key' ? userKeyName : `${appIdName} and ${appKeyName}`
  return `Send ${names} ${location === 'headers' ? 'as a header' : 'in the query'}${mode === 'user_key' ? '' : ', both of them'}.`
}

const ofWhom = (subject: string) => (subject.startsWith('user:') ? 'end_user' : 'application')

const asksForMore = (code: Refusal['code']) => code === 'limits_exceeded' || code === 'bursts_exceeded' || code === 'concurrency_exceeded' || code === 'method_disabled' || code === 'plan_missing'
