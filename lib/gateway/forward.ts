import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { isAppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import { BodyTooLarge } from '@/lib/gateway/call'
import type { Call, UpstreamBody } from '@/lib/gateway/call'
import { clientHeaders } from '@/lib/gateway/client-headers'
import { debugHeaders } from '@/lib/gateway/debug-headers'
import type { ForwardPlan } from '@/lib/gateway/decide'
import { upstreamHeaders } from '@/lib/gateway/plan-forward'
import { rateLimitHeaders } from '@/lib/gateway/rate-limit-headers'
import type { RefusalCode } from '@/lib/gateway/refusals'
import { traceHeaders } from '@/lib/gateway/trace'

/** Where an answer goes: Node's response or a Web stream. */
export type Sink = {
  /** `length`: what the upstream announced, where it did. */
  start(status: number, headers: string[], length: number | null): void
  /** False where the client is slower than the upstream: then wait for `Exchange.drained`. */
  write(chunk: Buffer): boolean
  end(): void
  /** Breaks the connection: a cut reply must not look complete (GW-6). */
  cut(): void
}

/** How a forwarded call ended; `refusal` where the client got no (whole) answer of the upstream. */
export type ForwardEnd = { status: number; refusal: RefusalCode | null; started: boolean; headers: IncomingHttpHeaders }

/**
 * Sends a call upstream and streams the answer back, with back-pressure both ways; never more than a few buffers of it
 * are in memory (GW-6). Ends exactly once. One retry at most, for a call without body and effect that could not connect (GW-7).
 */
export function forward(plan: ForwardPlan, call: Call, sink: Sink, onEnd: (end: ForwardEnd) => void): Exchange {
  const exchange = new Exchange(plan, call, sink, onEnd)
  exchange.send()
  return exchange
}

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #plan: ForwardPlan
  readonly #call: Call
  readonly #sink: Sink
  readonly #onEnd: (end: ForwardEnd) => void
  readonly #deadline: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | null = null
  #status = 0
  #headers: IncomingHttpHeaders = NO_HEADERS
  #retried = false
  #ended = false

  constructor(plan: ForwardPlan, call: Call, sink: Sink, onEnd: (end: ForwardEnd) => void) {
    this.#plan = plan
    this.#call = call
    this.#sink = sink
    this.#onEnd = onEnd
    this.#deadline = setTimeout(() => this.#stop('upstream_timed_out'), plan.upstream.totalTimeoutMs)
  }

  /** The client took what was written; go on. */
  drained(): void {
    this.#controller?.resume()
  }

  /** The client went away: nothing is asked of the upstream on its behalf any more. */
  clientGone(): void {
    this.#stop('client_gone')
  }

  send(): void {
    const { lane, upstream, path } = this.#plan
    const { method } = this.#call
    try {
      const body: UpstreamBody | null = this.#call.body?.open(upstream.bodyBytesMax) ?? null
      const options = { path, method, headers: upstreamHeaders(this.#call, upstream), body, servername: upstream.servername || undefined }
      // undici takes async iterables and a server name, its types do not say so.
      lane.pool.dispatch(options as unknown as Dispatcher.DispatchOptions, this)
    } catch (error) {
      this.onResponseError(null, error as Error)
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#plan.lane.connected()
    if (this.#ended) controller.abort(new Error('ended before it began'))
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // Interim answers end here (GW-5).
    if (status < 200 || this.#ended) return
    const { product, states, bursts } = this.#plan
    const own = ['X-Request-Id', this.#call.requestId]
    if (this.#call.traced) own.push(...traceHeaders(this.#call, product, null))
    if (this.#call.debugged) own.push(...debugHeaders(product, this.#call))
    if ((states.length > 0 || bursts !== null) && product.config.rateLimitHeaders) own.push(...rateLimitHeaders(product, states, this.#call.at, bursts && bursts.states))
    const length = headers['content-length']
    this.#sink.start(status, clientHeaders(headers, own), length === undefined ? null : Number(length))
    this.#status = status
    this.#headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#ended && !this.#sink.write(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    if (this.#ended) return
    this.#finish(null)
    this.#sink.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#ended) return
    if (this.#mayRetry(error)) {
      this.#retried = true
      return this.send()
    }
    const code = refusalOf(error, this.#controller === null)
    if (code === 'upstream_timed_out' && !this.#controller) this.#plan.lane.connectTimedOut(this.#call.at)
    if (code === 'internal_error') logger.error({ err: error }, 'forwarding failed')
    this.#finish(code)
  }

  /** Only what never reached the upstream, has no body and no effect. */
  #mayRetry(error: Error): boolean {
    const { method, body } = this.#call
    if (this.#retried || this.#controller || body || isAppError(error)) return false
    return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  }

  #stop(code: RefusalCode): void {
    if (this.#ended) return
    this.#finish(code)
    this.#controller?.abort(new Error(code))
  }

  #finish(refusal: RefusalCode | null): void {
    this.#ended = true
    clearTimeout(this.#deadline)
    this.#plan.lane.leave()
    if (refusal && this.#status > 0) this.#sink.cut()
    this.#onEnd({ status: this.#status, refusal, started: this.#status > 0, headers: this.#headers })
  }
}

const NO_HEADERS: IncomingHttpHeaders = {}

/** What went wrong, in words of the closed list. `unsent`: no connection was there to send on. */
function refusalOf(error: Error, unsent: boolean): RefusalCode {
  if (isAppError(error)) return error.code === 'address_not_allowed' ? 'upstream_not_allowed' : 'upstream_unreachable'
  if (error instanceof BodyTooLarge) return 'body_too_large'
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'upstream_timed_out'
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') return 'bad_request'
  if (error.name === 'HTTPParserError' || code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || code === 'ERR_INVALID_CHAR') return 'upstream_bad_response'
  if (code === 'UND_ERR_SOCKET' && /^bad (response|upgrade)$/.test(error.message)) return 'upstream_bad_response'
  if (unsent || code.startsWith('UND_ERR_') || /^E[A-Z]+$/.test(code) || /CERT|_TLS_|_SSL_/.test(code)) return 'upstream_unreachable'
  return 'internal_error'
}
