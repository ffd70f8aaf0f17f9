import { readFileSync, readdirSync } from 'node:fs'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { fixedClock } from '@/lib/clock'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { AppError } from '@/lib/errors'
import { newKey, newRequestId } from '@/lib/ids'
import type { Ctx } from '@/lib/tenants/context'
import { openPolicy, openTestGateway, send, serveOverHttp } from '@/lib/gateway/doors.contract'
import type { Gateway } from '@/lib/gateway/gateway'
import type { LiveData } from '@/lib/gateway/load-live'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { testUpstream } from '@/lib/gateway/test-door.fixture'

testDatabase()

describe('the gateway when something is down', () => {
  const clock = fixedClock(Date.now())
  const upstream = testUpstream()
  let ctx: Ctx
  let product: TestProduct
  let app: TestApplication
  let gateway: Gateway
  let journalDir: string
  let settled: () => Promise<void>
  let databaseAway = false
  let lookups: string[] = []

  beforeAll(async () => {
    ctx = await makeTenant()
    const resolve = async (host: string) => {
      lookups.push(host)
      return openPolicy.resolve(host)
    }
    ;({ gateway, journalDir, settled } = await openTestGateway({ clock, data: breakable, policy: { ...openPolicy, resolve } }))
    product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
    app = await makeApplication(ctx, product, { limits: [{ period: 'eternity', value: 1_000 }] })
    await settled()
  })
  beforeEach(() => {
    lookups = []
  })
  afterEach(() => {
    databaseAway = false
    vi.restoreAllMocks()
  })
  afterAll(() => gateway?.close())

  /** Every look-up fails while the switch says so. */
  function breakable(real: LiveData): LiveData {
    const failing = Object.fromEntries(
      Object.entries(real).map(([name, look]) => [name, (...args: never[]) => (databaseAway ? Promise.reject(new Error('connection refused')) : (look as (...given: never[]) => unknown).apply(real, args))]),
    )
    return failing as unknown as LiveData
  }

  const call = async ({ host = product.hosts.staging, method = 'GET', headers = app.headers, path = '/' } = {}) => {
    const requestId = newRequestId()
    const response = await gateway.respond(
      { method, target: path, headers: new Headers(headers), body: null },
      { requestId, clientAddress: '203.0.113.9', host, hostHeader: host, scheme: 'https', receivedAt: clock.now() },
    )
    const body = await response.text()
    return { requestId, status: response.status, retryAfter: response.headers.get('retry-after'), code: body.startsWith('{"error"') ? (JSON.parse(body) as { error: { code: string } }).error.code : null }
  }

  it('with Postgres away known callers are served for five minutes; unknown keys are 503, not 403', async () => {
    expect((await call()).status).toBe(200)
    databaseAway = true
    expect(await call()).toMatchObject({ status: 200 })
    expect(await call({ headers: [['user_key', newKey('uk')]] })).toMatchObject({ status: 503, code: 'auth_unavailable', retryAfter: '1' })
    clock.advance(240_000)
    expect(await call()).toMatchObject({ status: 200 })
    clock.advance(60_001)
    expect(await call()).toMatchObject({ status: 503, code: 'auth_unavailable' })
    databaseAway = false
    clock.advance(1_001)
    expect(await call()).toMatchObject({ status: 200 })
  })

  it('a caller who left before the decision is told an end: nothing waits for an answer that never comes', async () => {
    const facts = { requestId: newRequestId(), clientAddress: '203.0.113.9', host: 'nobody.gw.localhost', hostHeader: 'nobody.gw.localhost', scheme: 'https', receivedAt: clock.now() }
    await expect(gateway.respond({ method: 'GET', target: '/', headers: new Headers(), body: null, signal: AbortSignal.abort() }, facts)).rejects.toThrow('broke off')
  })

  it('USE-1 the record is written before the upstream sees a byte', async () => {
    const records: string[][] = []
    upstream.answer = (_, response) => {
      // Read from the folder, as another process would find it after a kill -9 at this moment.
      const text = readdirSync(journalDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.segment')).map((name) => readFileSync(join(journalDir, name), 'utf8')).join('')
      records.push(upstream.seen.map((seen) => String(seen.headers['x-request-id'])).filter((id) => text.includes(id)))
      response.end('ok')
    }
    const { requestId, status } = await call()
    expect([status, records]).toEqual([200, [[requestId]]])
  })

  it('USE-1 a call that cannot be recorded does not go upstream', async () => {
    vi.spyOn(gateway.parts.journal, 'append').mockRejectedValue(new AppError('unavailable'))
    expect(await call()).toMatchObject({ status: 503, code: 'metering_unavailable', retryAfter: '1' })
    expect(upstream.seen).toEqual([])
  })

  it('a call whose limits cannot be checked does not go upstream and is not recorded', async () => {
    const append = vi.spyOn(gateway.parts.journal, 'append')
    vi.spyOn(gateway.parts.counters, 'consume').mockImplementation(() => Promise.reject(new AppError('unavailable')))
    expect(await call()).toMatchObject({ status: 503, code: 'limits_unavailable', retryAfter: '1' })
    expect([upstream.seen, append.mock.calls]).toEqual([[], []])
  })

  it('a refused call is neither recorded nor counted, but its end is noted', async () => {
    const append = vi.spyOn(gateway.parts.journal, 'append')
    const observe = vi.spyOn(gateway.parts.journal, 'observe')
    await call({ headers: [] })
    await call({ headers: [['user_key', newKey('uk')]] })
    expect(append).not.toHaveBeenCalled()
    expect(observe.mock.calls.map(([outcome]) => [outcome.outcome, outcome.applicationId])).toEqual([['credentials_missing', 0], ['key_unknown', 0]])
  })

  it('what is recorded: who, from where, what it counts, and which limits moved', async () => {
    const append = vi.spyOn(gateway.parts.journal, 'append')
    const { requestId } = await call()
    const credential = await ctx.db.credential.findFirstOrThrow({ where: { applicationId: app.id, kind: 'user_key' } })
    expect(append.mock.calls[0]![0]).toEqual({
      id: requestId, at: clock.now(), tenantId: Number(ctx.tenant.id), productId: Number(product.id), environment: 'staging', applicationId: Number(app.id), endUserId: null,
      credentialId: Number(credential.id), address: '203.0.113.9', usage: [[Number(product.hitsId), 1]],
      counted: [{ subject: `app:${app.id}`, metricId: Number(product.hitsId), period: 'eternity', windowStart: 0, value: 1 }],
    })
  })

  it('GW-7 what could not connect is tried once more, but only without a body and without an effect', async () => {
    const closed = createTcpServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    await product.set({ privateBaseUrl: `http://upstream.example:${port}` })
    await settled()
    const tries = async (method: string) => {
      lookups = []
      const answer = await call({ method })
      expect(answer).toMatchObject({ status: 502 })
      return lookups.length
    }
    expect([await tries('GET'), await tries('HEAD'), await tries('OPTIONS'), await tries('POST'), await tries('DELETE')]).toEqual([2, 2, 2, 1, 1])
    await product.set({ privateBaseUrl: upstream.url })
    await settled()
    expect(await call()).toMatchObject({ status: 200 })
  })

  it('EG-4 a name that leads elsewhere the next time is refused the next time', async () => {
    let address = '127.0.0.1'
    const own = await openTestGateway({ policy: { ...openPolicy, allow: [{ network: '127.0.0.1/32', port: null }], resolve: async () => [{ address, family: 4 }] } })
    try {
      await product.set({ privateBaseUrl: `http://rebound.example:${upstream.port}` })
      const ask = async () => {
        const response = await own.gateway.respond(
          { method: 'GET', target: '/', headers: new Headers([...app.headers, ['connection', 'close']]), body: null },
          { requestId: newRequestId(), clientAddress: '', host: product.hosts.staging, hostHeader: product.hosts.staging, scheme: 'http', receivedAt: Date.now() },
        )
        await response.text()
        return response.status
      }
      upstream.answer = (_, response) => response.writeHead(200, { connection: 'close' }).end('ok')
      expect(await ask()).toBe(200)
      address = '127.0.0.2'
      expect(await ask()).toBe(502)
    } finally {
      await own.gateway.close()
      await product.set({ privateBaseUrl: upstream.url })
      await settled()
    }
  })

  it('HTTP-5 the 413 arrives although the caller is still sending, and the connection ends', async () => {
    const own = await openTestGateway()
    const door = await serveOverHttp(own.gateway, own.settled)
    try {
      await product.set({ bodyBytesMax: 100_000 })
      await own.settled()
      const ask = async (body: Buffer | Readable) => {
        const { status, headers } = await send(door, { host: product.hosts.staging, method: 'POST', headers: app.headers, body })
        return [status, headers.connection]
      }
      expect(await ask(Buffer.alloc(8_000_000))).toEqual([413, 'close'])
      expect(await ask(Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(60_000))))).toEqual([413, 'close'])
    } finally {
      await door.close()
      await product.set({ bodyBytesMax: 10_000_000 })
      await settled()
    }
  })

  it('KEY-5 neither key nor secret token stands in what is written down', async () => {
    const text = () => readdirSync(journalDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.segment')).map((name) => readFileSync(join(journalDir, name), 'utf8')).join('')
    const { requestId } = await call()
    const written = text()
    expect(written).toContain(requestId)
    expect(written).not.toContain(app.userKey)
  })
})
