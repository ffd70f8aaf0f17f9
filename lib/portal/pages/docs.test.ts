import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addDeveloper } from '@/lib/accounts/add-developer'
import { createAccount } from '@/lib/accounts/create-account'
import { createSpec } from '@/lib/activedocs/create-spec'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { openTestGateway } from '@/lib/gateway/doors.contract'
import type { Gateway } from '@/lib/gateway/gateway'
import { makeApplication, makeProduct, type TestApplication, type TestProduct } from '@/lib/gateway/product.fixture'
import { testUpstream } from '@/lib/gateway/test-door.fixture'
import { perProcess } from '@/lib/per-process'
import { matchRoute } from '@/lib/portal/match-route'
import { docsRoutes } from '@/lib/portal/pages/docs'
import type { TriedCall } from '@/lib/portal/pages/docs-try'
import type { PortalAnswer, PortalRequest, Visit } from '@/lib/portal/portal-route'
import { promoteConfig } from '@/lib/products/promote-config'
import type { Ctx } from '@/lib/tenants/context'
import { getPortalSettings } from '@/lib/tenants/portal-settings'

testDatabase()

const ok = { 200: { description: 'ok' } }
const source = JSON.stringify({
  openapi: '3.0.3',
  info: { title: 'Things', version: '1' },
  servers: [{ url: 'http://169.254.169.254/v1' }],
  paths: {
    '/things/{id}': { get: { summary: '<img src=x onerror=alert(1)>', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' }, 'x-data-threescale-name': 'app_ids' }], responses: ok } },
    '/things': { post: { responses: ok } },
  },
})

describe('the documentation on the portal', () => {
  const upstream = testUpstream()
  let ctx: Ctx
  let product: TestProduct
  let app: TestApplication
  let stranger: TestApplication
  let gateway: Gateway
  let visitor: Visit
  let developer: Visit
  let elsewhere: Visit
  let developers = 0
  const held = perProcess('gateway', () => ({ loading: null as Promise<Gateway> | null }))

  beforeAll(async () => {
    ctx = await makeTenant()
    const opened = await openTestGateway()
    gateway = opened.gateway
    held.loading = Promise.resolve(gateway)
    product = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules: [{ pattern: '/v1/things/{id}$', method: 'show', last: true }, { verb: 'POST', pattern: '/v1/things' }] })
    app = await makeApplication(ctx, product, { limits: [{ metricId: product.methodIds.show!, period: 'eternity', value: 3 }] })
    stranger = await makeApplication(ctx, product)
    await promoteConfig(ctx, { productId: product.id })
    await createSpec(ctx, { productId: product.id, name: 'Things', source, published: true })
    await createSpec(ctx, { productId: product.id, name: 'Hidden', source })
    visitor = await visitOf(ctx)
    developer = await visitOf(ctx, app.accountId)
    const other = await makeTenant()
    elsewhere = await visitOf(other, (await createAccount(other, { orgName: 'Elsewhere' })).id)
    await opened.settled()
  })
  afterAll(async () => {
    held.loading = null
    await gateway?.close()
  })

  async function visitOf(of: Ctx, accountId?: bigint): Promise<Visit> {
    const base = { settings: await getPortalSettings(of), origin: 'http://acme.portal.localhost', csrfToken: 'csrf', flash: [], userAgent: '', preview: false }
    if (accountId === undefined) return { ...base, ctx: { ...of, actor: { kind: 'visitor', id: null, name: 'Visitor' }, permissions: new Set() }, developer: null }
    const { id } = await addDeveloper(of, { accountId, email: `d${++developers}@example.com` })
    return {
      ...base,
      ctx: { ...of, actor: { kind: 'developer', id, name: 'Dev', email: 'd@example.com', accountId, sessionId: 1n }, permissions: new Set() },
      developer: { id, accountId, name: 'Dev', email: 'd@example.com', role: 'admin', sessionId: 1n, stepUpAt: null },
    }
  }

  function go(visit: Visit, method: 'GET' | 'POST', path: string, json?: unknown): Promise<PortalAnswer> {
    const [bare, query] = path.split('?')
    const match = matchRoute(docsRoutes, method, bare!)
    if (!match) throw new Error(`no route for ${path}`)
    const request: PortalRequest = { method, path: bare!, params: match.params, query: new URLSearchParams(query), form: {}, json }
    return match.route.handle(visit, request)
  }
  const jsonOf = async (visit: Visit, path: string) => {
    const answer = await go(visit, 'GET', path)
    return (answer.kind === 'content' ? JSON.parse(String(answer.body)) : answer.kind === 'json' ? answer.body : answer) as Record<string, unknown>
  }
  async function attempt(call: object = {}, visit = developer, name = 'things') {
    const answer = await go(visit, 'POST', `/docs/${name}/try`, { server_index: 0, method: 'GET', path: '/things/7?x=1', headers: app.headers, body: null, ...call })
    if (answer.kind !== 'json') throw new Error('the proxy answers JSON')
    return { status: answer.status ?? 200, headers: answer.headers, body: answer.body as TriedCall & { error: { code: string; message: string } } }
  }

  it('DOC-3 a call goes through the gateway and counts as the application’s own, until its limit holds', async () => {
    const first = await attempt()
    expect(first).toMatchObject({ status: 200, body: { status: 200, encoding: 'text', cut: false } })
    expect(JSON.parse(first.body.body)).toMatchObject({ method: 'GET', url: '/v1/things/7?x=1' })
    await attempt()
    await attempt()
    expect((await attempt()).body.status).toBe(429)
    expect(upstream.seen).toHaveLength(3)
    expect((await attempt({ headers: [['user_key', 'wrong']] })).body.status).toBe(403)
  })

  it('DOC-1 a call names a server of the document by number and a path below it; no address reaches anything', async () => {
    for (const path of ['http://169.254.169.254/', '//169.254.169.254/', '@169.254.169.254/', '\\\\169.254.169.254', ' /x', '.evil.example/'])
      expect([path, (await attempt({ path, method: 'POST', headers: stranger.headers })).body.status ?? 'refused']).toEqual([path, path === '//169.254.169.254/' ? expect.any(Number) : 'refused'])
    expect(upstream.seen.every(({ rawHeaders }) => !rawHeaders.includes('169.254.169.254'))).toBe(true)
    expect(await attempt({ server_index: 9 })).toMatchObject({ status: 422, body: { error: { code: 'invalid' } } })
    expect(await attempt({ url: 'http://127.0.0.1/', server_index: undefined })).toMatchObject({ status: 422 })
  })

  it('DOC-1 hidden and foreign documents are 404 at every address, whoever asks', async () => {
    for (const visit of [visitor, developer])
      for (const path of ['/docs/hidden', '/docs/hidden/viewer.json', '/swagger/spec/hidden.json', '/swagger/spec/hidden', '/api_docs/services/hidden.json'])
        await expect(go(visit, 'GET', path), path).rejects.toMatchObject({ code: 'not_found' })
    await expect(go(elsewhere, 'GET', '/swagger/spec/things.json')).rejects.toMatchObject({ code: 'not_found' })
    expect((await attempt({}, developer, 'hidden')).status).toBe(404)
    expect((await attempt({}, visitor, 'hidden')).status).toBe(404)
    expect((await attempt({}, elsewhere)).status).toBe(404)
    expect(await jsonOf(developer, '/swagger/spec.json')).toMatchObject({ apis: [{ system_name: 'things', path: '/swagger/spec/things.json' }] })
    expect(await jsonOf(developer, '/swagger/spec.json?services=hidden')).toEqual({ apis: [] })
  })

  it('DOC-1 who is not signed in may read, not try', async () => {
    expect(await attempt({}, visitor)).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } })
    expect(upstream.seen).toHaveLength(0)
    expect(await jsonOf(visitor, '/docs/things/viewer.json')).toMatchObject({ signed_in: false, callable: true, applications: [] })
    expect(await jsonOf(visitor, '/api_docs/account_data.json')).toEqual({ status: 401 })
  })

  it('DOC-1 keys filled in are those of the own account alone', async () => {
    const viewer = await jsonOf(developer, '/docs/things/viewer.json')
    expect(viewer).toMatchObject({ servers: [expect.stringMatching(/\/v1$/)], applications: [{ name: 'App', values: { user_key: app.userKey } }], csrf_token: 'csrf' })
    expect(await jsonOf(developer, '/api_docs/account_data.json')).toMatchObject({ status: 200, results: { user_keys: [{ value: app.userKey }] } })
    const everything = JSON.stringify([viewer, await go(developer, 'GET', '/docs'), await go(developer, 'GET', '/docs/things'), await jsonOf(developer, '/swagger/spec/things.json')])
    expect(everything).toContain(app.userKey)
    expect(everything).not.toContain(stranger.userKey)
    expect(JSON.stringify([await go(visitor, 'GET', '/docs'), await go(visitor, 'GET', '/docs/things')])).not.toContain(app.userKey)
  })

  it('DOC-2 nothing of the visit to the portal is sent along, and nothing comes back that would act on it', async () => {
    upstream.answer = (_, response) => {
      response.writeHead(200, { 'set-cookie': 'sid=1; Path=/', 'service-worker-allowed': '/', 'clear-site-data': '*', 'content-type': 'text/html', 'content-disposition': 'attachment; filename=x.html', 'x-own': 'kept' })
      response.end('<script>alert(1)</script>')
    }
    const headers: [string, string][] = [...stranger.headers, ['Cookie', 'prt=hidden'], ['X-CSRF-Token', 'hidden'], ['Origin', 'http://acme.portal.localhost'], ['Referer', 'hidden'], ['X-Forwarded-For', '1.2.3.4'], ['Authorization', 'Bearer typed'], ['X-Typed', 'yes']]
    const { body } = await attempt({ method: 'POST', path: '/things', headers })
    const seen = upstream.seen[0]!.rawHeaders
    expect(seen.join('\n')).not.toMatch(/hidden|acme\.portal|1\.2\.3\.4/)
    expect(seen.join('\n')).toMatch(/Bearer typed/)
    expect(seen.map((each) => each.toLowerCase())).not.toContain('cookie')
    const names = body.headers.map(([name]) => name.toLowerCase())
    expect(names).toEqual(expect.arrayContaining(['content-type', 'x-own']))
    for (const name of ['set-cookie', 'service-worker-allowed', 'clear-site-data', 'content-disposition']) expect(names).not.toContain(name)
    expect(body).toMatchObject({ encoding: 'text', body: '<script>alert(1)</script>' })
  })

  it('a body arrives as it was sent, an answer that is no text comes as base64, one that is packed unpacked', async () => {
    const post = (body: string | Buffer) => attempt({ method: 'POST', path: '/things', headers: [...stranger.headers, ['content-type', 'application/json']], body: Buffer.from(body).toString('base64') })
    expect(JSON.parse((await post('{"a":1}')).body.body)).toMatchObject({ body: '{"a":1}' })
    upstream.answer = (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0x89, 0x50, 0xff]))
    expect((await post('')).body).toMatchObject({ encoding: 'base64', body: Buffer.from([0x89, 0x50, 0xff]).toString('base64') })
    upstream.answer = (_, response) => response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(gzipSync('unpacked'))
    expect((await post('')).body).toMatchObject({ encoding: 'text', body: 'unpacked' })
    upstream.answer = (_, response) => response.writeHead(204).end()
    expect((await post('')).body).toMatchObject({ status: 204, body: '' })
  })

  it('DOC-3 more than 2 MB are not sent, more than 5 MB not read, and 30 calls a minute are enough', async () => {
    const late = await visitOf(ctx, stranger.accountId)
    const post = (body: string | null = null) => attempt({ method: 'POST', path: '/things', headers: stranger.headers, body }, late)
    expect((await post(Buffer.alloc(2 * 1024 * 1024 + 1).toString('base64'))).status).toBeGreaterThanOrEqual(413)
    expect((await post(Buffer.alloc(2 * 1024 * 1024).toString('base64'))).body.status).toBe(200)
    upstream.answer = (_, response) => response.end(Buffer.alloc(5 * 1024 * 1024 + 1, 'a'))
    const { body } = await post()
    expect([body.body.length, body.cut]).toEqual([5 * 1024 * 1024, true])
    upstream.answer = null
    let last = await post()
    for (let calls = 0; calls < 40 && last.status === 200; calls++) last = await post()
    expect(last).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) }, body: { error: { code: 'too_many_requests' } } })
    // Somebody else's calls are another matter.
    expect(await attempt({ method: 'POST', path: '/things' })).toMatchObject({ status: 200 })
  })

  it('the pages: the way in with a curl, the operations in the HTML, files of the viewer to keep for ever', async () => {
    const start = await go(developer, 'GET', '/docs')
    expect(start).toMatchObject({ kind: 'page', page: 'docs', assigns: { apis: [{ credentials_location: 'headers', credential_names: ['user_key'], application_name: { $typed: 'App' }, refusals: [{ status: 403 }, { status: 403 }, { status: 404 }, { status: 429 }] }] } })
    expect(JSON.stringify(start)).toContain('/v1/things/1')
    const page = await go(visitor, 'GET', '/docs/things')
    expect(page).toMatchObject({ kind: 'page', page: 'docs_spec', assigns: { callable: true, operation_groups: [{ operations: [{ method: 'GET', path: '/things/{id}', anchor: 'get-things-id' }, { method: 'POST', path: '/things' }] }] } })
    const viewer = (await jsonOf(visitor, '/docs/things/viewer.json')) as { script_url: string; style_url: string }
    for (const url of [viewer.script_url, viewer.style_url]) {
      const file = await go(visitor, 'GET', url)
      expect(file).toMatchObject({ kind: 'content', headers: { 'cache-control': 'public, max-age=31536000, immutable' } })
    }
    await expect(go(visitor, 'GET', '/swagger-ui/x/package.json')).rejects.toMatchObject({ code: 'not_found' })
    await expect(go(visitor, 'GET', '/swagger-ui/x/constructor')).rejects.toMatchObject({ code: 'not_found' })
  })
})
