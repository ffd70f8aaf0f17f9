import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Call } from '@/lib/gateway/call'
import { callBody } from '@/lib/gateway/call-body'
import type { GatewayParts } from '@/lib/gateway/decide'
import type { Exchange } from '@/lib/gateway/forward'
import type { Answer } from '@/lib/gateway/refusals'
import { serve } from '@/lib/gateway/serve'
import type { DoorSink } from '@/lib/gateway/serve'
import { isTraceRequest, TRACE_HEADER } from '@/lib/gateway/trace'

/** What the front door has found out about a request; taken as given. */
export type CallFacts = {
  requestId: string
  clientAddress: string
  /** Lower case, no port. */
  host: string
  /** As sent. */
  hostHeader: string
  scheme: string
  /** Milliseconds since 1970. */
  receivedAt: number
}

/** The fast door: Node's request and response, behind `server.ts`. */
export function handleNode(parts: GatewayParts, request: IncomingMessage, response: ServerResponse, facts: CallFacts): void {
  const { headers } = request
  const length = headers['content-length']
  const call: Call = {
    method: request.method!,
    target: request.url!,
    host: facts.host,
    hostHeader: facts.hostHeader,
    scheme: facts.scheme,
    clientAddress: facts.clientAddress,
    requestId: facts.requestId,
    headers,
    rawHeaders: request.rawHeaders,
    body: (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined ? callBody(request, length === undefined ? null : Number(length)) : null,
    traced: false,
    at: facts.receivedAt,
  }
  if (headers[TRACE_HEADER] !== undefined) call.traced = isTraceRequest(call)
  void serve(parts, call, new NodeSink(request, response))
}

const LINGER_MS = 1_000
const SMALL_BYTES = 16 * 1024

class NodeSink implements DoorSink {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #exchange: Exchange | null = null
  #length: number | null = null
  #isFull = false
  #whole: Buffer | null = null

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request
    this.#response = response
  }

  get gone(): boolean {
    return this.#response.destroyed || this.#response.closed
  }

  forwarding(exchange: Exchange): void {
    this.#exchange = exchange
    if (this.gone) return exchange.clientGone()
    this.#response.on('close', () => exchange.clientGone())
  }

  start(status: number, headers: string[], length: number | null): void {
    this.#length = length
    this.#response.writeHead(status, headers)
  }

  write(chunk: Buffer): boolean {
    // Most answers are small and come in one piece. As text, head and body leave in one plain write, which costs Node
    // a good deal less than the vector of two that it makes of a head and a buffer.
    if (chunk.length === this.#length && chunk.length <= SMALL_BYTES) {
      this.#whole = chunk
      return true
    }
    if (this.#response.write(chunk)) return true
    // What had been read already comes after the first "no": one listener is enough.
    if (!this.#isFull) this.#response.once('drain', () => this.#drained())
    this.#isFull = true
    return false
  }

  #drained(): void {
    this.#isFull = false
    this.#exchange?.drained()
  }

  end(): void {
    if (this.#whole) this.#response.end(this.#whole.toString('latin1'), 'latin1')
    else this.#response.end()
  }

  cut(): void {
    this.#response.destroy()
  }

  answer({ status, headers, body }: Answer, closeConnection: boolean): void {
    // A status without a body (a tenant may choose 204) has no length either.
    if (status !== 204 && status !== 205 && status !== 304) headers.push('Content-Length', String(Buffer.byteLength(body)))
    if (closeConnection) this.#lingerAtEnd(headers)
    this.#response.writeHead(status, headers)
    this.#response.end(body)
  }

  /**
   * Closing with bytes unread would send a reset, which may swallow the answer on its way: our side ends, what still
   * comes is thrown away for a moment.
   */
  #lingerAtEnd(headers: string[]): void {
    headers.push('Connection', 'close')
    const { socket } = this.#request
    // What Node calls on the socket of a last answer.
    socket.destroySoon = () => {
      socket.end()
      this.#request.resume()
      const timer = setTimeout(() => socket.destroy(), LINGER_MS)
      socket.once('close', () => clearTimeout(timer))
    }
  }
}
