import { createHmac, timingSafeEqual } from 'node:crypto'
import { deriveKey } from '@/lib/crypto'
import type { Call } from '@/lib/gateway/call'
import { headerOf } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { explainPath } from '@/lib/gateway/explain-path'
import type { PathExplanation } from '@/lib/gateway/explain-path'
import { refusals } from '@/lib/gateway/refusals'
import type { RefusalCode, Step } from '@/lib/gateway/refusals'

/**
 * What one call of ours met on its way, for "Test integration". Only calls we made ourselves are told: they carry a
 * header signed for this very host, method and path, good for a minute.
 */
export type CallTrace = {
  /** The step that refused; null where the upstream answered. */
  failedStep: Step | null
  refusal: RefusalCode | null
  rules: PathExplanation['rules']
  usage: PathExplanation['usage']
}

export const TRACE_HEADER = 'x-gatehouse-trace'
const GOOD_FOR_MS = 60_000

/** As a header of the answer, a flat list. What does not fit in one is left out: nobody reads fifty rules on a test page. */
export function traceHeaders(call: Pick<Call, 'method' | 'target'>, product: CompiledProduct | null, refusal: RefusalCode | null): string[] {
  const { rules, usage } = product ? explainPath(product.config, call.method, call.target, product.matcher) : { rules: [], usage: [] }
  const trace: CallTrace = { failedStep: refusal && refusals[refusal].step, refusal, rules: rules.slice(0, 30), usage: usage.slice(0, 50) }
  return [TRACE_HEADER, Buffer.from(JSON.stringify(trace)).toString('base64url')]
}

/** The trace of an answer's header; null where there is none that can be read. */
export function readTrace(header: string | null | undefined): CallTrace | null {
  try {
    return header ? (JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as CallTrace) : null
  } catch {
    // An answer of somebody else's server.
    return null
  }
}

/** The value of the header that asks for a trace. */
export function signTraceRequest(call: Pick<Call, 'method' | 'target' | 'host'>, now: number): string {
  return `${now}.${signature(call, now)}`
}

/** Whether this call may be told what it met. */
export function isTraceRequest(call: Call): boolean {
  const [time, given] = (headerOf(call, TRACE_HEADER) ?? '').split('.')
  const at = Number(time)
  if (!given || !Number.isSafeInteger(at) || Math.abs(call.at - at) > GOOD_FOR_MS) return false
  const [one, other] = [Buffer.from(given), Buffer.from(signature(call, at))]
  return one.length === other.length && timingSafeEqual(one, other)
}

function signature({ method, target, host }: Pick<Call, 'method' | 'target' | 'host'>, at: number): string {
  return createHmac('sha256', deriveKey('gateway-trace')).update(`${at}|${method}|${host}|${target}`).digest('base64url')
}
