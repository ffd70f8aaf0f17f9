import { createServer, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { CallRecorder } from '@/lib/calls/call-recorder'
import type { Clock } from '@/lib/clock'
import { systemClock } from '@/lib/clock'
import { ownerPool } from '@/lib/db/pools'
import { followChanges } from '@/lib/events/follow-changes'
import type { EgressPolicy } from '@/lib/http/egress/policy'
import { newRequestId } from '@/lib/ids'
import { createCounterLoader } from '@/lib/metering/load-counters'
import { createMemoryBurstStore } from '@/lib/metering/memory-burst-store'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'
import { openJournal } from '@/lib/metering/open-journal'
import { createGateway } from '@/lib/gateway/gateway'
import type { Gateway } from '@/lib/gateway/gateway'
import { createLiveDirectory } from '@/lib/gateway/live-directory'
import { loadLive } from '@/lib/gateway/load-live'
import type { LiveData } from '@/lib/gateway/load-live'
import { createLanes } from '@/lib/gateway/upstream-lanes'
import { normalHost } from '@/lib/zones/zone-of-host'

/** A way to call a gateway, for the contract: in process through either door, or over HTTP at some address. */
export type Door = OpenDoor & { close(): Promise<void> }

/** One that somebody else closes. */
export type OpenDoor = {
  open(request: DoorRequest): Promise<OpenAnswer>
  /** Resolves when every change committed so far is in force. */
  settled(): Promise<void>
}

export type DoorRequest = {
  host: string
  method?: string
  path?: string
  headers?: [string, string][]
  /** A stream goes out in chunks of unknown number. */
  body?: string | Buffer | Readable
  signal?: AbortSignal
}

export type OpenAnswer = { status: number; headers: IncomingHttpHeaders; body: AsyncIterable<Uint8Array> }

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

export async function send(door: OpenDoor, request: DoorRequest): Promise<Answer> {
  const { status, headers, body } = await door.open(request)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return { status, headers, body: Buffer.concat(chunks).toString('utf8') }
}

/** A gateway as in production, but with loopback open and a journal of its own. */
export async function openTestGateway({ clock = systemClock, policy = openPolicy, data, calls }: { clock?: Clock; policy?: EgressPolicy; data?: (real: LiveData) => LiveData; calls?: CallRecorder } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-journal-'))
  const pool = ownerPool()
  const journal = await openJournal({ dir, pool, clock, sync: 'background', soleProcess: true })
  const live = loadLive(pool)
  const directory = createLiveDirectory(data ? data(live) : live, clock, policy)
  const follower = await followChanges((changes) => directory.apply(changes))
  const counters = createMemoryCounterStore({ clock, load: createCounterLoader({ pool, journal }) })
  const gateway = createGateway({ clock, directory, counters, bursts: createMemoryBurstStore(), journal, lanes: createLanes({ policy }), calls }, async () => {
    await follower.close()
    await journal.close()
    await counters.close()
    rmSync(dir, { recursive: true, force: true })
  })
  return { gateway, journalDir: dir, settled: () => follower.catchUp() }
}

/** Everything on loopback is somebody's private API, gateway hosts are ours. */
export const openPolicy: EgressPolicy = {
  allow: [{ network: '127.0.0.0/8', port: null }],
  ownPorts: () => new Set(),
  ownAddresses: () => new Set(),
  isOwnHost: (host) => host.endsWith('.gw.localhost'),
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
}

export async function openNodeDoor(): Promise<Door> {
  const { gateway, settled } = await openTestGateway()
  return serveOverHttp(gateway, settled)
}

export async function serveOverHttp(gateway: Gateway, settled: () => Promise<void>): Promise<Door> {
  const server = createServer({ maxHeaderSize: 32 * 1024 }, (request, response) => {
    const hostHeader = request.headers.host ?? ''
    gateway.handle(request, response, {
      requestId: newRequestId(),
      clientAddress: request.socket.remoteAddress ?? '',
      host: normalHost(hostHeader) ?? '',
      hostHeader,
      scheme: 'http',
      receivedAt: Date.now(),
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const door = openHttpDoor('127.0.0.1', (server.address() as AddressInfo).port, settled)
  return {
    ...door,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await gateway.close()
    },
  }
}

/** Over HTTP at an address, whoever serves there; `settled` waits as long as a change may take to be in force. */
export function openHttpDoor(hostname: string, port: number, settled: () => Promise<void>): Door {
  return {
    settled,
    open: ({ host, method = 'GET', path = '/', headers = [], body, signal }) =>
      new Promise<OpenAnswer>((resolve, reject) => {
        const all = [...headers.flat(), 'Host', host]
        if (typeof body === 'string' || Buffer.isBuffer(body)) all.push('Content-Length', String(Buffer.byteLength(body)))
        const request = httpRequest({ hostname, port, method, path, headers: all, signal, agent: false }, (response: IncomingMessage) =>
          resolve({ status: response.statusCode!, headers: response.headers, body: response }),
        )
        request.on('error', reject)
        if (body instanceof Readable) body.on('error', (error) => request.destroy(error)).pipe(request)
        else request.end(body)
      }),
    close: async () => {},
  }
}

export async function openWebDoor(): Promise<Door> {
  const { gateway, settled } = await openTestGateway()
  return {
    settled,
    close: () => gateway.close(),
    async open({ host, method = 'GET', path = '/', headers = [], body, signal }) {
      const all = new Headers()
      for (const [name, value] of [...headers, ['host', host]] as [string, string][]) all.append(name, value)
      const fixed = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : null
      if (fixed) all.set('content-length', String(fixed.length))
      else if (body) all.set('transfer-encoding', 'chunked')
      const stream = fixed ? Readable.from(fixed.length > 0 ? [fixed] : []) : (body as Readable | undefined)
      const response = await gateway.respond(
        { method, target: path, headers: all, body: stream ? (Readable.toWeb(stream) as ReadableStream<Uint8Array>) : null, signal },
        { requestId: newRequestId(), clientAddress: '127.0.0.1', host: normalHost(host) ?? '', hostHeader: host, scheme: 'http', receivedAt: Date.now() },
      )
      const plain: IncomingHttpHeaders = {}
      response.headers.forEach((value, name) => (plain[name] = value))
      plain['set-cookie'] = response.headers.getSetCookie()
      return { status: response.status, headers: plain, body: (response.body ?? Readable.from([])) as unknown as AsyncIterable<Uint8Array> }
    },
  }
}
