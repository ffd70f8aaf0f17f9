import { logger } from '@/lib/logger'
import type { Call } from '@/lib/gateway/call'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { decide } from '@/lib/gateway/decide'
import type { GatewayParts } from '@/lib/gateway/decide'
import { forward } from '@/lib/gateway/forward'
import type { Exchange, Sink } from '@/lib/gateway/forward'
import { answerRefusal, refuse } from '@/lib/gateway/refusals'
import type { Answer, Refusal, RefusalCode } from '@/lib/gateway/refusals'
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
  const began = performance.now()
  const end = (product: CompiledProduct | null, applicationId: number, status: number, refusal: RefusalCode | null) => {
    if (product) {
      const outcome = refusal ?? `${Math.floor(status / 100)}xx`
      const { tenantId, productId, environment } = product
      parts.journal.observe({ at: call.at, tenantId, productId, environment, applicationId, outcome, durationMs: performance.now() - began })
    }
  }
  const answer = (refusal: Refusal) => {
    const text = answerRefusal(refusal, call.requestId, call.at)
    if (call.traced) text.headers.push(...traceHeaders(call, refusal.product, refusal.code))
    // Nobody reads the rest of a body that is too large; on the same connection it would be taken for the next call.
    // Whoever waits behind the door must hear of an end even where the caller left before the decision.
    if (sink.gone) sink.cut()
    else sink.answer(text, refusal.code === 'body_too_large')
    end(refusal.product, refusal.applicationId, text.status, refusal.code)
  }

  try {
    const { forward: plan, refusal } = await decide(parts, call)
    if (refusal) return answer(refusal)
    const exchange = forward(plan, call, sink, ({ status, refusal: code, started }) => {
      if (code && !started) answer(refuse(code, plan.product, plan.applicationId))
      else end(plan.product, plan.applicationId, status, code)
    })
    sink.forwarding(exchange)
  } catch (error) {
    logger.error({ err: error, requestId: call.requestId }, 'the gateway failed on a call')
    answer(refuse('internal_error'))
  }
}
