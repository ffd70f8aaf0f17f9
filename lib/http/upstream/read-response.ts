import type { IncomingHttpHeaders } from 'node:http'
import { errors } from 'undici'

/** What a response says, in order: a head, pieces of body (copies, the listener's to keep; one at most for what was read at once), an end. */
export type ResponseEvents = {
  onHead(status: number, headers: IncomingHttpHeaders): void
  onBody(chunk: Buffer): void
  /** `reusable`: the connection may carry another exchange. */
  onEnd(reusable: boolean): void
}

export const HEAD_BYTES_MAX = 32 * 1024
const LINE_BYTES_MAX = 4 * 1024
/** Enough for any length a number holds exactly. */
const CHUNK_DIGITS_MAX = 12

type State = 'head' | 'length' | 'size' | 'chunk' | 'chunk end' | 'trailers' | 'until close' | 'done'

/**
 * Reads responses of HTTP/1.0 and 1.1 off a connection, one after another (RFC 9112). Strict where two readings would be
 * possible: bare LF, folded lines, spaces before a colon, length together with transfer-encoding or given twice are
 * errors. Bytes beyond the end make a connection unfit for another exchange, they are never the next answer.
 */
export class ResponseReader {
  readonly #events: ResponseEvents
  #state: State = 'done'
  #isHead = false
  #keepAlive = true
  #left = 0
  /** Of a head or line that has not come whole yet. */
  #text = ''
  #trailerBytes = 0
  /** Body in what is being read: chunks are moved together in the buffer itself, over the lines between them. */
  #bodyFrom = -1
  #bodyTo = 0
  /** How long the server says an idle connection may live; null where it says nothing. */
  keepAliveMs: number | null = null

  constructor(events: ResponseEvents) {
    this.#events = events
  }

  /** Before each exchange. No body answers a HEAD, whatever its head says. */
  begin(isHead: boolean): void {
    this.#isHead = isHead
    this.#state = 'head'
    this.#text = ''
    this.#trailerBytes = 0
  }

  /** Takes what came. Throws `HTTPParserError` or `HeadersOverflowError` where it is no proper HTTP. */
  feed(bytes: Buffer, length: number): void {
    let at = 0
    this.#bodyFrom = -1
    while (at < length && this.#state !== 'done') at = this.#step(bytes, at, length)
    if (this.#bodyFrom !== -1) this.#events.onBody(copyOf(bytes, this.#bodyFrom, this.#bodyTo))
    if (this.#state === 'done') this.#events.onEnd(this.#keepAlive && at === length)
  }

  /** The other side has said its last word. True where that is the proper end of an answer. */
  finish(): boolean {
    if (this.#state !== 'until close') return false
    this.#state = 'done'
    this.#events.onEnd(false)
    return true
  }

  #step(bytes: Buffer, at: number, length: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at, length)
      case 'length':
      case 'chunk': {
        const end = Math.min(length, at + this.#left)
        this.#left -= end - at
        this.#gather(bytes, at, end)
        if (this.#left === 0) this.#state = this.#state === 'length' ? 'done' : 'chunk end'
        return end
      }
      case 'until close':
        this.#gather(bytes, at, length)
        return length
      default:
        return this.#readLine(bytes, at, length)
    }
  }

  #gather(bytes: Buffer, from: number, to: number): void {
    if (this.#bodyFrom === -1) {
      this.#bodyFrom = from
      this.#bodyTo = to
    } else {
      bytes.copyWithin(this.#bodyTo, from, to)
      this.#bodyTo += to - from
    }
  }

  #readHead(bytes: Buffer, at: number, length: number): number {
    const before = this.#text.length
    const text = this.#text + bytes.toString('latin1', at, Math.min(length, at + HEAD_BYTES_MAX))
    const end = text.indexOf('\r\n\r\n', Math.max(0, before - 3))
    if (end === -1 || end > HEAD_BYTES_MAX) {
      if (!'HTTP/1.'.startsWith(text.slice(0, 7))) throw bad('no HTTP at all')
      if (text.length >= HEAD_BYTES_MAX) throw new errors.HeadersOverflowError()
      this.#text = text
      return length
    }
    this.#text = ''
    this.#takeHead(text, end)
    return at + end + 4 - before
  }

  #takeHead(text: string, end: number): void {
    const lineEnd = text.indexOf('\r\n')
    const { status, isOld } = readStatusLine(text, lineEnd)
    const headers: IncomingHttpHeaders = {}
    let contentLength: string | null = null
    let transferEncoding: string | null = null
    let connection: string | null = null
    this.keepAliveMs = null
    for (let from = lineEnd + 2; from < end + 2; ) {
      const to = text.indexOf('\r\n', from)
      const colon = text.indexOf(':', from)
      if (colon === -1 || colon >= to) throw bad('a header line without a colon')
      const name = nameOf(text.slice(from, colon))
      const value = valueOf(text, colon + 1, to)
      from = to + 2
      switch (name) {
        case 'content-length':
          if (contentLength !== null) throw bad('Content-Length twice')
          contentLength = value
          break
        case 'transfer-encoding':
          transferEncoding = transferEncoding === null ? value : `${transferEncoding}, ${value}`
          break
        case 'connection':
          connection = connection === null ? value : `${connection}, ${value}`
          break
        case 'keep-alive':
          this.keepAliveMs = keepAliveOf(value)
          break
        case '__proto__':
          continue
      }
      const same = headers[name]
      // `constructor` is there before anybody has named it.
      if (same === undefined || typeof same === 'function') headers[name] = name === 'set-cookie' ? [value] : value
      else if (Array.isArray(same)) same.push(value)
      else headers[name] = [same, value]
    }
    if (status < 200) {
      // What was not asked for: an upgrade is no answer. Other interim heads end here (GW-5).
      if (status === 101) throw new errors.SocketError('bad upgrade')
      return
    }
    this.#keepAlive = isOld ? connection !== null && hasToken(connection, 'keep-alive') : connection === null || !hasToken(connection, 'close')
    // Chunks were not known before HTTP/1.1: somebody on the way may have passed them on unread (RFC 9112, 6.1).
    if (isOld && transferEncoding !== null) this.#keepAlive = false
    this.#state = this.#framing(status, contentLength, transferEncoding)
    this.#events.onHead(status, headers)
  }

  #framing(status: number, contentLength: string | null, transferEncoding: string | null): State {
    const length = contentLength === null ? null : lengthOf(contentLength)
    const encoding = transferEncoding === null || transferEncoding.toLowerCase() === 'identity' ? null : transferEncoding
    if (transferEncoding !== null && length !== null) throw bad('Content-Length together with Transfer-Encoding')
    if (this.#isHead || status === 204 || status === 304) {
      // No body may follow; from a server that sends one all the same it would be read as the answer to the next caller.
      if (this.#isHead ? length !== 0 : (length !== null && length > 0) || encoding !== null) this.#keepAlive = false
      return 'done'
    }
    if (encoding !== null) {
      // Something packed for this hop only would go on packed, with nobody told.
      if (encoding.toLowerCase() !== 'chunked') throw bad('a transfer coding besides chunked')
      return 'size'
    }
    if (length === 0) return 'done'
    if (length === null) {
      this.#keepAlive = false
      return 'until close'
    }
    this.#left = length
    return 'length'
  }

  /** Lines around chunks: their size, the break after each, trailers (which end here). */
  #readLine(bytes: Buffer, at: number, length: number): number {
    const feed = bytes.indexOf(10, at)
    const end = feed === -1 || feed >= length ? length : feed + 1
    this.#text += bytes.toString('latin1', at, end)
    if (this.#text.length > LINE_BYTES_MAX) throw bad('a line between chunks that has no end')
    if (end === length && bytes[end - 1] !== 10) return end
    const line = this.#text
    this.#text = ''
    if (!line.endsWith('\r\n')) throw bad('a line between chunks that ends in LF alone')
    if (this.#state === 'size') {
      this.#left = chunkSizeOf(line)
      this.#state = this.#left === 0 ? 'trailers' : 'chunk'
    } else if (this.#state === 'chunk end') {
      if (line !== '\r\n') throw bad('a chunk longer than it said')
      this.#state = 'size'
    } else if (line === '\r\n') this.#state = 'done'
    else if ((this.#trailerBytes += line.length) > HEAD_BYTES_MAX) throw new errors.HeadersOverflowError()
    return end
  }
}

function readStatusLine(text: string, lineEnd: number): { status: number; isOld: boolean } {
  const isOld = text.startsWith('HTTP/1.0 ')
  const after = text.charCodeAt(12)
  const status = Number(text.slice(9, 12))
  if (!isOld && !text.startsWith('HTTP/1.1 ')) throw bad('no HTTP at all')
  // Beyond 599 there is no class of answers (RFC 9110, 15), and a Web response cannot hold it.
  if (!(status >= 100 && status <= 599) || !/^\d{3}$/.test(text.slice(9, 12)) || (after !== 32 && lineEnd !== 12)) throw bad('a status line that cannot be read')
  if (UNPRINTABLE.test(text.slice(12, lineEnd))) throw bad('a control character in the status line')
  return { status, isOld }
}

// The same few spellings come with every answer.
const names = new Map<string, string>()

/** Lower case. */
function nameOf(spelled: string): string {
  const known = names.get(spelled)
  if (known !== undefined) return known
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(spelled)) throw bad('a header name that is none')
  const name = spelled.toLowerCase()
  // A slice would keep the whole head it was cut from.
  if (names.size < 2_000 && spelled.length <= 64) names.set(Buffer.from(spelled, 'latin1').toString('latin1'), name)
  return name
}

const UNPRINTABLE = /[^\t\x20-\x7e\x80-\xff]/

function valueOf(text: string, from: number, to: number): string {
  while (from < to && isSpace(text.charCodeAt(from))) from++
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--
  const value = text.slice(from, to)
  if (UNPRINTABLE.test(value)) throw bad('a control character in a header')
  return value
}

const isSpace = (code: number) => code === 32 || code === 9

function lengthOf(text: string): number {
  const length = /^\d{1,16}$/.test(text) ? Number(text) : NaN
  if (!Number.isSafeInteger(length)) throw bad('a Content-Length that is no length')
  return length
}

function chunkSizeOf(line: string): number {
  const [, digits] = /^([0-9A-Fa-f]+)[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n$/.exec(line) ?? []
  if (digits === undefined || digits.length > CHUNK_DIGITS_MAX) throw bad('a chunk size that is none')
  return parseInt(digits, 16)
}

function keepAliveOf(value: string): number | null {
  const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value)?.[1]
  return seconds === undefined ? null : Number(seconds) * 1_000
}

function hasToken(list: string, wanted: string): boolean {
  const lower = list.toLowerCase()
  return lower === wanted || lower.split(',').some((each) => each.trim() === wanted)
}

function copyOf(bytes: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from)
  bytes.copy(copy, 0, from, to)
  return copy
}

function bad(why: string): Error {
  return new errors.HTTPParserError(why)
}
