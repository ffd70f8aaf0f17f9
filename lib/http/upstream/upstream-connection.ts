import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { errors } from 'undici'
import { logger } from '@/lib/logger'
import { ResponseReader } from '@/lib/http/upstream/read-response'
import { coarseNow, watchDeadline } from '@/lib/http/upstream/watch-deadlines'
import type { UpstreamExchange } from '@/lib/http/upstream/upstream-exchange'
import type { UpstreamPool } from '@/lib/http/upstream/upstream-pool'

const OWNER = Symbol('connection')
type OwnedSocket = Socket & { [OWNER]?: UpstreamConnection }

/** An idle connection lives so long where the server does not say. */
const KEEP_ALIVE_MS = 4_000
const KEEP_ALIVE_MS_MAX = 600_000
/** The server counts from another moment than we do: we let go a little earlier than it says. */
const KEEP_ALIVE_MARGIN_MS = 2_000

/**
 * Everything read comes by here: it is looked at before the next read, so one buffer serves all connections. Half of it
 * makes bodies of 10 MB dearer by a tenth, twice of it no cheaper, and a caller who does not read holds a piece as large.
 */
const readBuffer = Buffer.allocUnsafeSlow(128 * 1024)

/** One connection to an upstream. Whatever goes wrong on it ends it; its exchange hears of it once. */
export class UpstreamConnection {
  /** For the socket's maker: reads without a stream in between. */
  static readonly onRead = {
    buffer: readBuffer,
    callback(this: unknown, length: number, bytes: Uint8Array): boolean {
      const socket = this as OwnedSocket
      if (socket[OWNER]) socket[OWNER].#read(bytes as Buffer, length)
      // Nobody has asked anything yet.
      else socket.destroy()
      return true
    },
  }

  readonly #pool: UpstreamPool
  readonly #socket: OwnedSocket
  readonly #reader: ResponseReader
  readonly #forgetDeadline: () => void
  #exchange: UpstreamExchange | null = null
  #stopBody: (() => void) | null = null
  #hasHead = false
  #gone = false
  /** In the time of `coarseNow`; looked at every now and then. */
  deadline = Infinity

  constructor(pool: UpstreamPool, socket: Socket) {
    this.#pool = pool
    this.#socket = socket
    this.#reader = new ResponseReader(this)
    this.#socket[OWNER] = this
    socket.on('error', (error) => this.destroy(error))
    socket.on('end', () => this.#reader.finish() || this.destroy(new errors.SocketError('other side closed')))
    socket.on('close', () => this.destroy(new errors.SocketError('closed')))
    this.#forgetDeadline = watchDeadline(this)
    this.deadline = coarseNow() + KEEP_ALIVE_MS
  }

  run(exchange: UpstreamExchange): void {
    this.#exchange = exchange
    exchange.connection = this
    this.#reader.begin(exchange.method === 'HEAD')
    try {
      exchange.handler.onRequestStart(exchange)
    } catch (error) {
      this.destroy(error as Error)
    }
    // Given up meanwhile, which has ended this connection as well.
    if (this.#exchange !== exchange) return
    this.deadline = coarseNow() + this.#pool.options.firstByteTimeoutMs
    const { body, head } = exchange
    if (body === null) {
      exchange.sent = true
      this.#socket.write(head, 'latin1')
    } else if (Buffer.isBuffer(body)) {
      exchange.sent = true
      this.#socket.cork()
      this.#socket.write(head, 'latin1')
      this.#socket.write(body)
      this.#socket.uncork()
    } else {
      this.#socket.write(head, 'latin1')
      if (body instanceof Readable) this.#sendStream(exchange, body)
      else void this.#sendEach(exchange, body)
    }
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.deadline = coarseNow() + this.#pool.options.idleTimeoutMs
    this.#socket.resume()
  }

  /** Ends the connection, and with it the exchange on it, which hears of `error`. */
  destroy(error: Error = new errors.SocketError('closed')): void {
    if (this.#gone) return
    this.#gone = true
    const exchange = this.#leaveExchange()
    this.#forgetDeadline()
    this.#socket.destroy()
    this.#pool.forget(this)
    exchange?.fail(error)
  }

  /** Called by the clock when the deadline has passed. */
  late(): void {
    const exchange = this.#exchange
    if (!exchange) return this.destroy()
    // The client is the slow one.
    if (exchange.paused) this.deadline = coarseNow() + this.#pool.options.idleTimeoutMs
    // What has not been asked in full cannot be answered; a client that sends nothing is the front door's business.
    else if (!exchange.sent && !this.#socket.writableNeedDrain) this.deadline = coarseNow() + this.#pool.options.firstByteTimeoutMs
    else this.destroy(this.#hasHead ? new errors.BodyTimeoutError() : new errors.HeadersTimeoutError())
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#hasHead = true
    const exchange = this.#exchange!
    exchange.handler.onResponseStart(exchange, status, headers)
  }

  onBody(chunk: Buffer): void {
    const exchange = this.#exchange
    if (exchange) exchange.handler.onResponseData(exchange, chunk)
  }

  onEnd(reusable: boolean): void {
    const exchange = this.#leaveExchange()
    if (!exchange) return
    const keepAliveMs = this.#reader.keepAliveMs === null ? KEEP_ALIVE_MS : Math.min(this.#reader.keepAliveMs - KEEP_ALIVE_MARGIN_MS, KEEP_ALIVE_MS_MAX)
    this.deadline = coarseNow() + keepAliveMs
    try {
      exchange.handler.onResponseEnd()
    } catch (error) {
      // Thrown on, it would be taken for a failure of whoever has the connection next.
      logger.error({ err: error }, 'whoever asked an upstream failed on the end of the answer')
    }
    // An answer before the end of the question: what still comes of that must not begin the next one.
    if (!reusable || !exchange.sent || keepAliveMs <= 0) return this.destroy()
    if (exchange.paused) this.#socket.resume()
    this.#pool.release(this)
  }

  #read(bytes: Buffer, length: number): void {
    if (this.#gone) return
    if (!this.#exchange) return this.destroy()
    try {
      this.#reader.feed(bytes, length)
      if (this.#hasHead) this.deadline = coarseNow() + this.#pool.options.idleTimeoutMs
    } catch (error) {
      this.destroy(error as Error)
    }
  }

  #leaveExchange(): UpstreamExchange | null {
    const exchange = this.#exchange
    this.#exchange = null
    this.#hasHead = false
    if (exchange) exchange.connection = null
    this.#stopBody?.()
    this.#stopBody = null
    return exchange
  }

  /** With back-pressure; no more than was announced, and no less. */
  #sendStream(exchange: UpstreamExchange, body: Readable): void {
    let bytes = 0
    const fail = (error: Error) => this.#exchange === exchange && this.destroy(error)
    const onData = (chunk: Buffer) => {
      bytes += chunk.length
      if (exchange.length !== null && bytes > exchange.length) return fail(new errors.RequestContentLengthMismatchError())
      if (!this.#writeBody(exchange, chunk)) body.pause()
    }
    const onEnd = () => {
      if (exchange.length !== null && bytes !== exchange.length) return fail(new errors.RequestContentLengthMismatchError())
      detach()
      this.#stopBody = null
      this.#endBody(exchange)
    }
    const onClose = () => fail(new errors.RequestAbortedError('the body broke off'))
    const onDrain = () => void body.resume()
    const detach = () => {
      this.#socket.off('drain', onDrain)
      body.off('data', onData).off('end', onEnd).off('close', onClose).off('error', fail)
    }
    this.#stopBody = () => {
      detach()
      // Nobody wants the rest; unread, it would stand in the way of the caller's next call.
      body.on('error', () => {}).resume()
    }
    this.#socket.on('drain', onDrain)
    body.on('data', onData).on('end', onEnd).on('close', onClose).on('error', fail)
    if (body.readableEnded) onEnd()
    else if (body.destroyed) onClose()
  }

  async #sendEach(exchange: UpstreamExchange, body: AsyncIterable<Uint8Array>): Promise<void> {
    let bytes = 0
    try {
      for await (const chunk of body) {
        // Over already: the rest is read off the caller's connection all the same.
        if (this.#exchange !== exchange) continue
        bytes += chunk.length
        if (exchange.length !== null && bytes > exchange.length) throw new errors.RequestContentLengthMismatchError()
        if (!this.#writeBody(exchange, chunk)) await this.#drained()
      }
      if (this.#exchange !== exchange) return
      if (exchange.length !== null && bytes !== exchange.length) throw new errors.RequestContentLengthMismatchError()
      this.#endBody(exchange)
    } catch (error) {
      if (this.#exchange === exchange) this.destroy(error as Error)
    }
  }

  async #drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#socket.on('drain', resolve).on('close', resolve)
    await promise
    this.#socket.off('drain', resolve).off('close', resolve)
  }

  #writeBody(exchange: UpstreamExchange, chunk: Uint8Array): boolean {
    if (chunk.length === 0) return true
    // Patience begins anew with every piece of the question.
    if (!this.#hasHead) this.deadline = coarseNow() + this.#pool.options.firstByteTimeoutMs
    if (exchange.length !== null) return this.#socket.write(chunk)
    this.#socket.cork()
    this.#socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
    this.#socket.write(chunk)
    const goOn = this.#socket.write('\r\n', 'latin1')
    this.#socket.uncork()
    return goOn
  }

  #endBody(exchange: UpstreamExchange): void {
    exchange.sent = true
    if (exchange.length === null) this.#socket.write('0\r\n\r\n', 'latin1')
    if (!this.#hasHead) this.deadline = coarseNow() + this.#pool.options.firstByteTimeoutMs
  }
}
