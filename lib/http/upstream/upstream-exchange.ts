import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { errors } from 'undici'
import { logger } from '@/lib/logger'
import type { UpstreamConnection } from '@/lib/http/upstream/upstream-connection'

export type UpstreamRequest = {
  method: string
  /** Path and query. */
  path: string
  /** Name, value, name, value; `Host` among them. With a `Content-Length` the body must be that long, without it goes in chunks. */
  headers: readonly string[]
  body: Buffer | Readable | AsyncIterable<Uint8Array> | null
}

/** Whoever asked; called in this order, `onResponseError` at most once and last. The same calls as undici's. */
export type UpstreamHandler = {
  /** A connection is there. Without this call nothing has been sent, and an error may be tried again. */
  onRequestStart(controller: Dispatcher.DispatchController): void
  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void
  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void
  onResponseEnd(): void
  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void
}

/** One request and its answer; what its handler holds while it runs. */
export class UpstreamExchange implements Dispatcher.DispatchController {
  readonly handler: UpstreamHandler
  readonly method: string
  readonly head: string
  readonly body: UpstreamRequest['body']
  /** Null: in chunks. */
  readonly length: number | null
  connection: UpstreamConnection | null = null
  /** The line it stands in until there is a connection. */
  line: Set<UpstreamExchange> | null = null
  sent = false
  aborted = false
  paused = false
  reason: Error | null = null

  constructor({ method, path, headers, body }: UpstreamRequest, handler: UpstreamHandler) {
    this.handler = handler
    this.method = method
    this.body = body
    const length = lengthIn(headers)
    this.length = body === null ? 0 : (length ?? (Buffer.isBuffer(body) ? body.length : null))
    if (Buffer.isBuffer(body) && length !== null && length !== body.length) throw new errors.RequestContentLengthMismatchError()
    const framing = length !== null ? '' : this.length === null ? 'Transfer-Encoding: chunked\r\n' : body !== null || method === 'POST' || method === 'PUT' || method === 'PATCH' ? `Content-Length: ${this.length}\r\n` : ''
    this.head = writeHead(method, path, headers, framing)
  }

  /** Tells the handler. Called from events and timers: what it throws there would end the process. */
  fail(error: Error, begun = true): void {
    try {
      this.handler.onResponseError(begun ? this : null, error)
    } catch (thrown) {
      logger.error({ err: thrown }, 'whoever asked an upstream failed on its failure')
    }
  }

  abort(reason: Error): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    if (this.line?.delete(this)) this.fail(reason, false)
    else this.connection?.destroy(reason)
  }

  pause(): void {
    if (this.paused) return
    this.paused = true
    this.connection?.pause()
  }

  resume(): void {
    if (!this.paused) return
    this.paused = false
    this.connection?.resume()
  }
}

function writeHead(method: string, path: string, headers: readonly string[], framing: string): string {
  if (!isToken(method) || /[^\x21-\xff]/.test(path)) throw new errors.InvalidArgumentError('a request line that cannot be written')
  let host = ''
  let lines = ''
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    const value = headers[i + 1]!
    if (!isToken(name) || UNPRINTABLE.test(value)) throw new errors.InvalidArgumentError('a header that cannot be written')
    if (name.length === 4 && name.toLowerCase() === 'host') host = value
    else lines += `${name}: ${value}\r\n`
  }
  return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n${lines}${framing}\r\n`
}

const UNPRINTABLE = /[^\t\x20-\x7e\x80-\xff]/

// The same few come with every call.
const tokens = new Set<string>()

function isToken(text: string): boolean {
  if (tokens.has(text)) return true
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)) return false
  if (tokens.size < 2_000 && text.length <= 64) tokens.add(text)
  return true
}

function lengthIn(headers: readonly string[]): number | null {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    if (name.length === 14 && name.toLowerCase() === 'content-length') return Number(headers[i + 1])
  }
  return null
}
