import { logger } from '@/lib/logger'
import { mayBeOauth, serveAuthorization } from '@/lib/gateway/bearer/serve-authorization'
import type { Call } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { decide } from '@/lib/gateway/decide'
import type { ForwardPlan, GatewayParts } from '@/lib/gateway/decide'
import { DEBUG_HEADER, debugHeaders, mayDebug } from '@/lib/gateway/debug-headers'
import { forward } from '@/lib/gateway/forward'
import type { Exchange, Sink } from '@/lib/gateway/forward'
import { isKept, observeCall } from '@/lib/gateway/observe-call'
import type { EndedCall } from '@/lib/gateway/observe-call'
import { answerRefusal, refuse } from '@/lib/gateway/refusals'
import type { Answer, Refusal } from '@/lib/gateway/refusals'
import { traceHeaders } from '@/lib/gateway/trace'

/** A door's side of one call. */
export type DoorSink = Sink & {
  /** A whole answer of ours. Not called once `start` has been. */
  answer(answer: Answer, closeConnection: boolean): void
  /** The call is on its way: tell `exchange` about a client that is ready for more, or gone. */
  forwarding(exchange: Exchange): void
  /** True where the client is gone already. */
  readonly gone: boolean
}

/** One call from door to end: decide, then forward or answer, then note the outcome. Never rejects. */
export async function serve(parts: GatewayParts, call: Call, sink: DoorSink): Promise<void> {
  if (call.target.length === HEALTH_PATH.length && call.target === HEALTH_PATH && call.method === 'GET') return tell(sink, call, healthAnswer(call.requestId))
  if (mayBeOauth(call.target)) {
    const own = await serveAuthorization(parts.directory, call)
    if (own) return tell(sink, call, own)
  }
  const began = performance.now()
  let plan: ForwardPlan | null = null
  let sentAt = 0
  const end = (product: CompiledProduct | null, applicationId: number, status: number, refusal: Refusal | null, headers: EndedCall['headers']) => {
    try {
      call.policyRun?.end(status)
    } catch (error) {
      logger.error({ err: error, requestId: call.requestId }, 'a policy failed at the end of a call')
    }
    if (product) {
      // The answer to a preflight is what the browser wanted.
      const refused = refusal !== null && refusal.code !== 'preflight'
      const outcome = refused ? refusal.code : `${Math.floor(status / 100)}xx`
      const { tenantId, productId, environment } = product
      const now = performance.now()
      parts.journal.observe({ at: call.at, tenantId, productId, environment, applicationId, outcome, durationMs: now - began })
      if (parts.calls && isKept(status, refused ? refusal.code : null, product.config.callSamplePercent))
        observeCall(parts.calls, call, { product, applicationId, status, refusal, plan, headers, durationMs: now - began, upstreamMs: plan && now - sentAt })
    }
  }
  const answer = (refusal: Refusal) => {
    let text = answerRefusal(refusal, call.requestId, call.at)
    try {
      // Web pages must be able to read a refusal too.
      call.policyRun?.onResponse(text.status, null, text.headers)
      if (call.traced) text.headers.push(...traceHeaders(call, refusal.product, refusal.code))
      if (refusal.product && call.headers[DEBUG_HEADER] !== undefined && mayDebug(refusal.product, call)) text.headers.push(...debugHeaders(refusal.product, call))
    } catch (error) {
      logger.error({ err: error, requestId: call.requestId }, 'a refusal could not be dressed')
      text = answerRefusal(refuse('internal_error'), call.requestId, call.at)
    }
    // Nobody reads the rest of a body that is too large; on the same connection it would be taken for the next call.
    tell(sink, call, text, refusal.code === 'body_too_large')
    end(refusal.product, refusal.applicationId, text.status, refusal, text.headers)
  }

  try {
    const decided = decide(parts, call)
    const decision = decided instanceof Promise ? await decided : decided
    if (decision.refusal) return answer(decision.refusal)
    const { product, applicationId } = (plan = decision.forward)
    if (call.headers[DEBUG_HEADER] !== undefined) call.debugged = mayDebug(product, call)
    sentAt = performance.now()
    const { bursts } = plan
    const exchange = forward(plan, call, sink, ({ status, refusal: code, started, headers }) => {
      if (bursts) void parts.bursts.release(bursts.pass)
      const refusal = code && refuse(code, product, applicationId)
      if (refusal && !started) answer(refusal)
      else end(product, applicationId, status, refusal, headers)
    })
    sink.forwarding(exchange)
  } catch (error) {
    logger.error({ err: error, requestId: call.requestId }, 'the gateway failed on a call')
    answer(refuse('internal_error'))
  }
}

/**
 * Whoever waits behind the door must hear of an end, also where the caller left before the decision, and where an answer
 * holds what no header may.
 */
function tell(sink: DoorSink, { requestId, at }: Call, answer: Answer, closeConnection = false): void {
  if (sink.gone) return sink.cut()
  try {
    sink.answer(answer, closeConnection)
  } catch (error) {
    logger.error({ err: error, requestId }, 'an answer could not be written')
    try {
      sink.answer(answerRefusal(refuse('internal_error'), requestId, at), true)
    } catch {
      sink.cut()
    }
  }
}

/** Of every gateway host, as APIcast has it (reference gateway 2.3): the process answers, whatever becomes of the API behind it. */
const HEALTH_PATH = '/_threescale/healthz'

function healthAnswer(requestId: string): Answer {
  return { status: 200, headers: ['X-Request-Id', requestId, 'Cache-Control', 'no-store', 'Content-Type', 'text/plain; charset=utf-8'], body: 'ok' }
}
