import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { perProcess } from '@/lib/per-process'
import type { Ctx } from '@/lib/tenants/context'
import { callGateway } from '@/lib/gateway/call-gateway'
import type { GatewayRequest } from '@/lib/gateway/call-gateway'
import { openTestGateway } from '@/lib/gateway/doors.contract'
import type { Gateway } from '@/lib/gateway/gateway'
import { newRequestId } from '@/lib/ids'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { testUpstream } from '@/lib/gateway/test-door.fixture'

testDatabase()

describe.each(['in this process', 'over HTTP'])('callGateway %s', (way) => {
  const upstream = testUpstream()
  let ctx: Ctx
  let product: TestProduct
  let app: TestApplication
  let gateway: Gateway
  let settled: () => Promise<void>
  const held = perProcess('gateway', () => ({ loading: null as Promise<Gateway> | null }))
  const server = createServer((request, response) => {
    const host = request.headers.host ?? ''
    gateway.handle(request, response, { requestId: newRequestId(), clientAddress: '127.0.0.1', host, hostHeader: host, scheme: 'http', receivedAt: Date.now() })
  })

  beforeAll(async () => {
    ctx = await makeTenant()
    ;({ gateway, settled } = await openTestGateway())
    product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules: [{ pattern: '/things/{id}$', method: 'show', last: true }, { verb: 'POST', pattern: '/things' }] })
    app = await makeApplication(ctx, product, { limits: [{ metricId: product.methodIds.show!, period: 'eternity', value: 2 }] })
    if (way === 'in this process') held.loading = Promise.resolve(gateway)
    else {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      env().roles.delete('gateway')
      env().GATEWAY_INTERNAL_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    }
    await settled()
  })
  afterAll(async () => {
    held.loading = null
    env().GATEWAY_INTERNAL_URL = undefined
    env().roles.add('gateway')
    server.close()
    server.closeAllConnections()
    await gateway?.close()
  })

  const call = (request: Partial<GatewayRequest> = {}) => callGateway(product, 'staging', { method: 'GET', target: '/things/7?x=1', headers: app.headers, ...request })

  it('makes a real call and tells which rule matched and what was counted', async () => {
    const answer = await call()
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body.toString())).toMatchObject({ method: 'GET', url: '/things/7?x=1' })
    expect(answer.trace).toMatchObject({ failedStep: null, refusal: null, rules: [{ pattern: '/things/{id}$', ignored: null }, { pattern: '/things', ignored: 'other_verb' }] })
    expect(answer.trace!.usage.map(({ systemName, value }) => [systemName, value])).toEqual([['show', 1], ['hits', 1]])
    expect(answer.headers.map(([name]) => name.toLowerCase())).not.toContain('x-gatehouse-trace')
    expect(upstream.seen[0]!.rawHeaders.map((name) => name.toLowerCase())).not.toContain('x-gatehouse-trace')
    expect(answer.durationMs).toBeGreaterThan(0)
  })

  it('names the step that failed', async () => {
    const failed = async (request: Partial<GatewayRequest>) => {
      const { status, trace } = await call(request)
      return [status, trace!.failedStep, trace!.refusal]
    }
    expect(await failed({ headers: [] })).toEqual([403, 'credentials', 'credentials_missing'])
    expect(await failed({ target: '/nowhere' })).toEqual([404, 'rule', 'no_match'])
    expect(await failed({ headers: [['user_key', 'wrong']] })).toEqual([403, 'key', 'key_unknown'])
    await call()
    expect(await failed({})).toEqual([429, 'limit', 'limits_exceeded'])
    upstream.answer = (_, response) => response.destroy()
    expect(await failed({ method: 'POST', target: '/things' })).toEqual([502, 'upstream', 'upstream_unreachable'])
    upstream.answer = (_, response) => response.writeHead(500).end('broken')
    expect(await failed({ method: 'POST', target: '/things' })).toEqual([500, null, null])
  })

  it('sends a body and cuts a long answer at 256 KB', async () => {
    expect(JSON.parse((await call({ method: 'POST', target: '/things', body: 'hello' })).body.toString())).toMatchObject({ body: 'hello' })
    upstream.answer = (_, response) => response.end(Buffer.alloc(1_000_000))
    const answer = await call({ method: 'POST', target: '/things' })
    expect([answer.body.length, answer.bodyCut]).toEqual([256 * 1024, true])
  })

  it.each([
    [{ method: 'TRACE' }, 'Choose one of'],
    [{ target: '/a b' }, 'Write a path'],
    [{ headers: [['bad name', 'x']] as [string, string][] }, 'no name of a header'],
    [{ headers: [['X-A', 'a\nb']] as [string, string][] }, 'cannot be sent'],
    [{ headers: [['Host', 'x']] as [string, string][] }, 'set by the gateway'],
  ])('refuses what cannot be sent: %j', async (request, message) => {
    await expect(call(request)).rejects.toMatchObject({ code: 'invalid', publicMessage: expect.stringContaining(message) })
  })

  it('nobody else gets a trace: a header that is not signed for this call is ignored', async () => {
    for (const forged of ['x', `${Date.now()}.x`, `${Date.now()}.${'A'.repeat(43)}`]) {
      const response = await gateway.respond(
        { method: 'POST', target: '/things', headers: new Headers([...app.headers, ['x-gatehouse-trace', forged]]), body: null },
        { requestId: newRequestId(), clientAddress: '', host: product.hosts.staging, hostHeader: product.hosts.staging, scheme: 'http', receivedAt: Date.now() },
      )
      expect([response.status, response.headers.get('x-gatehouse-trace')]).toEqual([200, null])
      await response.text()
    }
  })
})
