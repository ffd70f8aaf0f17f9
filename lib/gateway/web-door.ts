import { Readable } from 'node:stream'
import type { ReadableStream as NodeWebStream } from 'node:stream/web'
import type { Call } from '@/lib/gateway/call'
import { callBody } from '@/lib/gateway/call-body'
import type { GatewayParts } from '@/lib/gateway/decide'
import type { Exchange } from '@/lib/gateway/forward'
import type { CallFacts } from '@/lib/gateway/node-door'
import type { Answer } from '@/lib/gateway/refusals'
import { serve } from '@/lib/gateway/serve'
import type { DoorSink } from '@/lib/gateway/serve'
import { isTraceRequest } from '@/lib/gateway/trace'

/** A call as the Web has it. `target` is path and query as sent, since a URL object rewrites some of it. */
export type WebCall = { method: string; target: string; headers: Headers; body: ReadableStream<Uint8Array> | null; signal?: AbortSignal }

/** The door for a Web `Request`: the route handler of plain `next start`, and our own calls in process. */
export function respondWeb(parts: GatewayParts, webCall: WebCall, facts: CallFacts): Promise<Response> {
  const headers: Record<string, string> = {}
  const rawHeaders: string[] = []
  webCall.headers.forEach((value, name) => {
    headers[name] = value
    rawHeaders.push(name, value)
  })
  // No parser has been here: what is no length goes out in chunks.
  const length = /^\d{1,15}$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : null
  const body = webCall.body && length !== 0 ? callBody(Readable.fromWeb(webCall.body as NodeWebStream<Uint8Array>), length) : null
  const { method, target } = webCall
  const { host, hostHeader, scheme, clientAddress, requestId, receivedAt } = facts
  const call: Call = { method, target, host, hostHeader, scheme, clientAddress, requestId, headers, rawHeaders, body, traced: false, at: receivedAt }
  call.traced = isTraceRequest(call)
  const sink = new WebSink(method, webCall.signal)
  void serve(parts, call, sink)
  return sink.response
}

class WebSink implements DoorSink {
  readonly response: Promise<Response>
  readonly #method: string
  readonly #signal: AbortSignal | undefined
  readonly #respond: (response: Response) => void
  readonly #fail: (error: Error) => void
  #exchange: Exchange | null = null
  #stream: ReadableStreamDefaultController<Uint8Array> | null = null
  #cancelled = false

  constructor(method: string, signal: AbortSignal | undefined) {
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    this.response = promise
    this.#respond = resolve
    this.#fail = reject
    this.#method = method
    this.#signal = signal
  }

  get gone(): boolean {
    return this.#cancelled || this.#signal?.aborted === true
  }

  forwarding(exchange: Exchange): void {
    this.#exchange = exchange
    if (this.gone) return this.#leave()
    this.#signal?.addEventListener('abort', () => this.#leave(), { once: true })
  }

  start(status: number, headers: string[]): void {
    // A Response must not have a body where HTTP knows none.
    if (this.#method === 'HEAD' || isBodiless(status)) return this.#respond(responseOf(null, status, headers))
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#stream = controller),
        pull: () => this.#exchange?.drained(),
        cancel: () => this.#leave(),
      },
      { highWaterMark: 64 * 1024, size: (chunk) => chunk.byteLength },
    )
    this.#respond(responseOf(body, status, headers))
  }

  write(chunk: Buffer): boolean {
    if (!this.#stream) return true
    this.#stream.enqueue(chunk)
    return (this.#stream.desiredSize ?? 0) > 0
  }

  end(): void {
    this.#stream?.close()
  }

  cut(): void {
    this.#stream?.error(new Error('The answer broke off.'))
    this.#fail(new Error('The answer broke off.'))
  }

  answer({ status, headers, body }: Answer): void {
    if (!isBodiless(status)) headers.push('Content-Length', String(Buffer.byteLength(body)))
    this.#respond(responseOf(this.#method === 'HEAD' || isBodiless(status) ? null : body, status, headers))
  }

  #leave(): void {
    this.#cancelled = true
    this.#exchange?.clientGone()
    this.#fail(new Error('The caller went away.'))
  }
}

const isBodiless = (status: number) => status === 204 || status === 205 || status === 304

function responseOf(body: BodyInit | null, status: number, flat: readonly string[]): Response {
  const headers = new Headers()
  for (let i = 0; i < flat.length; i += 2) headers.append(flat[i]!, flat[i + 1]!)
  return new Response(body, { status, headers })
}
