import { PassThrough, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { Agent, request } from 'undici'
import { env } from '@/lib/env'
import { AppError, isAppError } from '@/lib/errors'
import { egressConnect } from '@/lib/http/egress/connect'
import { egressPolicy, parseEgressUrl, type EgressPolicy } from '@/lib/http/egress/policy'

/** What each use may take. A webhook's answer is cut where it is too long; a document's is refused. */
const limitsOf = {
  webhook: { bodyBytesMax: 64 * 1024, tooLong: 'cut', redirectsMax: 0, firstByteMs: 10_000, totalMs: 15_000 },
  spec: { bodyBytesMax: 10 * 1024 * 1024, tooLong: 'refuse', redirectsMax: 3, firstByteMs: 10_000, totalMs: 30_000 },
  introspection: { bodyBytesMax: 64 * 1024, tooLong: 'refuse', redirectsMax: 0, firstByteMs: 3_000, totalMs: 5_000 },
  jwks: { bodyBytesMax: 256 * 1024, tooLong: 'refuse', redirectsMax: 3, firstByteMs: 5_000, totalMs: 10_000 },
} as const

export type EgressUse = keyof typeof limitsOf

export type EgressRequest = {
  use: EgressUse
  method?: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'DELETE'
  headers?: Record<string, string>
  body?: string | Buffer
  signal?: AbortSignal
  /** For tests: another resolver, another set of open networks. */
  policy?: EgressPolicy
  /** For tests: shorter waits. */
  limits?: Partial<{ connectMs: number; firstByteMs: number; totalMs: number; bodyBytesMax: number }>
}

export type EgressResponse = {
  status: number
  /** Lower-case names; a repeated header is joined with a comma. */
  headers: Record<string, string>
  /** Decompressed. */
  body: Buffer
  /** True where a webhook's answer was longer than we read. */
  bodyCut: boolean
  /** The address that answered, after redirects. */
  url: string
  text(): string
}

/**
 * The one way out for everything but gateway traffic (EG-1..8): address checked and pinned at connect, redirects only
 * where the use allows and each checked anew, sizes counted after decompression.
 * Throws `address_not_allowed`, `could_not_connect`, `timed_out` or `bad_response`; none of them tells an address,
 * a port state or a byte of the body. A status of 400 and more is an answer, not an error.
 */
export async function egressFetch(input: string | URL, options: EgressRequest): Promise<EgressResponse> {
  const policy = options.policy ?? egressPolicy()
  const limits = { connectMs: 5_000, ...limitsOf[options.use], ...options.limits }
  const httpsOnly = options.use === 'webhook' && !env().local
  const deadline = AbortSignal.timeout(limits.totalMs)
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline
  const dispatcher = new Agent({
    connect: egressConnect({ connectTimeoutMs: limits.connectMs, policy }),
    headersTimeout: limits.firstByteMs,
    bodyTimeout: limits.totalMs,
    maxHeaderSize: 32 * 1024,
    allowH2: false,
  })
  try {
    let url = parseEgressUrl(input, policy, { httpsOnly })
    let headers = withoutFraming(options.headers)
    for (let redirects = 0; ; redirects++) {
      const answer = await request(url, { dispatcher, signal, method: options.method ?? 'GET', headers: { 'accept-encoding': 'gzip, br', ...headers }, body: options.body })
      const next = limits.redirectsMax > 0 && answer.statusCode >= 301 && answer.statusCode <= 308 && answer.statusCode !== 304 ? oneOf(answer.headers.location) : undefined
      if (next === undefined) {
        const { body, cut } = await readBody(answer.body, oneOf(answer.headers['content-encoding']), limits)
        return { status: answer.statusCode, headers: plainHeaders(answer.headers), body, bodyCut: cut, url: url.href, text: () => body.toString('utf8') }
      }
      answer.body.on('error', () => {}).destroy() // its bytes are of no use and must not hold the connection
      if (redirects >= limits.redirectsMax) throw badResponse('The address redirects too often.')
      url = redirected(next, url, policy, httpsOnly)
      // What was meant for one host is not shown to the next.
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(authorization|cookie|x-.*(key|token|secret).*)$/i.test(name)))
    }
  } catch (error) {
    throw asEgressError(error, options.signal)
  } finally {
    // Nothing waits for a peer that keeps its side open.
    dispatcher.destroy().catch(() => {})
  }
}

function redirected(location: string, from: URL, policy: EgressPolicy, httpsOnly: boolean): URL {
  if (!URL.canParse(location, from)) throw badResponse('The address redirects to something that is no address.')
  const target = new URL(location, from)
  target.hash = ''
  if (from.protocol === 'https:' && target.protocol !== 'https:') throw new AppError('address_not_allowed', { publicMessage: 'The address redirects from https to http.' })
  return parseEgressUrl(target, policy, { httpsOnly })
}

async function readBody(stream: Readable, encoding: string | undefined, limits: { bodyBytesMax: number; tooLong: 'cut' | 'refuse' }): Promise<{ body: Buffer; cut: boolean }> {
  const plain = decompressor(encoding)
  // A plain pipe: what goes wrong on either side must reach the reader below.
  stream.on('error', (error) => plain.destroy(error))
  stream.pipe(plain)
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length <= limits.bodyBytesMax) continue
      if (limits.tooLong === 'refuse') throw badResponse(`The answer is larger than ${Math.floor(limits.bodyBytesMax / 1024)} KB.`)
      return { body: Buffer.concat(chunks).subarray(0, limits.bodyBytesMax), cut: true }
    }
    return { body: Buffer.concat(chunks), cut: false }
  } finally {
    stream.on('error', () => {}).destroy()
  }
}

function decompressor(encoding: string | undefined): Transform {
  switch ((encoding ?? 'identity').trim().toLowerCase()) {
    case '':
    case 'identity':
      return new PassThrough()
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    case 'zstd':
      return createZstdDecompress()
    default:
      throw badResponse('The answer is compressed in a way we do not read.')
  }
}

/** EG-8: four outcomes, without a word about addresses. A refused and a silent port look alike. */
function asEgressError(error: unknown, callerSignal: AbortSignal | undefined): Error {
  if (isAppError(error)) return error
  if (callerSignal?.aborted) return error as Error // the caller changed its mind; it knows
  const inner = error instanceof Error && isAppError(error.cause) ? error.cause : undefined
  if (inner) return inner
  const { code, name } = error as { code?: string; name?: string }
  if (name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return new AppError('timed_out', { publicMessage: 'The host did not answer in time.', cause: error })
  if (/CERT|SELF_SIGNED|^ERR_TLS|^ERR_SSL|^EPROTO/.test(code ?? '')) return new AppError('could_not_connect', { publicMessage: 'The host has no certificate we can trust.', cause: error })
  if (code?.startsWith('HPE_') || code?.startsWith('Z_') || code?.startsWith('ERR_') || /^UND_ERR_(HEADERS_OVERFLOW|RES_|INVALID|RESPONSE)/.test(code ?? ''))
    return badResponse('The host answered with something that is not HTTP as we know it.', error)
  return new AppError('could_not_connect', { publicMessage: 'The host could not be reached.', cause: error })
}

function badResponse(publicMessage: string, cause?: unknown): AppError {
  return new AppError('bad_response', { publicMessage, cause })
}

/** Host and framing are ours. */
function withoutFraming(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(host|connection|content-length|transfer-encoding|upgrade|keep-alive|te|trailer|expect)$/i.test(name)))
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]))
}

function oneOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
