import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant } from '@/lib/db/test-database'
import { setPolicies } from '@/lib/products/set-policies'
import type { Ctx } from '@/lib/tenants/context'
import { send } from '@/lib/gateway/doors.contract'
import type { Answer, Door, DoorRequest } from '@/lib/gateway/doors.contract'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { testDoor, testUpstream } from '@/lib/gateway/test-door.fixture'

type Chain = { name: string; enabled?: boolean; configuration?: Record<string, unknown> }[]

/** Policies as callers and APIs meet them, the same behind every door. */
export function describePolicies(name: string, openDoor: () => Promise<Door>): void {
  describe(`policies, ${name}`, () => {
    const upstream = testUpstream()
    const door = testDoor(openDoor)
    let ctx: Ctx
    let product: TestProduct
    let app: TestApplication

    beforeAll(async () => {
      ctx = await makeTenant()
      product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules: [{ verb: 'ANY', pattern: '/v2/things' }, { verb: 'ANY', pattern: '/things' }] })
      app = await makeApplication(ctx, product)
    })

    const use = async (...policies: Chain) => {
      await setPolicies(ctx, { productId: product.id, policies })
      await door.settled()
    }
    const call = (request: Partial<DoorRequest> = {}): Promise<Answer> => send(door, { host: product.hosts.staging, path: '/things', headers: app.headers, ...request })
    const withHeaders = (...headers: [string, string][]) => call({ headers: [...app.headers, ...headers] })
    const seenHeader = (header: string) => upstream.seen[0]?.headers[header]
    const usedOf = async (systemName: string) => {
      const metric = await ctx.db.metric.findFirstOrThrow({ where: { productId: product.id, systemName } })
      return metric.id
    }

    it('cors answers a preflight without a key, and lets pages read refusals', async () => {
      await use({ name: 'cors', configuration: { allow_origin: 'https://[a-z]+\\.example\\.com', allow_methods: ['GET', 'POST'], allow_credentials: true, max_age: 60, expose_headers: ['RateLimit'] } })
      const asked: [string, string][] = [['origin', 'https://app.example.com'], ['access-control-request-method', 'POST'], ['access-control-request-headers', 'x-api-key']]
      const preflight = await call({ method: 'OPTIONS', headers: asked })
      expect(preflight.status).toBe(204)
      expect(preflight.headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example.com', 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'x-api-key', 'access-control-allow-credentials': 'true', 'access-control-max-age': '60' })
      expect(preflight.headers.vary).toContain('Origin')
      expect(upstream.seen).toHaveLength(0)

      const stranger = await call({ method: 'OPTIONS', headers: [['origin', 'https://app.example.com.evil.test'], ['access-control-request-method', 'POST']] })
      expect(stranger.headers['access-control-allow-origin']).toBeUndefined()
      const refused = await call({ headers: [['origin', 'https://app.example.com']] })
      expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, 'https://app.example.com'])
      upstream.answer = (_, response) => response.writeHead(200, { 'Access-Control-Allow-Origin': '*', Vary: 'Accept' }).end('{}')
      const answer = await withHeaders(['origin', 'https://app.example.com'])
      expect(answer.headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example.com', 'access-control-expose-headers': 'RateLimit', vary: 'Accept, Origin' })
    })

    it('cors for every page never grants cookies', async () => {
      await use({ name: 'cors', configuration: { allow_credentials: true } })
      const answer = await withHeaders(['origin', 'https://anything.test'])
      expect([answer.headers['access-control-allow-origin'], answer.headers['access-control-allow-credentials']]).toEqual(['*', undefined])
    })

    it('GW-4 GW-5 headers are added, set, pushed and deleted both ways; what is the gateway’s own stays', async () => {
      await use({
        name: 'headers',
        configuration: {
          request: [
            { op: 'set', header: 'X-Set', value: 'by {{ http_method | downcase }}', value_type: 'liquid' },
            { op: 'add', header: 'X-Absent', value: 'no' },
            { op: 'push', header: 'X-Pushed', value: 'yes' },
            { op: 'delete', header: 'X-Gone' },
            { op: 'set', header: 'X-Injected', value: "{{ headers['x-evil'] }}", value_type: 'liquid' },
          ],
          response: [{ op: 'set', header: 'X-Status', value: '{{ status }} {{ resp.headers["x-from-api"] }}', value_type: 'liquid' }, { op: 'delete', header: 'X-From-Api' }],
        },
      })
      upstream.answer = (_, response) => response.writeHead(201, { 'X-From-Api': 'secret' }).end('{}')
      const answer = await withHeaders(['x-gone', '1'], ['x-evil', 'a value with é'])
      expect(['x-set', 'x-absent', 'x-pushed', 'x-gone'].map(seenHeader)).toEqual(['by get', undefined, 'yes', undefined])
      expect(answer.headers).toMatchObject({ 'x-status': '201 secret' })
      expect(answer.headers['x-from-api']).toBeUndefined()
      expect(seenHeader('x-3scale-proxy-secret-token')).toBeTruthy()
      for (const header of ['Host', 'Connection', 'X-3scale-proxy-secret-token', 'X_3scale_Proxy_Secret_Token', 'Content-Length', 'X-Forwarded-For', 'Via', 'X-Request-Id'])
        await expect(setPolicies(ctx, { productId: product.id, policies: [{ name: 'headers', configuration: { request: [{ op: 'set', header, value: 'x' }] } }] }), header).rejects.toMatchObject({ code: 'invalid' })
      for (const header of ['Set-Cookie', 'Clear-Site-Data', 'Alt-Svc', 'Transfer-Encoding'])
        await expect(setPolicies(ctx, { productId: product.id, policies: [{ name: 'headers', configuration: { response: [{ op: 'set', header, value: 'x' }] } }] }), header).rejects.toMatchObject({ code: 'invalid' })
    })

    it('GW-3 url rewriting changes what the API sees; above the line, mapping rules see it too', async () => {
      const rewriting = { name: 'url_rewriting', configuration: { commands: [{ op: 'sub', regex: '^/v1/(.*)$', replace: '/v2/$1' }, { op: 'gsub', regex: '-', replace: '_', methods: ['POST'] }], query_args_commands: [{ op: 'set', arg: 'plan', value: '{{ http_method }} x', value_type: 'liquid' }, { op: 'delete', arg: 'gone' }, { op: 'add', arg: 'absent', value: '1' }] } }
      await use({ name: 'apicast' }, rewriting)
      expect((await call({ path: '/v1/things' })).status).toBe(404)
      expect((await call({ path: '/things/a-b-c?gone=1&kept=%2B' })).status).toBe(200)
      expect(upstream.seen.map((each) => each.url)).toEqual(['/things/a-b-c?kept=%2B&plan=GET%20x'])
      await use(rewriting, { name: 'apicast' })
      upstream.seen = []
      expect((await call({ path: '/v1/things/a-b' })).status).toBe(200)
      expect((await call({ path: '/v1/things/a-b', method: 'POST' })).status).toBe(200)
      expect(upstream.seen.map((each) => each.url)).toEqual(['/v2/things/a-b?plan=GET%20x', '/v2/things/a_b?plan=POST%20x'])
    })

    it('GW-3 a rewritten path is read like a sent one', async () => {
      await use({ name: 'url_rewriting', configuration: { commands: [{ op: 'gsub', regex: 'up', replace: '..' }, { op: 'gsub', regex: 'bad', replace: '%' }] } })
      expect((await call({ path: '/things/a/up/b' })).status).toBe(200)
      expect(upstream.seen[0]!.url).toBe('/things/b')
      expect((await call({ path: '/things/bad' })).status).toBe(400)
    })

    it('ip check lets in or keeps out, and believes no header', async () => {
      await use({ name: 'ip_check', configuration: { check_type: 'blacklist', ips: ['127.0.0.0/8', '::1'], error_msg: 'Not you.' } })
      const refused = await withHeaders(['x-forwarded-for', '192.0.2.7'], ['x-real-ip', '192.0.2.7'])
      expect([refused.status, refused.body]).toEqual([403, 'Not you.'])
      await use({ name: 'ip_check', configuration: { check_type: 'whitelist', ips: ['192.0.2.0/24'] } })
      expect((await withHeaders(['x-forwarded-for', '192.0.2.7'])).status).toBe(403)
      await use({ name: 'ip_check', configuration: { check_type: 'whitelist', ips: ['127.0.0.1', '192.0.2.0/24'] } })
      expect((await call()).status).toBe(200)
    })

    it('rate limit by what calls have in common, before anything is counted', async () => {
      const limiter = { fixed_window_limiters: [{ key: { name: "{{ headers['x-device'] }}", name_type: 'liquid', scope: 'service' }, count: 2, window: 3600 }], limits_exceeded_error: { status_code: 420, error_handling: 'exit' } }
      await use({ name: 'rate_limit', configuration: limiter })
      const device = `d${Math.random()}`
      const statuses: number[] = []
      for (let i = 0; i < 4; i++) statuses.push((await withHeaders(['x-device', device])).status)
      expect(statuses).toEqual([200, 200, 420, 420])
      const other = await withHeaders(['x-device', `${device}b`])
      expect(other.status).toBe(200)
      expect(upstream.seen).toHaveLength(3)
      expect(Number((await withHeaders(['x-device', device])).headers['retry-after'])).toBeGreaterThan(0)
    })

    it('rate limit: calls under way, given back when they end', async () => {
      await use({ name: 'apicast' }, { name: 'rate_limit', configuration: { connection_limiters: [{ key: { name: 'all', scope: 'service' }, conn: 1, burst: 0, delay: 1 }] } })
      let release = () => {}
      const held = new Promise<void>((resolve) => (release = resolve))
      upstream.answer = (_, response) => void held.then(() => response.end('{}'))
      const first = call()
      while (upstream.seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
      expect((await call()).status).toBe(429)
      release()
      expect((await first).status).toBe(200)
      upstream.answer = null
      expect((await call()).status).toBe(200)
    })

    it('maintenance mode answers in the tenant’s words, under a condition only where it holds', async () => {
      await use({ name: 'maintenance_mode', configuration: { status: 418, message: '<p>Soon.</p>', message_content_type: 'text/html' } })
      const answer = await call({ headers: [] })
      expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([418, '<p>Soon.</p>', 'text/html'])
      await use({ name: 'maintenance_mode', configuration: { condition: { combine_op: 'and', operations: [{ left: '{{ uri }}', left_type: 'liquid', op: 'matches', right: '^/things/old' }] } } })
      expect([(await call()).status, (await call({ path: '/things/old/1' })).status]).toEqual([200, 503])
      await use({ name: 'maintenance_mode', enabled: false, configuration: {} })
      expect((await call()).status).toBe(200)
    })

    it('KEY-5 anonymous access: no credentials count as the named application’s, wrong ones are refused; the key is stored sealed', async () => {
      const anonymous = await makeApplication(ctx, product, { limits: [{ period: 'year', value: 1 }] })
      await use({ name: 'default_credentials', configuration: { auth_type: 'user_key', user_key: anonymous.userKey } })
      expect([(await call({ headers: [] })).status, (await call({ headers: [] })).status]).toEqual([200, 429])
      expect((await call({ headers: [['user_key', 'wrong']] })).status).toBe(403)
      expect((await call()).status).toBe(200)
      const { policies } = await ctx.db.product.findUniqueOrThrow({ where: { id: product.id }, select: { policies: true } })
      expect(JSON.stringify(policies)).not.toContain(anonymous.userKey)
      // A chain that is saved again with its sealed key goes on working.
      await setPolicies(ctx, { productId: product.id, policies })
      await door.settled()
      expect((await call({ headers: [] })).status).toBe(429)
      const other = await makeProduct(ctx, upstream.url)
      await expect(setPolicies(ctx, { productId: other.id, policies })).rejects.toMatchObject({ fields: { 'policies.0.configuration.user_key': expect.anything() } })
    })

    it('claims of a token nobody has verified are no claims', async () => {
      await use({ name: 'jwt_claim_check', configuration: { error_message: 'Not with this token.', rules: [{ resource: '/things/secret', methods: ['GET'], combine_op: 'and', operations: [{ jwt_claim: 'role', op: '==', value: 'admin' }] }] } })
      const token = `x.${Buffer.from('{"role":"admin"}').toString('base64url')}.y`
      const refused = await call({ path: '/things/secret/1', headers: [...app.headers, ['authorization', `Bearer ${token}`]] })
      expect([refused.status, refused.body]).toEqual([403, 'Not with this token.'])
      expect([(await call()).status, (await call({ path: '/things/secret/1', method: 'DELETE' })).status]).toEqual([200, 200])
    })

    it('GW-7 upstream timeouts of a policy stand in place of the product’s', async () => {
      await use({ name: 'upstream_connection', configuration: { read_timeout: 0.2 } })
      upstream.answer = () => {}
      expect((await call()).status).toBe(504)
    })

    it('GW-7 retries what may be repeated and got no answer, with its small body; nothing else', async () => {
      await use({ name: 'retry', configuration: { retries: 2 } })
      const failing = (times: number) => {
        let left = times
        upstream.seen = []
        upstream.answer = (request, response) => {
          request.resume()
          if (left-- > 0) request.socket.destroy()
          else request.on('end', () => response.end('{"ok":true}'))
        }
      }
      failing(2)
      expect([(await call()).status, upstream.seen.length]).toEqual([200, 3])
      failing(3)
      expect([(await call()).status, upstream.seen.length]).toEqual([502, 3])
      failing(1)
      expect([(await call({ method: 'PUT', body: 'small' })).status, upstream.seen.length]).toEqual([200, 2])
      failing(1)
      expect([(await call({ method: 'POST', body: 'small' })).status, upstream.seen.length]).toEqual([502, 1])
      failing(1)
      expect([(await call({ method: 'PUT', body: 'x'.repeat(40_000) })).status, upstream.seen.length]).toEqual([502, 1])
    })

    it('payload limits refuse large requests and answers', async () => {
      await use({ name: 'payload_limits', configuration: { request: 1_000, response: 5_000 } })
      expect((await call({ method: 'POST', body: 'x'.repeat(1_001) })).status).toBe(413)
      expect(upstream.seen).toHaveLength(0)
      upstream.answer = (_, response) => response.end('y'.repeat(5_001))
      expect((await call()).status).toBe(413)
      upstream.answer = (_, response) => response.end('y'.repeat(5_000))
      expect((await call()).status).toBe(200)
      upstream.answer = (_, response) => {
        response.write('y'.repeat(3_000))
        setTimeout(() => response.end('y'.repeat(3_000)), 50)
      }
      await expect(call()).rejects.toThrow()
    })

    it('USE-1 custom metrics count what the answer says, once, and hold for the calls that follow', async () => {
      const rows = await ctx.db.metric.create({ data: { tenantId: ctx.tenant.id, productId: product.id, systemName: 'rows', name: 'Rows' } })
      expect(await usedOf('rows')).toBe(rows.id)
      const limited = await makeApplication(ctx, product, { limits: [{ metricId: rows.id, period: 'year', value: 10 }] })
      await ctx.db.mappingRule.create({ data: { tenantId: ctx.tenant.id, productId: product.id, metricId: rows.id, verb: 'GET', pattern: '/things/rows', delta: 1, position: 9 } })
      await use({ name: 'custom_metrics', configuration: { rules: [{ metric: 'rows', increment: "{{ resp.headers['x-rows'] }}", condition: { combine_op: 'and', operations: [{ left: '{{ status }}', left_type: 'liquid', op: '==', right: '200' }] } }] } })
      upstream.answer = (_, response) => response.writeHead(200, { 'X-Rows': '8' }).end('[]')
      const ask = () => call({ path: '/things/rows', headers: limited.headers })
      expect((await ask()).status).toBe(200)
      // 1 + 8 are used; the next call makes 10, its answer 18, and then the limit is passed.
      const second = await ask()
      expect([second.status, second.headers.ratelimit]).toEqual([200, expect.stringContaining('r=0')])
      expect((await ask()).status).toBe(429)
    })

    it('credentials are stripped wherever they stand where the product wants it; other bytes stay', async () => {
      await use()
      const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'query', userKeyName: 'api_key', stripCredentials: true, rules: [{ verb: 'ANY', pattern: '/' }] })
      const caller = await makeApplication(ctx, own)
      await door.settled()
      const key = caller.userKey
      const answer = await send(door, { host: own.hosts.staging, path: `/a?x=%2F&api%5Fkey=${key}&&y=1`, headers: [['api_key', key!], ['x-kept', '1']] })
      expect(answer.status).toBe(200)
      expect(upstream.seen[0]!.url).toBe('/a?x=%2F&&y=1')
      expect([seenHeader('api_key'), seenHeader('x-kept')]).toEqual([undefined, '1'])
      await own.set({ credentialsLocation: 'basic' })
      await door.settled()
      upstream.seen = []
      await send(door, { host: own.hosts.staging, path: '/a?api_key=theirs', headers: [['authorization', `Basic ${Buffer.from(`${key}:`).toString('base64')}`]] })
      expect([upstream.seen[0]!.url, seenHeader('authorization')]).toEqual(['/a?api_key=theirs', undefined])
    })
  })
}
