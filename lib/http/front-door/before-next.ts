import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { finishAnswerHeaders } from '@/lib/http/front-door/answer-headers'
import { clientAddressOf, peerAddressOf, trustOf } from '@/lib/http/front-door/client-address'
import { cleanHeaders } from '@/lib/http/front-door/inbound-headers'
import { newRequestId } from '@/lib/ids'
import { logger } from '@/lib/logger'
import { perProcess } from '@/lib/per-process'
import { normalHost, zoneOfHost } from '@/lib/zones/zone-of-host'
import type { ZoneDomains } from '@/lib/zones/zone-of-host'

/** A gateway call as it came from the socket, before Next has read it its own way. */
export type CallBeforeNext = {
  requestId: string
  hostHeader: string
  target: string
  rawHeaders: string[]
  clientAddress: string
  /** Set by the handler: what the caller gets, with the length that Next would drop and without what Next would add. */
  answerHeaders: Headers | null
}

const CALL_HEADER = 'x-gh-call'

const calls = () => perProcess('callsBeforeNext', () => new Map<string, CallBeforeNext>())

/** The call behind a request that came through `standBeforeNext`; null where Next runs without a server that we can reach. */
export function callBeforeNext(headers: Headers): CallBeforeNext | null {
  return calls().get(headers.get(CALL_HEADER) ?? '') ?? null
}

type Options = {
  domains: ZoneDomains
  scheme: 'http' | 'https'
  trustedProxies: string[]
  /** Runs when Next has closed its server and no request is under way, before the process ends. */
  beforeEnd: () => Promise<void>
}

/**
 * The part of the front door that can also stand before a server of Next's own (plain `next start`): who is calling,
 * clean headers both ways (ZONE-2, HTTP-3, HTTP-4, HTTP-6). Ceilings, time-outs and socket counts need `server.ts`.
 *
 * Of a gateway call Next sees only what it must route by. It would resolve dots in the path, follow headers that speak
 * of its inner routing, and compress what the upstream sends.
 */
export function standBeforeNext({ domains, scheme, trustedProxies, beforeEnd }: Options): void {
  const isTrusted = trustOf(trustedProxies)
  const known = new WeakSet<Server>()

  subscribe('http.server.request.start', (message) => {
    const { request, response, server } = message as { request: IncomingMessage; response: ServerResponse; server: Server }
    if (!known.has(server)) {
      known.add(server)
      workBeforeClosed(server, beforeEnd)
    }
    const { headers } = request
    const peer = peerAddressOf(request.socket.remoteAddress)
    const told = headers['x-forwarded-host']
    const hostHeader = typeof told === 'string' && isTrusted(peer) ? told : (headers.host ?? '')
    const host = normalHost(hostHeader)
    // The middleware refuses it.
    if (host === null) return
    const forwarded = headers['x-forwarded-for']
    const clientAddress = clientAddressOf(peer, typeof forwarded === 'string' ? forwarded : undefined, isTrusted)
    const requestId = newRequestId()
    const zone = zoneOfHost(host, domains)
    if (zone === 'gateway' || zone === 'accounting') return setAside(request, response, { requestId, hostHeader, target: request.url ?? '/', rawHeaders: request.rawHeaders, clientAddress, answerHeaders: null })
    cleanHeaders(headers, { host: hostHeader, scheme, clientAddress, requestId })
    finishAnswerHeaders(request, response, { requestId, scheme, zone: zone === 'stranger' ? 'portal' : zone })
  })
}

function setAside(request: IncomingMessage, response: ServerResponse, call: CallBeforeNext): void {
  calls().set(call.requestId, call)
  response.once('close', () => calls().delete(call.requestId))
  answerAsTold(response, call)
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  request.url = '/'
  request.headers = { host: call.hostHeader, [CALL_HEADER]: call.requestId, ...(length !== undefined && { 'content-length': length }), ...(encoding !== undefined && { 'transfer-encoding': encoding }) }
}

function answerAsTold(response: ServerResponse, call: CallBeforeNext): void {
  const writeHead = response.writeHead
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    const told = call.answerHeaders
    if (told && !response.headersSent) {
      for (const name of response.getHeaderNames()) if (!told.has(name)) response.removeHeader(name)
      const length = told.get('content-length')
      if (length !== null) response.setHeader('content-length', length)
    }
    return writeHead.apply(response, args)
  }) as typeof writeHead
}

/** Next ends the process as soon as its server is closed; this comes in between. */
function workBeforeClosed(server: Server, work: () => Promise<void>): void {
  const close = server.close.bind(server)
  server.close = (done) =>
    close((error) => {
      work()
        .catch((failure: unknown) => logger.error({ err: failure }, 'closing failed'))
        .finally(() => done?.(error))
    })
}
