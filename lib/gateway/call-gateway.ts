import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { newRequestId } from '@/lib/ids'
import type { Environment } from '@/lib/products/gateway-config'
import { canonicalTarget } from '@/lib/gateway/canonical-path'
import { forwardInternally } from '@/lib/gateway/forward-internal'
import type { Gateway } from '@/lib/gateway/gateway'
import { loadedGateway, loadGateway } from '@/lib/gateway/load-gateway'
import { readTrace, signTraceRequest, TRACE_HEADER } from '@/lib/gateway/trace'
import type { CallTrace } from '@/lib/gateway/trace'

export type GatewayRequest = {
  method: string
  /** Path and query, percent-encoded as it shall be sent. */
  target: string
  headers: [name: string, value: string][]
  body?: Buffer | string
}

export type GatewayAnswer = {
  status: number
  headers: [name: string, value: string][]
  /** At most 256 KB of it, or what was asked for. */
  body: Buffer
  /** True where the body is longer, or broke off. */
  bodyCut: boolean
  durationMs: number
  /** What the call met; null only where an old gateway process does not tell. */
  trace: CallTrace | null
}

/** How much of an answer is read and how long it may take; past the time `timed_out` is thrown. */
export type GatewayCallBounds = { bodyBytesMax?: number; totalMs?: number }

const BODY_BYTES_MAX = 256 * 1024

/**
 * One real call through a product's gateway, for "Test integration" and the like: counted and limited as any other.
 * In this process where it serves calls, else at GATEWAY_INTERNAL_URL. Throws `AppError`: `invalid` for a target or
 * header that cannot be sent, `unavailable` where no gateway can be reached, `timed_out` past `totalMs`.
 */
export async function callGateway(product: { hosts: Record<Environment, string | null> }, environment: Environment, request: GatewayRequest, { bodyBytesMax = BODY_BYTES_MAX, totalMs }: GatewayCallBounds = {}): Promise<GatewayAnswer> {
  const host = product.hosts[environment]
  if (!host) throw new AppError('not_found', { publicMessage: 'This product has no host for this environment.' })
  assertSendable(request)
  const bytes = request.body === undefined ? undefined : Buffer.from(request.body)
  const flat = request.headers.flatMap(([name, value]) => [name, value])
  flat.push(TRACE_HEADER, signTraceRequest({ method: request.method, target: request.target, host }, Date.now()))
  if (bytes) flat.push('content-length', String(bytes.length))

  const began = performance.now()
  const gateway = await ownGateway()
  const { GATEWAY_INTERNAL_URL } = env()
  if (!gateway && !GATEWAY_INTERNAL_URL) throw new AppError('unavailable', { publicMessage: 'This server serves no gateway calls. Set GATEWAY_INTERNAL_URL to one that does.' })
  const deadline = totalMs === undefined ? undefined : AbortSignal.timeout(totalMs)
  const tooLate = () => new AppError('timed_out', { publicMessage: `There was no whole answer within ${Math.ceil((totalMs ?? 0) / 1000)} seconds.` })
  const calling = gateway
    ? callInProcess(gateway, host, request, flat, bytes, bodyBytesMax, deadline)
    : forwardInternally(GATEWAY_INTERNAL_URL!, host, { ...request, body: bytes }, flat, bodyBytesMax, deadline).catch((cause: unknown) => {
        throw new AppError('unavailable', { publicMessage: 'The gateway could not be reached.', cause })
      })
  const answer = await calling.catch((error: unknown) => {
    throw deadline?.aborted ? tooLate() : error
  })
  // What came of a body that was stopped in the middle is no answer.
  if (deadline?.aborted) throw tooLate()
  const trace = readTrace(answer.headers.find(([name]) => name.toLowerCase() === TRACE_HEADER)?.[1])
  return { ...answer, headers: answer.headers.filter(([name]) => name.toLowerCase() !== TRACE_HEADER), durationMs: performance.now() - began, trace }
}

/** The gateway of this process: the running one, or, where this process is meant to serve calls, a new one. */
async function ownGateway(): Promise<Gateway | null> {
  const running = loadedGateway()
  if (running) return running
  return env().roles.has('gateway') ? loadGateway() : null
}

async function callInProcess(gateway: Gateway, host: string, { method, target }: GatewayRequest, flat: string[], body: Buffer | undefined, bodyBytesMax: number, deadline: AbortSignal | undefined): Promise<Omit<GatewayAnswer, 'durationMs' | 'trace'>> {
  const headers = new Headers()
  for (let i = 0; i < flat.length; i += 2) headers.append(flat[i]!, flat[i + 1]!)
  const stream = body && body.length > 0 ? (new Blob([new Uint8Array(body)]).stream() as ReadableStream<Uint8Array>) : null
  const response = await gateway.respond(
    { method, target, headers, body: stream, signal: deadline ?? new AbortController().signal },
    { host, hostHeader: host, scheme: env().PUBLIC_SCHEME, clientAddress: '127.0.0.1', requestId: newRequestId(), receivedAt: Date.now() },
  )
  const chunks: Uint8Array[] = []
  let length = 0
  let broken = false
  try {
    for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > bodyBytesMax) break
    }
  } catch {
    // The upstream died in the middle: what came so far is worth showing.
    broken = true
  }
  return { status: response.status, headers: [...response.headers], body: Buffer.concat(chunks).subarray(0, bodyBytesMax), bodyCut: broken || length > bodyBytesMax }
}

function assertSendable({ method, target, headers }: GatewayRequest): void {
  const refuse = (publicMessage: string) => new AppError('invalid', { publicMessage })
  if (!/^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.test(method)) throw refuse('Choose one of GET, POST, PUT, PATCH, DELETE, HEAD and OPTIONS.')
  if (!canonicalTarget(target)) throw refuse('Write a path like /1.1/statuses/show/42.json?trim_user=true; spaces are %20.')
  for (const [name, value] of headers) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw refuse(`"${name}" is no name of a header.`)
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw refuse(`The value of the header "${name}" has characters that cannot be sent.`)
    if (/^(host|content-length|transfer-encoding|connection)$/i.test(name)) throw refuse(`The header "${name}" is set by the gateway itself.`)
  }
}
