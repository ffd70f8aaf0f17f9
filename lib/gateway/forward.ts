import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { isAppError } from '@/lib/errors'
import type { UpstreamHandler } from '@/lib/http/upstream/upstream-exchange'
import { coarseNow, watchDeadline } from '@/lib/http/upstream/watch-deadlines'
import { logger } from '@/lib/logger'
import { BodyTooLarge } from '@/lib/gateway/call'
import { nameEndUser } from '@/lib/gateway/bearer/name-end-user'
import type { Call, UpstreamBody } from '@/lib/gateway/call'
import { chooseServer } from '@/lib/gateway/choose-server'
import { clientHeaders } from '@/lib/gateway/client-headers'
import { debugHeaders } from '@/lib/gateway/debug-headers'
import type { MountedServer } from '@/lib/gateway/compile-upstream'
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

/** Methods that may be repeated without another effect. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

/** How a forwarded call ended; `refusal` where the client got no (whole) answer of the upstream. */
export type ForwardEnd = { status: number; refusal: RefusalCode | null; started: boolean; headers: IncomingHttpHeaders }

/**
 * Sends a call upstream and streams the answer back, with back-pressure both ways; never more than a few buffers of it
 * are in memory (GW-6). Ends exactly once. One retry at most, for a call without body and effect that could not connect
 * (GW-7), unless a policy of the product asks for more; never after a byte of an answer. Where a backend has several
 * servers a retry goes to another one.
 */
export function forward(plan: ForwardPlan, call: Call, sink: Sink, onEnd: (end: ForwardEnd) => void): Exchange {
  const exchange = new Exchange(plan, call, sink, onEnd)
  exchange.send()
  return exchange
}

export class Exchange implements UpstreamHandler {
  readonly #plan: ForwardPlan
  readonly #call: Call
  readonly #sink: Sink
  readonly #onEnd: (end: ForwardEnd) => void
  readonly #forgetDeadline: () => void
  /** In the time of `coarseNow`. */
  readonly deadline: number
  #controller: Dispatcher.DispatchController | null = null
  /** The same, from before there is a connection. */
  #asked: Dispatcher.DispatchController | null = null
  #status = 0
  #headers: IncomingHttpHeaders = NO_HEADERS
  #tries = 0
  #body: UpstreamBody | null = null
  #received = 0
  #ended = false

  constructor(plan: ForwardPlan, call: Call, sink: Sink, onEnd: (end: ForwardEnd) => void) {
    this.#plan = plan
    this.#call = call
    this.#sink = sink
    this.#onEnd = onEnd
    this.#forgetDeadline = watchDeadline(this)
    this.deadline = coarseNow() + plan.upstream.totalTimeoutMs
  }

  late(): void {
    this.#stop('upstream_timed_out')
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
    const { lane, upstream, path, product, bearer } = this.#plan
    const { method } = this.#call
    try {
      const body = (this.#body = this.#call.body?.open(upstream.bodyBytesMax) ?? null)
      const headers = upstreamHeaders(this.#call, upstream, product.strip)
      if (bearer !== null) nameEndUser(headers, product, bearer)
      this.#call.policyRun?.onRequest(headers)
      this.#asked = lane.pool.dispatch({ path, method, headers, body }, this)
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
    const longest = this.#plan.upstream.responseBytesMax
    if (longest !== null && length !== undefined && Number(length) > longest && this.#call.method !== 'HEAD') return this.#stop('response_too_large')
    const answer = clientHeaders(headers, own)
    this.#call.policyRun?.onResponse(status, headers, answer)
    this.#sink.start(status, answer, length === undefined ? null : Number(length))
    this.#status = status
    this.#headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return
    const longest = this.#plan.upstream.responseBytesMax
    if (longest !== null && (this.#received += chunk.length) > longest) return this.#stop('response_too_large')
    if (!this.#sink.write(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    if (this.#ended) return
    this.#finish(null)
    this.#sink.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#ended) return
    const code = refusalOf(error, this.#controller === null)
    if (!this.#controller) {
      if (code === 'upstream_timed_out') this.#plan.lane.connectTimedOut(this.#call.at)
      if (code === 'upstream_timed_out' || code === 'upstream_unreachable' || code === 'upstream_not_allowed') this.#plan.lane.connectFailed(this.#call.at)
    }
    if (this.#mayRetry(error, code)) return void this.#retry()
    if (code === 'internal_error') logger.error({ err: error }, 'forwarding failed')
    this.#finish(code)
  }

  /**
   * Without a policy only what never reached the upstream, has no body and no effect. The retry policy also sends again
   * what got no answer, if its method may be repeated (RFC 9110, 9.2.2) and its body is held as a whole.
   */
  #mayRetry(error: Error, code: RefusalCode): boolean {
    const { method } = this.#call
    const { retries } = this.#plan.upstream
    if (this.#status > 0 || this.#tries >= (retries ?? 1)) return false
    if (retries === null) {
      if (this.#controller || this.#call.body || (isAppError(error) && !this.#hasOther())) return false
      return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
    }
    if (code !== 'upstream_unreachable' && code !== 'upstream_timed_out' && code !== 'upstream_not_allowed') return false
    return IDEMPOTENT.has(method) && (this.#body === null || Buffer.isBuffer(this.#body))
  }

  #hasOther(): boolean {
    return (this.#plan.mount?.servers.length ?? 0) > 1
  }

  async #retry(): Promise<void> {
    this.#tries++
    this.#controller = null
    const { mount, server, lanes } = this.#plan
    const other = mount && this.#hasOther() ? chooseServer(mount, lanes, this.#call.at, server) : null
    if (other) await this.#moveTo(other)
    if (!this.#ended) this.send()
  }

  /** Takes a place in another server's lane and gives the old one back; where that lane is full the call stays where it is. */
  async #moveTo(server: MountedServer): Promise<void> {
    const plan = this.#plan
    const lane = plan.lanes.of(server.settings)
    const entering = lane.enter()
    if (!(entering instanceof Promise ? await entering : entering)) return
    // The caller may have left while this waited; the old place has been given back then.
    if (this.#ended) return lane.leave()
    plan.lane.leave()
    plan.path = server.settings.basePath + plan.path.slice(plan.upstream.basePath.length)
    plan.lane = lane
    plan.server = server
    plan.upstream = server.settings
  }

  #stop(code: RefusalCode): void {
    if (this.#ended) return
    this.#finish(code)
    ;(this.#controller ?? this.#asked)?.abort(new Error(code))
  }

  #finish(refusal: RefusalCode | null): void {
    this.#ended = true
    this.#forgetDeadline()
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
