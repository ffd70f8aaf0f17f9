import type { IncomingHttpHeaders } from 'node:http'
import type { CallDetail, CallLimit, CallRecord } from '@/lib/calls/call-record'
import type { CallRecorder } from '@/lib/calls/call-recorder'
import { redactAnswerHead, redactHead } from '@/lib/calls/redact'
import { logger } from '@/lib/logger'
import type { LimitState } from '@/lib/metering/counter-store'
import type { Call } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { ForwardPlan } from '@/lib/gateway/decide'
import { explainPath } from '@/lib/gateway/explain-path'
import { refusals } from '@/lib/gateway/refusals'
import type { Refusal, RefusalCode } from '@/lib/gateway/refusals'

/** How a call ended, as `serve` knows it. */
export type EndedCall = {
  product: CompiledProduct
  applicationId: number
  status: number
  /** Null where the upstream answered. */
  refusal: Refusal | null
  /** Null where the call was refused before it had one. */
  plan: ForwardPlan | null
  /** Of the upstream's answer, or ours as a flat list. */
  headers: IncomingHttpHeaders | readonly string[]
  durationMs: number
  upstreamMs: number | null
}

/** Refusals and failures always, of the rest (a browser's preflight among them) as many of a hundred as the product asks for. */
export function isKept(status: number, refusal: RefusalCode | null, samplePercent: number): boolean {
  return (refusal !== null && refusal !== 'preflight') || status >= 500 || (samplePercent > 0 && (samplePercent >= 100 || Math.random() * 100 < samplePercent))
}

/**
 * Hands a call that is worth keeping to the recorder, redacted. Everything here is paid by kept calls alone; a caller
 * over the fair share costs one look-up.
 */
export function observeCall(recorder: CallRecorder, call: Call, ended: EndedCall): void {
  const { tenantId, productId } = ended.product
  const whose = { tenantId, productId, applicationId: ended.applicationId }
  if (!recorder.admits(whose, ended.refusal === null && ended.status < 500)) return
  try {
    recorder.add(recordOf(call, ended))
  } catch (error) {
    // The call itself has ended well: that it is not listed must not show in its answer.
    logger.error({ err: error, requestId: call.requestId }, 'a call could not be kept')
  }
}

function recordOf(call: Call, ended: EndedCall): CallRecord {
  const { product, applicationId, status, refusal, durationMs } = ended
  const { tenantId, productId, environment } = product
  const { target, head } = redactHead(product.credentials, call.target, call.rawHeaders)
  return {
    tenantId,
    productId,
    applicationId,
    environment,
    requestId: call.requestId,
    at: call.at,
    method: call.method,
    target,
    status,
    refusal: refusal?.code ?? null,
    durationMs: round(durationMs),
    detail: detailOf(call, ended, head),
  }
}

function detailOf(call: Call, { product, refusal, plan, headers, upstreamMs }: EndedCall, head: CallDetail['head']): CallDetail {
  const { rules, usage } = explainPath(product.config, call.method, call.target, product.matcher)
  const upstream = plan?.upstream ?? (typeof product.upstream === 'string' ? null : product.upstream)
  const states = plan?.states ?? (refusal?.exceeded ? [refusal.exceeded] : [])
  return {
    scheme: call.scheme,
    host: call.hostHeader.slice(0, 300),
    address: call.clientAddress,
    head,
    answerHead: redactAnswerHead(Array.isArray(headers) ? pairsOf(headers) : namedOf(headers as IncomingHttpHeaders)),
    step: refusal && refusals[refusal.code].step,
    rules: rules.slice(0, RULES_MAX).map(({ verb, pattern, delta, metricName, ignored }) => ({ verb, pattern, delta, metric: metricName, ignored })),
    usage: usage.slice(0, RULES_MAX).map(({ systemName, value }) => ({ metric: systemName, value })),
    limits: states.slice(0, RULES_MAX).map((state) => limitOf(state, product, refusal?.exceeded ?? null)),
    upstream: upstream && upstream.origin + upstream.basePath,
    upstreamMs: upstreamMs === null ? null : round(upstreamMs),
    ...(call.bearer && { bearer: { grantId: call.bearer.id, scopes: call.bearer.scopes.slice(0, RULES_MAX).map((scope) => scope.slice(0, 100)), endUserId: call.bearer.endUserId } }),
  }
}

const RULES_MAX = 20

/** A limit state as people read it. */
export function limitOf(state: LimitState, product: CompiledProduct, exceeded: LimitState | null): CallLimit {
  const { subject, metricId, period, limit, current, windowEnd } = state
  const isExceeded = exceeded !== null && exceeded.subject === subject && exceeded.metricId === metricId && exceeded.period === period
  return { of: subject.startsWith('user:') ? 'end_user' : 'application', metric: product.metricLabels.get(metricId) ?? String(metricId), period, limit, current, windowEnd, exceeded: isExceeded }
}

function* pairsOf(flat: readonly string[]): Generator<readonly [string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i]!, flat[i + 1]!]
}

function* namedOf(headers: IncomingHttpHeaders): Generator<readonly [string, string]> {
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) yield [name, Array.isArray(value) ? value.join(', ') : value]
  }
}

const round = (ms: number) => Math.round(ms * 10) / 10
