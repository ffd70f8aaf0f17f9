import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant } from '@/lib/db/test-database'
import type { Ctx } from '@/lib/tenants/context'
import { recordChange } from '@/lib/events/record-change'
import type { HealthCheck } from '@/lib/products/gateway-config'
import { send } from '@/lib/gateway/doors.contract'
import type { Answer, Door } from '@/lib/gateway/doors.contract'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { testDoor, testUpstream } from '@/lib/gateway/test-door.fixture'
import { startUpstream } from '@/lib/gateway/upstream.fixture'

type Server = { url: string; weight: number }
type Mounted = { servers?: Server[]; url?: string; hostHeader?: string; healthCheck?: HealthCheck; rules?: string[] }

/** Several upstreams under one product, the same behind every door. */
export function describeBackends(name: string, openDoor: () => Promise<Door>): void {
  describe(`backends, ${name}`, () => {
    const upstreams = [testUpstream(), testUpstream(), testUpstream()]
    const door = testDoor(openDoor)
    let ctx: Ctx
    let count = 0

    beforeAll(async () => {
      ctx = await makeTenant()
    })

    /** A backend with a metric of its own on the product, and rules that count it. */
    async function mount(product: TestProduct, path: string, { servers = [], url = upstreams[0]!.url, hostHeader, healthCheck, rules = [] }: Mounted): Promise<bigint> {
      const tenantId = ctx.tenant.id
      const systemName = `b${++count}`
      return ctx.db.$transaction(async (tx) => {
        const backend = await tx.backend.create({ data: { tenantId, name: systemName, systemName, privateBaseUrl: url, servers, hostHeader, healthCheck } })
        const own = await tx.backendMetric.create({ data: { tenantId, backendId: backend.id, systemName: 'hits', name: 'Hits' } })
        const metric = await tx.metric.create({ data: { tenantId, productId: product.id, systemName: `hits.${backend.id}`, name: `Hits of ${systemName}`, backendMetricId: own.id } })
        for (const [position, pattern] of rules.entries()) await tx.backendMappingRule.create({ data: { tenantId, backendId: backend.id, backendMetricId: own.id, verb: 'GET', pattern, position: position + 1, last: true } })
        await tx.backendUsage.create({ data: { tenantId, productId: product.id, backendId: backend.id, path } })
        await recordChange(tx, { tenantId, topic: 'product', subjectId: product.id })
        return metric.id
      })
    }
    const get = (product: TestProduct, app: TestApplication, path: string): Promise<Answer> => send(door, { host: product.hosts.staging, path, headers: app.headers })
    const seen = () => upstreams.map((upstream) => upstream.seen.map((each) => each.url))

    it('the longest mount path that fits takes the call, by whole segments; its path comes off, the backend’s goes on', async () => {
      const product = await makeProduct(ctx, upstreams[2]!.url, { credentialsLocation: 'headers' })
      const app = await makeApplication(ctx, product)
      await mount(product, '/statuses', { url: `${upstreams[0]!.url}/v1`, hostHeader: 'statuses.internal' })
      await mount(product, '/statuses/media', { url: `${upstreams[1]!.url}/files/` })
      await door.settled()
      for (const path of ['/statuses/7?a=%2F', '/statuses', '/statuses/', '/statuses/media/x', '/statuses/mediax', '/statusesx', '/']) expect((await get(product, app, path)).status, path).toBe(200)
      expect(seen()).toEqual([['/v1/7?a=%2F', '/v1/', '/v1/', '/v1/mediax'], ['/files/x'], ['/statusesx', '/']])
      expect(upstreams[0]!.seen[0]!.headers.host).toBe('statuses.internal')
      expect(upstreams[1]!.seen[0]!.headers.host).toBe(`127.0.0.1:${upstreams[1]!.port}`)
    })

    it('rules of the product and of the backend that takes the call count, those of other backends neither count nor stop them', async () => {
      const product = await makeProduct(ctx, null, { credentialsLocation: 'headers' })
      const outer = await mount(product, '/a', { rules: ['/b'] })
      const inner = await mount(product, '/a/b', { url: upstreams[1]!.url, rules: ['/c'] })
      const app = await makeApplication(ctx, product, { limits: [{ metricId: outer, period: 'hour', value: 0 }, { metricId: inner, period: 'hour', value: 2 }, { period: 'hour', value: 3 }] })
      await door.settled()
      // `/a/b` of the outer backend fits this path too, and its limit of 0 would refuse the call if it counted.
      expect([(await get(product, app, '/a/b/c')).status, (await get(product, app, '/a/b/c')).status, (await get(product, app, '/a/b/c')).status]).toEqual([200, 200, 429])
      expect((await get(product, app, '/a/bx')).status).toBe(403)
      // Where nothing is mounted and the product has no address of its own, there is no upstream.
      const none = await get(product, app, '/elsewhere')
      expect([none.status, none.body]).toEqual([404, expect.stringContaining('no_upstream')])
    })

    it('servers take turns by weight', async () => {
      const product = await makeProduct(ctx, null, { credentialsLocation: 'headers' })
      const app = await makeApplication(ctx, product)
      await mount(product, '/', { servers: [{ url: upstreams[0]!.url, weight: 5 }, { url: upstreams[1]!.url, weight: 1 }, { url: `${upstreams[2]!.url}/three`, weight: 1 }] })
      await door.settled()
      for (let i = 0; i < 14; i++) expect((await get(product, app, `/${i}`)).status).toBe(200)
      expect(seen().map((urls) => urls.length)).toEqual([10, 2, 2])
      expect(upstreams[2]!.seen.every((each) => each.url.startsWith('/three/'))).toBe(true)
    })

    it('GW-7 a server that refuses connections gets no more calls for a while, and the call that found out goes to another', async () => {
      const dead = await startUpstream()
      await dead.close()
      const product = await makeProduct(ctx, null, { credentialsLocation: 'headers' })
      const app = await makeApplication(ctx, product)
      await mount(product, '/', { servers: [{ url: `${dead.url}/dead`, weight: 1 }, { url: `${upstreams[0]!.url}/live`, weight: 1 }] })
      await door.settled()
      for (let i = 0; i < 6; i++) expect((await get(product, app, `/${i}`)).status).toBe(200)
      expect(upstreams[0]!.seen.map((each) => each.url)).toEqual(Array.from({ length: 6 }, (_, i) => `/live/${i}`))
    })

    it('a server that fails its health check gets no calls until it answers again; where all fail, all are tried', async () => {
      const healthCheck = { path: '/health', intervalSeconds: 0.02, timeoutMs: 500, unhealthyAfter: 2, healthyAfter: 1 }
      const product = await makeProduct(ctx, null, { credentialsLocation: 'headers' })
      const app = await makeApplication(ctx, product)
      let ill = new Set([0])
      for (const [index, upstream] of upstreams.entries()) upstream.answer = (request, response) => response.writeHead(request.url === '/health' && ill.has(index) ? 500 : 200).end()
      await mount(product, '/', { servers: [{ url: upstreams[0]!.url, weight: 1 }, { url: upstreams[1]!.url, weight: 1 }], healthCheck })
      await door.settled()
      const calls = (index: number) => upstreams[index]!.seen.filter((each) => each.url === '/call').length
      const callsInRound = async () => {
        const before = [calls(0), calls(1)]
        for (let i = 0; i < 4; i++) expect((await get(product, app, '/call')).status).toBe(200)
        return [calls(0) - before[0]!, calls(1) - before[1]!]
      }
      await expect.poll(callsInRound, { timeout: 10_000 }).toEqual([0, 4])
      expect(upstreams[0]!.seen.find((each) => each.url === '/health')!.headers['x-3scale-proxy-secret-token']).toBeTruthy()
      ill = new Set()
      await expect.poll(callsInRound, { timeout: 10_000 }).toEqual([2, 2])
      ill = new Set([0, 1])
      // Whatever each round meets on the way, in the end both are thought ill and both are tried all the same.
      const checks = upstreams[1]!.seen.length
      await expect.poll(() => upstreams[1]!.seen.length - checks, { timeout: 10_000 }).toBeGreaterThan(5)
      await expect.poll(callsInRound, { timeout: 10_000 }).toEqual([2, 2])
    })
  })
}
