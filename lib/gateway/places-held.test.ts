import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { newRequestId } from '@/lib/ids'
import type { BurstPass, BurstStore } from '@/lib/metering/burst-store'
import { setPolicies } from '@/lib/products/set-policies'
import type { Ctx } from '@/lib/tenants/context'
import type { GatewayParts } from '@/lib/gateway/decide'
import { openPolicy, openTestGateway } from '@/lib/gateway/doors.contract'
import type { Gateway } from '@/lib/gateway/gateway'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { createLanes } from '@/lib/gateway/upstream-lanes'
import type { Lane } from '@/lib/gateway/upstream-lanes'

testDatabase()

/** What a call can do to the gateway; an upstream does what the path says. */
const paths = ['/ok', '/slow', '/silent', '/hang-up', '/cut', '/garbage', '/early', '/flood', '/unread', '/closes'] as const
const bodies = ['none', 'form', 'cut form', 'length', 'cut length', 'chunks', 'cut chunks', 'too many chunks'] as const
const manners = ['waits', 'waits', 'leaves at once', 'leaves soon', 'leaves later', 'reads nothing'] as const

/** The same numbers every run: what fails can be found again. */
function dice(seed: number) {
  let state = seed
  return <Item>(from: readonly Item[]): Item => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return from[Math.floor((state / 2 ** 32) * from.length)]!
  }
}

describe('places that a call holds', () => {
  let ctx: Ctx
  let upstream: { url: string; close(): Promise<unknown> }
  let product: TestProduct
  let app: TestApplication
  let gateway: Gateway
  let settled: () => Promise<void>
  let port: number
  let closeServer: () => Promise<unknown>
  const held = { lanes: 0, lowest: 0, calls: 0, passes: new Map<BurstPass, number>() }

  beforeAll(async () => {
    ctx = await makeTenant()
    upstream = await startBadUpstream()
    ;({ gateway, settled } = await openTestGateway())
    watch(gateway.parts)
    const server = createServer((request, response) => {
      held.calls++
      response.on('close', () => held.calls--)
      request.on('error', () => {})
      gateway.handle(request, response, { requestId: newRequestId(), clientAddress: '127.0.0.1', host: request.headers.host!, hostHeader: request.headers.host!, scheme: 'http', receivedAt: Date.now() })
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    port = (server.address() as AddressInfo).port
    closeServer = () => new Promise((resolve) => server.close(resolve).closeAllConnections())
  })
  beforeEach(async () => {
    product = await makeProduct(ctx, upstream.url, {
      credentialsLocation: 'headers',
      rules: (['GET', 'HEAD', 'POST'] as const).map((verb) => ({ verb, pattern: '/' })),
      firstByteTimeoutMs: 300,
      idleTimeoutMs: 300,
      totalTimeoutMs: 1_200,
      concurrencyMax: 4,
      bodyBytesMax: 400_000,
      bursts: { bucket: { perSecond: 1_000, size: 1_000 }, window: null, concurrency: 12 },
    })
    app = await makeApplication(ctx, product, { limits: [{ period: 'eternity', value: 100 }] })
    await settled()
    // What the storm needs of the database is known before it: afterwards nothing may still be waiting for that.
    await call('/ok', 'none', 'waits')
  })
  afterAll(async () => {
    await closeServer?.()
    await gateway?.close()
    await upstream?.close()
  })

  function watch(parts: GatewayParts): void {
    const real = createLanes({ policy: openPolicy })
    const watched = new Map<Lane, Lane>()
    const entered = (is: boolean) => {
      if (is) held.lanes++
      return is
    }
    parts.lanes = {
      ...real,
      of(settings) {
        const lane = real.of(settings)
        let own = watched.get(lane)
        if (!own) {
          own = {
            ...lane,
            enter() {
              const entering = lane.enter()
              return entering instanceof Promise ? entering.then(entered) : entered(entering)
            },
            leave() {
              held.lowest = Math.min(held.lowest, --held.lanes)
              lane.leave()
            },
          }
          watched.set(lane, own)
        }
        return own
      },
    }
    const bursts = parts.bursts
    const give = (how: 'release' | 'undo') => (pass: BurstPass) => {
      held.passes.set(pass, (held.passes.get(pass) ?? 0) - 1)
      return bursts[how](pass)
    }
    parts.bursts = {
      ...bursts,
      async take(request) {
        const result = await bursts.take(request)
        if (result.admitted) held.passes.set(result.pass, (held.passes.get(result.pass) ?? 0) + 1)
        return result
      },
      release: give('release'),
      undo: give('undo'),
    } satisfies BurstStore
  }

  /** One call on a connection of its own, ended as `manner` says. Resolves when the connection is gone. */
  async function call(path: string, body: (typeof bodies)[number], manner: (typeof manners)[number]): Promise<void> {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    const closed = new Promise((resolve) => socket.on('close', resolve))
    const head = [`${body === 'none' ? 'GET' : 'POST'} ${path} HTTP/1.1`, `Host: ${product.hosts.staging}`, `user_key: ${app.userKey}`, 'Connection: close']
    const send = (lines: string[], bytes: string) => void socket.write([...head, ...lines, '', bytes].join('\r\n'))
    const chunk = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`
    if (body === 'none') send([], '')
    if (body === 'form') send(['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 3'], 'a=b')
    if (body === 'cut form') send(['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 9'], 'a=b')
    if (body === 'length') send(['Content-Length: 200000'], 'x'.repeat(200_000))
    if (body === 'cut length') send(['Content-Length: 200000'], 'x'.repeat(20_000))
    if (body === 'chunks') send(['Transfer-Encoding: chunked'], `${chunk(90_000)}${chunk(20)}0\r\n\r\n`)
    if (body === 'cut chunks') send(['Transfer-Encoding: chunked'], `${chunk(90_000)}20\r\nabc`)
    if (body === 'too many chunks') send(['Transfer-Encoding: chunked'], `${chunk(90_000).repeat(6)}0\r\n\r\n`)
    if (manner === 'leaves at once') setImmediate(() => socket.destroy())
    if (manner === 'leaves soon') setTimeout(() => socket.destroy(), 10)
    if (manner === 'leaves later') setTimeout(() => socket.destroy(), 150)
    if (manner === 'reads nothing') socket.pause()
    else socket.resume()
    const patience = setTimeout(() => socket.destroy(), manner === 'reads nothing' ? 1_000 : 2_500)
    await closed
    clearTimeout(patience)
  }

  const rest = async () => {
    const until = performance.now() + 60_000
    while ((held.lanes > 0 || held.calls > 0 || [...held.passes.values()].some((count) => count > 0)) && performance.now() < until) await sleep(20)
    expect({ lanes: held.lanes, calls: held.calls, lowest: held.lowest }).toEqual({ lanes: 0, calls: 0, lowest: 0 })
    expect([...held.passes.values()].filter((count) => count !== 0), 'taken and given back once each').toEqual([])
    held.passes.clear()
  }

  it.each([
    ['without policies', 1, []],
    ['with retries', 2, [{ name: 'retry', configuration: { retries: 2 } }]],
    ['with a limit on connections', 3, [{ name: 'rate_limit', configuration: { connection_limiters: [{ key: { name: 'all', scope: 'service' }, conn: 6, burst: 0, delay: 1 }] } }, { name: 'retry', configuration: { retries: 1 } }]],
  ] as const)('all come back, and once, however calls end: %s', async (_, seed, policies) => {
    const warn = vi.fn()
    process.on('warning', warn)
    if (policies.length > 0) await setPolicies(ctx, { productId: product.id, policies: policies as never })
    await settled()
    const pick = dice(seed)
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let i = 0; i < 6; i++) await call(pick(paths), pick(bodies), pick(manners))
      }),
    )
    await rest()
    process.off('warning', warn)
    expect(warn.mock.calls).toEqual([])
  }, 180_000)

  it('a caller that leaves in the middle of a body that is held for retries', async () => {
    await setPolicies(ctx, { productId: product.id, policies: [{ name: 'retry', configuration: { retries: 2 } }] as never })
    await settled()
    for (let i = 0; i < 6; i++) await call('/ok', 'cut form', 'leaves later')
    await rest()
  })
})

/** Answers as badly as its path says. */
async function startBadUpstream() {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.on('error', () => {})
    response.on('error', () => {})
    const { socket } = request
    const drain = () => request.resume()
    switch (request.url) {
      case '/slow':
        return void drain().on('end', () => setTimeout(() => response.end('slow'), 60))
      case '/silent':
        return void drain()
      case '/hang-up':
        return void socket.destroy()
      case '/cut':
        response.writeHead(200, { 'content-length': 100_000 }).write('x'.repeat(1_000))
        return void setTimeout(() => socket.destroy(), 5)
      case '/garbage':
        return void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc')
      case '/early':
        return void response.writeHead(413).end('too large')
      case '/flood':
        drain()
        return void response.end(Buffer.alloc(3_000_000))
      case '/unread':
        // Never reads what it is sent.
        request.pause()
        return
      case '/closes':
        drain()
        return void socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end')
      default:
        return void drain().on('end', () => response.end('ok'))
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) }
}
