import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isAppError } from '@/lib/errors'
import { finishAnswerHeaders } from '@/lib/http/front-door/answer-headers'
import { bodyCeilingOf, countBody, hasBody } from '@/lib/http/front-door/body-ceiling'
import { checkRequest } from '@/lib/http/front-door/check-request'
import { clientAddressOf, peerAddressOf, trustOf } from '@/lib/http/front-door/client-address'
import { createSocketCounter } from '@/lib/http/front-door/count-sockets'
import { cleanHeaders } from '@/lib/http/front-door/inbound-headers'
import { rawRefusal, refusalAnswer, type Refusal } from '@/lib/http/front-door/refusals'
import { watchBodies } from '@/lib/http/front-door/watch-bodies'
import { newRequestId } from '@/lib/ids'
import { logger } from '@/lib/logger'
import { perProcess } from '@/lib/per-process'
import type { HostFacts } from '@/lib/zones/resolve-host'
import { normalHost } from '@/lib/zones/zone-of-host'

/** What is known of a request once it is through the door; handed on as a value, never looked up again. */
export type RequestFacts = {
  requestId: string
  /** HTTP-3: the peer, or what proxies of ours say about it. */
  clientAddress: string
  /** Lower case, without port: the key of the hosts table. */
  host: string
  /** As the client wrote it, with its port. */
  hostHeader: string
  scheme: 'http' | 'https'
  zone: HostFacts
  /** Milliseconds since 1970. */
  receivedAt: number
}

export type FrontDoorOptions = {
  /** Host → whose it is; null: nobody's. A rejection is answered with 503. */
  resolve(host: string): HostFacts | null | Promise<HostFacts | null>
  handle(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): void | Promise<void>
  scheme: 'http' | 'https'
  /** Addresses and networks of TRUSTED_PROXIES. */
  trustedProxies: string[]
  /** MAX_SOCKETS_PER_ADDRESS; unset: 100, on gateway hosts 2000. Loopback and trusted proxies are not counted. */
  socketsPerAddressMax?: number
  /** Development only: hot reload needs its socket. */
  allowUpgrade?: (request: IncomingMessage) => boolean
  /** For tests. */
  timing?: Partial<Timing>
  countLoopback?: boolean
}

type Timing = { headersMs: number; bodyMs: number; gatewayBodyIdleMs: number; checkMs: number; keepAliveMs: number; lingerMs: number }

export type FrontDoor = {
  server: Server
  /** Stops accepting, lets what runs finish, ends the rest at the deadline (REL-2). */
  drain(deadlineMs: number): Promise<void>
}

type SocketState = { address: string; counted: boolean; closing: boolean; requests: number; request: IncomingMessage | null; response: ServerResponse | null; unanswered: Set<IncomingMessage> }

const REQUESTS_PER_SOCKET_MAX = 1_000
/** 253 of the name, a dot, and a port. */
const HOST_LENGTH_MAX = 260

const timingOfProduct: Timing = { headersMs: 10_000, bodyMs: 60_000, gatewayBodyIdleMs: 30_000, checkMs: 2_000, keepAliveMs: 5_000, lingerMs: 1_000 }

/** Whether this process has a front door; without one Next listens itself (lib/request/serve-under-next.ts). */
export function isFrontDoorOpen(): boolean {
  return presence().open
}

const presence = () => perProcess('frontDoor', () => ({ open: false }))

/**
 * The one server in front of everything (HTTP-1..7, PLAT-7): what is malformed, too large, too slow or too much ends
 * here, before a zone's code sees it. Gateway requests pass as they are; all others get clean headers, body ceilings
 * and finished answer headers.
 */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  presence().open = true
  const timing = { ...timingOfProduct, ...options.timing }
  const isTrusted = trustOf(options.trustedProxies)
  const states = new WeakMap<Socket, SocketState>()
  const allSockets = createSocketCounter(options.socketsPerAddressMax ?? 2_000)
  const webSockets = createSocketCounter(options.socketsPerAddressMax ?? 100)
  const hostNames = new Map<string, string | null>()
  const upgraded = new Set<Duplex>()
  let draining = false

  const server = createServer({
    // A little above the limits we count ourselves, so that target and fields get their own answers.
    maxHeaderSize: 26 * 1024,
    headersTimeout: timing.headersMs,
    // Bodies are watched by zone instead: 60 s in all, or on the gateway 30 s without a byte.
    requestTimeout: 0,
    connectionsCheckingInterval: timing.checkMs,
    keepAliveTimeout: timing.keepAliveMs,
    requireHostHeader: false, // ours to refuse, in our own words
    shouldUpgradeCallback: (request) => options.allowUpgrade?.(request) ?? false,
  })
  server.maxHeadersCount = 0 // truncates silently; we count and refuse
  server.maxConnections = 20_000
  const bodies = watchBodies((request) => refuse(request, states.get(request.socket)?.response ?? null, 'request_timeout'), timing.checkMs)

  server.on('connection', (socket: Socket) => {
    const address = peerAddressOf(socket.remoteAddress)
    const isExempt = isTrusted(address) || (!options.countLoopback && isLoopback(address))
    if (!isExempt && !allSockets.enter(address)) return void socket.destroy()
    const state: SocketState = { address, counted: isExempt, closing: false, requests: 0, request: null, response: null, unanswered: new Set() }
    states.set(socket, state)
    // Before Node's own listener, which destroys what is unanswered: behind its middleware Next has made a request into a
    // stream that throws then, and whoever hangs up at the right moment would end the process.
    socket.prependListener('close', () => {
      state.unanswered.forEach((request) => request.on('error', () => {}))
      if (state.request && !state.response!.closed) state.request.on('error', () => {})
    })
    socket.once('close', () => {
      if (isExempt) return
      allSockets.leave(address)
      if (state.counted) webSockets.leave(address)
    })
  })
  server.on('request', (request, response) => receive(request, response, false))
  server.on('checkContinue', (request, response) => receive(request, response, true))
  // Next answers these; they are remembered only because `close` would wait for them for ever.
  server.on('upgrade', (_, socket) => void upgraded.add(socket.once('close', () => upgraded.delete(socket))))
  server.on('connect', (request, socket) => void socket.on('error', () => {}).end(rawRefusal('method_not_allowed')))
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket) => refuseUnparsed(error, socket))

  function receive(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const state = states.get(request.socket)
    if (!state || state.closing) return
    // Pipelined: the one before still waits for its answer. Nearly never, and so nothing is kept of all others.
    const { request: before, response: itsAnswer } = state
    if (before && itsAnswer && !itsAnswer.closed) {
      state.unanswered.add(before)
      itsAnswer.once('close', () => state.unanswered.delete(before))
    }
    state.request = request
    state.response = response
    // Not Node's own maxRequestsPerSocket: that one announces the end but leaves the socket open and answers 503.
    if (draining || ++state.requests >= REQUESTS_PER_SOCKET_MAX) response.shouldKeepAlive = false
    const problem = checkRequest(request)
    if (problem) return refuse(request, response, problem)
    const { headers } = request
    // ZONE-2: only a proxy of ours may say which host was meant.
    const told = headers['x-forwarded-host']
    const hostHeader = typeof told === 'string' && isTrusted(state.address) ? told : (headers.host ?? '')
    const host = hostNameOf(hostHeader)
    if (host === null) return refuse(request, response, 'bad_host')
    try {
      const zone = options.resolve(host)
      if (zone instanceof Promise) zone.then((found) => admit(found)).catch((error: unknown) => fail(request, response, error))
      else admit(zone)
    } catch (error) {
      fail(request, response, error)
    }

    function admit(zone: HostFacts | null): void {
      if (!zone) return refuse(request, response, 'unknown_host')
      const isGateway = zone.zone === 'gateway' || zone.zone === 'accounting'
      const forwarded = headers['x-forwarded-for']
      const facts: RequestFacts = {
        requestId: newRequestId(),
        clientAddress: clientAddressOf(state!.address, typeof forwarded === 'string' ? forwarded : undefined, isTrusted),
        host: host!,
        hostHeader,
        scheme: options.scheme,
        zone,
        receivedAt: Date.now(),
      }
      if (!isGateway) {
        const problem = prepareForZone(request, response, facts, state!)
        if (problem) return refuse(request, response, problem, facts.requestId)
      } else if (hasBody(request)) {
        bodies.add(request, { idleMs: timing.gatewayBodyIdleMs })
      }
      if (expectsContinue) response.writeContinue()
      const handled = options.handle(request, response, facts)
      if (handled instanceof Promise) handled.catch((error: unknown) => fail(request, response, error, facts.requestId))
    }
  }

  /** What only our own zones need: fewer sockets, ceilings for bodies (HTTP-5), clean headers both ways (HTTP-4, HTTP-6). */
  function prepareForZone(request: IncomingMessage, response: ServerResponse, facts: RequestFacts, state: SocketState): Refusal | null {
    if (!state.counted) {
      if (!webSockets.enter(state.address)) return 'too_many_connections'
      state.counted = true
    }
    if (hasBody(request)) {
      const encoding = request.headers['content-encoding']
      if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') return 'unsupported_media_type'
      const most = bodyCeilingOf(request)
      if (Number(request.headers['content-length'] ?? 0) > most) return 'payload_too_large'
      countBody(request, most, () => refuse(request, response, 'payload_too_large', facts.requestId))
      bodies.add(request, { totalMs: timing.bodyMs })
    }
    cleanHeaders(request.headers, { host: facts.hostHeader, scheme: facts.scheme, clientAddress: facts.clientAddress, requestId: facts.requestId })
    finishAnswerHeaders(request, response, { requestId: facts.requestId, scheme: facts.scheme, zone: facts.zone.zone })
    return null
  }

  function fail(request: IncomingMessage, response: ServerResponse, error: unknown, requestId = newRequestId()): void {
    if (isAppError(error) && error.code === 'unavailable') return refuse(request, response, 'unavailable', requestId)
    logger.error({ err: error, requestId }, 'a request failed at the front door')
    refuse(request, response, 'internal_error', requestId)
  }

  /**
   * Answers and closes. Written past Node's response, because a handler may be at work on it: that one finds itself
   * disconnected. What the client still sends is thrown away for a moment, or the reset would swallow our answer.
   */
  function refuse(request: IncomingMessage, response: ServerResponse | null, refusal: Refusal, requestId?: string): void {
    const { socket } = request
    const state = states.get(socket)
    if (!state || state.closing) return
    state.closing = true
    if (!response || response.headersSent || socket.destroyed) return void socket.destroy()
    if (response.socket !== socket) {
      // Pipelined behind another answer: Node sends this one in its turn.
      const { status, headers, body } = refusalAnswer(refusal, requestId)
      response.writeHead(status, { ...headers, connection: 'close' }).end(body)
      return
    }
    response.on('error', () => {}).detachSocket(socket)
    socket.end(rawRefusal(refusal, { requestId, head: request.method === 'HEAD' }))
    request.push = () => true
    request._read(1)
    response.destroy()
    response.emit('close')
    lingerOver(socket)
  }

  /** What the parser did not take: nothing of it is echoed. */
  function refuseUnparsed(error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket): void {
    const state = states.get(socket)
    if (state?.closing) return
    const running = state?.response && !state.response.writableFinished ? state : null
    const answerable = socket.writable && !['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE'].includes(error.code ?? '')
    if (!answerable) return void socket.destroy()
    const refusal = refusalOf(error)
    if (running?.request && running.response) return refuse(running.request, running.response, refusal)
    if (state) state.closing = true
    socket.end(rawRefusal(refusal))
    lingerOver(socket)
  }

  function lingerOver(socket: Socket): void {
    const timer = setTimeout(() => socket.destroy(), timing.lingerMs)
    timer.unref()
    socket.once('close', () => clearTimeout(timer))
  }

  /** Few host headers come again and again; reading one takes longer than finding it. */
  function hostNameOf(header: string): string | null {
    // No name is that long: remembered, ten thousand of them would be most of a small machine's memory.
    if (header.length > HOST_LENGTH_MAX) return null
    let host = hostNames.get(header)
    if (host === undefined) {
      host = normalHost(header)
      if (hostNames.size >= 10_000) hostNames.clear()
      hostNames.set(header, host)
    }
    return host
  }

  return {
    server,
    async drain(deadlineMs) {
      draining = true
      bodies.close()
      for (const socket of upgraded) socket.destroy()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const idle = setInterval(() => server.closeIdleConnections(), 50)
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs)
      await closed
      clearInterval(idle)
      clearTimeout(deadline)
    },
  }
}

function refusalOf(error: NodeJS.ErrnoException & { rawPacket?: Buffer }): Refusal {
  const start = error.rawPacket?.subarray(0, 8 * 1024 + 64).toString('latin1') ?? ''
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return start.length > 8 * 1024 && !start.includes('\r\n') ? 'uri_too_long' : 'headers_too_large'
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request_timeout'
    case 'HPE_INVALID_METHOD':
      return start.startsWith('TRACK ') ? 'method_not_allowed' : 'bad_request'
    default:
      return 'bad_request'
  }
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}
