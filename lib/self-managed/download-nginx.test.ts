import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { strFromU8, unzipSync } from 'fflate'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLoginSite, type LoginSite } from '@/e2e/fakes/login-site'
import { createAccounting, type Accounting } from '@/lib/accounting/accounting'
import { revokeCredential } from '@/lib/applications/change-credentials'
import { setOauthClient } from '@/lib/applications/set-oauth-client'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { freePort } from '@/lib/free-port'
import { openTestGateway } from '@/lib/gateway/doors.contract'
import type { Gateway } from '@/lib/gateway/gateway'
import { makeApplication, makeProduct, type TestApplication, type TestProduct } from '@/lib/gateway/product.fixture'
import { testUpstream } from '@/lib/gateway/test-door.fixture'
import { newRequestId } from '@/lib/ids'
import { revealLoginSiteSecret } from '@/lib/products/oauth-settings'
import { promoteConfig } from '@/lib/products/promote-config'
import { setDeployment } from '@/lib/products/set-deployment'
import { downloadNginx } from '@/lib/self-managed/download-nginx'
import { openNginx, type Nginx } from '@/lib/self-managed/nginx.fixture'
import type { Ctx } from '@/lib/tenants/context'
import { setBoundPort } from '@/lib/zones/public-origin'
import { normalHost } from '@/lib/zones/zone-of-host'

type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

describe('a self-managed nginx on the files as they are downloaded', () => {
  testDatabase()
  const upstream = testUpstream()
  let ctx: Ctx
  let gateway: Gateway
  let accounting: Accounting
  let settled: () => Promise<void>
  let ours: Server
  /** Our side down: connections are refused to answer. */
  let down = false
  const running: Nginx[] = []

  beforeAll(async () => {
    ctx = await makeTenant()
    ;({ gateway, settled } = await openTestGateway())
    accounting = createAccounting(gateway, ownerPool())
    ours = createServer((request, response) => {
      if (down) return void request.socket.destroy()
      const hostHeader = request.headers.host ?? ''
      const host = normalHost(hostHeader) ?? ''
      const facts = { requestId: newRequestId(), clientAddress: request.socket.remoteAddress!, host, hostHeader, scheme: 'http', receivedAt: Date.now() }
      if (host.startsWith('accounting.')) accounting.handle(request, response, facts)
      else gateway.handle(request, response, facts)
    })
    await new Promise<void>((resolve) => ours.listen(0, '127.0.0.1', resolve))
    setBoundPort((ours.address() as AddressInfo).port)
  })
  afterAll(async () => {
    for (const nginx of running) await nginx.stop()
    ours?.closeAllConnections()
    await new Promise((resolve) => ours?.close(resolve))
    await accounting?.close()
    await gateway?.close()
  })

  /** Promoted, self-managed at a free port, downloaded, and served by an nginx of its own. */
  async function serve(product: TestProduct): Promise<{ url: string; nginx: Nginx; files: Record<string, Uint8Array> }> {
    const url = `http://127.0.0.1:${await freePort()}`
    await setDeployment(ctx, { productId: product.id, deployment: 'self_managed', productionUrl: url })
    await promoteConfig(ctx, { productId: product.id })
    await settled()
    const files = unzipSync((await downloadNginx(ctx, { productId: product.id })).bytes)
    const nginx = openNginx(files)
    running.push(nginx)
    expect(nginx.test()).toEqual({ ok: true, says: expect.stringContaining('successful') as string })
    await nginx.start()
    return { url, nginx, files }
  }

  function ask(url: string, { method = 'GET', headers = {}, body, localAddress }: { method?: string; headers?: Record<string, string>; body?: string; localAddress?: string } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asking = httpRequest(url, { method, headers, agent: false, localAddress }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body: text }))
      })
      asking.on('error', reject).end(body)
    })
  }

  const usageOf = async (id: bigint, environment = 'production') => {
    await gateway.parts.journal.flush()
    const { rows } = await ownerPool().query<{ name: string; value: number }>(
      `SELECT m."systemName" AS name, sum(u.value)::int AS value FROM usage_buckets u JOIN metrics m ON m.id = u."metricId" WHERE u."applicationId" = $1 AND u.environment = $2 GROUP BY 1`,
      [id, environment],
    )
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
  }

  describe('with keys', () => {
    let product: TestProduct
    let app: TestApplication
    let url: string
    let files: Record<string, Uint8Array>

    beforeAll(async () => {
      product = await makeProduct(ctx, `${upstream.url}/base`, {
        authenticationMode: 'app_id_app_key',
        credentialsLocation: 'headers',
        appIdName: 'X-App-Id',
        appKeyName: 'X-App-Key',
        rules: [{ pattern: '/things/{id}$', method: 'show', last: true }, { pattern: '/list?status={any}', method: 'list', delta: 2 }, { verb: 'POST', pattern: '/things', method: 'create' }],
      })
      app = await makeApplication(ctx, product, { limits: [{ metricId: product.hitsId, period: 'year', value: 8 }] })
      ;({ url, files } = await serve(product))
    })
    const freshApplication = async () => {
      const one = await makeApplication(ctx, product)
      await settled()
      return one
    }
    const keys = (application = app) => ({ 'X-App-Id': application.appId, 'X-App-Key': application.appKey })

    it('holds one configuration and a page that says what to do', () => {
      expect(Object.keys(files).toSorted()).toEqual(['README.txt', expect.stringMatching(/^gatehouse-[\w-]+\.conf$/)])
      expect(strFromU8(files['README.txt']!)).toContain('apt-get install nginx libnginx-mod-http-lua')
    })

    it('a good key reaches the API with the secret token, and is counted here', async () => {
      const answer = await ask(`${url}/things/7?q=a%20b`, { headers: { ...keys(), 'X-3scale-proxy-secret-token': 'forged', x_3scale_proxy_secret_token: 'forged' } })
      expect(answer.status).toBe(200)
      const [seen] = upstream.seen
      expect(seen).toMatchObject({ method: 'GET', url: '/base/things/7?q=a%20b' })
      const { secretTokenCipher: _, ...row } = await ctx.db.product.findUniqueOrThrow({ where: { id: product.id } })
      expect(row.deployment).toBe('self_managed')
      const secrets = seen!.rawHeaders.flatMap((name, index) => (/secret.token/i.test(name.replaceAll('_', '-')) && index % 2 === 0 ? [seen!.rawHeaders[index + 1]] : []))
      expect(secrets).toHaveLength(1)
      expect(secrets[0]).not.toBe('forged')
      expect(await usageOf(app.id)).toEqual({ hits: 1, show: 1 })
    })

    it('a bad key, no key, no rule and two answers to who is calling are refused as the product words it', async () => {
      expect(await ask(`${url}/things/7`, { headers: { ...keys(), 'X-App-Key': 'wrong' } })).toMatchObject({ status: 403, body: 'Authentication failed' })
      expect(await ask(`${url}/things/7`)).toMatchObject({ status: 403, body: 'Authentication parameters missing' })
      expect(await ask(`${url}/nothing`, { headers: keys() })).toMatchObject({ status: 404, body: 'No Mapping Rule matched' })
      expect(upstream.seen).toEqual([])
    })

    it('GW-3 a path that can be read in two ways is refused', async () => {
      for (const path of ['/things/%2e%2e/admin', '/things/../admin', '/./things/7', '/things/7#', '/things#/7']) {
        const answer = await new Promise<number>((resolve, reject) => {
          const { hostname, port } = new URL(url)
          httpRequest({ hostname, port, path, headers: keys(), agent: false }, (got) => (got.resume(), resolve(got.statusCode!))).on('error', reject).end()
        })
        expect(answer, path).toBe(400)
      }
      expect(upstream.seen).toEqual([])
    })

    it('GW-2 a header behind a hundred others is not overlooked', async () => {
      const many = Object.fromEntries(Array.from({ length: 110 }, (_, i) => [`a-${i}`, '1']))
      expect((await ask(`${url}/things/7`, { headers: { ...keys(), ...many, Forwarded: 'for=1.1.1.1' } })).status).toBe(400)
      expect(upstream.seen).toEqual([])
    })

    it('GW-4 what is for one hop only, or ours to say, does not reach the API', async () => {
      const one = await makeApplication(ctx, product)
      await settled()
      const forged = { Forwarded: 'for=1.1.1.1', X_Forwarded_For: '1.1.1.1', 'X-Real-IP': '1.1.1.1', Proxy: 'http://evil.example', 'Proxy-Authorization': 'Basic eDp5', TE: 'trailers', Connection: 'X-3scale-proxy-secret-token, close' }
      expect((await ask(`${url}/things/7`, { headers: { ...keys(one), ...forged } })).status).toBe(200)
      const { headers } = upstream.seen[0]!
      expect(headers['x-3scale-proxy-secret-token']).toEqual(expect.any(String))
      for (const name of ['forwarded', 'x_forwarded_for', 'proxy', 'proxy-authorization', 'te']) expect(headers[name], name).toBeUndefined()
      expect(headers['x-forwarded-for']).toBe('127.0.0.1')
    })

    it('query parameters and increments of rules count as in our own gateway', async () => {
      const one = await makeApplication(ctx, product)
      await settled()
      await ask(`${url}/list?status=open`, { headers: keys(one) })
      await ask(`${url}/list`, { headers: keys(one) })
      await ask(`${url}/things`, { method: 'POST', headers: { ...keys(one), 'content-type': 'application/json', 'content-length': '2' }, body: '{}' })
      expect(await usageOf(one.id)).toEqual({ hits: 3, list: 2, create: 1 })
    })

    it('USE-4 of many calls at once exactly as many pass as the limit says, the others get 429 with Retry-After', async () => {
      const answers = await Promise.all(Array.from({ length: 30 }, () => ask(`${url}/things/7`, { headers: keys() })))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(7)
      const refused = answers.find(({ status }) => status === 429)!
      expect(refused.body).toBe('Usage limit exceeded')
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    })

    it('GW-9 callers hear of their limits as from the hosted gateway, and of nothing the API says in their place', async () => {
      const one = await makeApplication(ctx, product, { limits: [{ metricId: product.hitsId, period: 'year', value: 2 }] })
      await settled()
      upstream.answer = (_, response) => void response.setHeader('RateLimit', 'theirs').setHeader('RateLimit-Policy', 'theirs').end('ok')
      const first = await ask(`${url}/things/7`, { headers: keys(one) })
      expect([first.status, first.headers['ratelimit-policy']]).toEqual([200, expect.stringMatching(/^"hits-year";q=2;w=\d+$/)])
      expect(first.headers.ratelimit).toMatch(/^"hits-year";r=1;t=\d+$/)
      await ask(`${url}/things/7`, { headers: keys(one) })
      const refused = await ask(`${url}/things/7`, { headers: keys(one) })
      expect([refused.status, Number(refused.headers['retry-after'])]).toEqual([429, expect.any(Number)])
      expect(refused.headers.ratelimit).toBe(`"hits-year";r=0;t=${refused.headers['retry-after']}`)
      const free = await ask(`${url}/things/7`, { headers: keys(await freshApplication()) })
      expect([free.status, free.headers.ratelimit]).toEqual([200, undefined])
    })

    it('notes for whom it asks: a key was last used by the caller, not by nginx', async () => {
      const one = await freshApplication()
      const key = () => ctx.db.credential.findFirstOrThrow({ where: { applicationId: one.id, kind: 'app_key' }, select: { lastAddress: true } })
      expect((await ask(`${url}/things/7`, { headers: { ...keys(one), 'X-Gatehouse-Client-Address': '203.0.113.9' }, localAddress: '127.0.0.7' })).status).toBe(200)
      await gateway.parts.journal.flush()
      expect(await key()).toEqual({ lastAddress: '127.0.0.7' })
      // Nobody else says whose address counts: without the service token there is no answer to say it with.
      const refused = await ask(`http://127.0.0.1:${(ours.address() as AddressInfo).port}/transactions/authrep.xml?service_token=guessed&service_id=${product.id}`, { headers: { host: 'accounting.gw.localhost', 'x-gatehouse-client-address': '203.0.113.9' } })
      expect(refused.status).toBe(403)
    })

    it('a revoked key is refused with the next call', async () => {
      const one = await makeApplication(ctx, product)
      await settled()
      expect((await ask(`${url}/things/7`, { headers: keys(one) })).status).toBe(200)
      const key = await ctx.db.credential.findFirstOrThrow({ where: { applicationId: one.id, kind: 'app_key' } })
      await revokeCredential(ctx, { credentialId: key.id })
      await settled()
      expect((await ask(`${url}/things/7`, { headers: keys(one) })).status).toBe(403)
    })

    it('while Gatehouse is out of reach calls are refused with 503, and go on once it is back', async () => {
      const one = await makeApplication(ctx, product)
      await settled()
      down = true
      ours.closeAllConnections()
      const refused = await ask(`${url}/things/7`, { headers: keys(one) })
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
      expect(upstream.seen).toEqual([])
      down = false
      await expect.poll(async () => (await ask(`${url}/things/7`, { headers: keys(one) })).status).toBe(200)
    })
  })

  it('GW-10 no value of a tenant’s can end a string, a block or the file', async () => {
    const naughty = ['"; } server { listen 1; } #', "']] end os.execute('x') --", '$request_uri ${x}', 'line\nbreak\r', '\\', '}}}}', 'a;b{c}d', 'ü€😀', '%{x} <%= 1 %>', 'x'.repeat(5000)]
    const product = await makeProduct(ctx, upstream.url, {
      credentialsLocation: 'query',
      name: naughty.slice(0, 9).join(' '),
      errorAnswers: Object.fromEntries(['authMissing', 'authFailed', 'noMatch', 'limitsExceeded'].map((name, index) => [name, { status: 418, contentType: 'text/plain', body: naughty.slice(index * 2).join('|') }])),
      rules: [{ pattern: "/a;b'c(d)*+.json/{x}/{rest+}$", method: 'odd' }, { pattern: '/q?it%27s=%22%3B%7D%5C{y}'.replace('{y}', ''), method: 'q' }],
    })
    await ctx.db.metric.updateMany({ where: { productId: product.id, systemName: 'odd' }, data: { systemName: 'o-d/d.1' } })
    const app = await makeApplication(ctx, product)
    const { url } = await serve(product)
    expect(await ask(`${url}/a;b'c(d)*+.json/1/2/3?user_key=${app.userKey}`)).toMatchObject({ status: 200 })
    expect((await ask(`${url}/a;b'c(d)*+.json/1/2/3`)).body).toBe(naughty.join('|'))
    expect((await usageOf(app.id))['o-d/d.1']).toBe(1)
  })

  it('backends are mounted, credentials can be taken off', async () => {
    const product = await makeProduct(ctx, upstream.url, { stripCredentials: true, rules: [{ pattern: '/', last: false }] })
    const backend = await ctx.db.backend.create({ data: { tenantId: ctx.tenant.id, name: 'Stock', systemName: 'stock', privateBaseUrl: `${upstream.url}/v2` } })
    await ctx.db.backendUsage.create({ data: { tenantId: ctx.tenant.id, productId: product.id, backendId: backend.id, path: '/stock' } })
    const app = await makeApplication(ctx, product)
    const { url } = await serve(product)
    expect((await ask(`${url}/stock/items?a=1&user_key=${app.userKey}&b=2`)).status).toBe(200)
    expect((await ask(`${url}/stocks?user_key=${app.userKey}`)).status).toBe(200)
    expect(upstream.seen.map(({ url: sent }) => sent)).toEqual(['/v2/items?a=1&b=2', '/stocks'])
  })

  it('GW-2 keys in several places, and what a form holds behind many others, are seen', async () => {
    const product = await makeProduct(ctx, upstream.url, { rules: [{ verb: 'POST', pattern: '/search?deep=yes', method: 'deep' }, { verb: 'POST', pattern: '/', method: 'any' }, { pattern: '/', method: 'read' }] })
    const [app, other] = [await makeApplication(ctx, product), await makeApplication(ctx, product)]
    const { url } = await serve(product)
    const post = (path: string, body: string) => ask(`${url}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) } })
    expect((await post(`/x?user_key=${app.userKey}`, `user_key=${other.userKey}`)).status).toBe(403)
    expect((await ask(`${url}/x?user_key=${app.userKey}`, { headers: { user_key: other.userKey } })).status).toBe(403)
    expect(upstream.seen).toEqual([])
    expect((await post(`/x?user_key=${app.userKey}`, `user_key=${app.userKey}`)).status).toBe(200)
    expect((await post(`/search?user_key=${app.userKey}`, `${'a=1&'.repeat(300)}deep=yes`)).status).toBe(200)
    expect(await usageOf(app.id)).toMatchObject({ deep: 1, any: 2 })
  })

  it('staging has a file of its own: what was not promoted yet, on staging’s counters', async () => {
    const product = await makeProduct(ctx, upstream.url, { rules: [{ pattern: '/old', method: 'old' }] })
    const app = await makeApplication(ctx, product, { limits: [{ metricId: product.hitsId, period: 'year', value: 1 }] })
    const [productionUrl, stagingUrl] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`]
    await expect(setDeployment(ctx, { productId: product.id, deployment: 'self_managed', productionUrl, stagingUrl: productionUrl })).rejects.toMatchObject({ fields: { stagingUrl: [expect.any(String)] } })
    await setDeployment(ctx, { productId: product.id, deployment: 'self_managed', productionUrl, stagingUrl })
    await promoteConfig(ctx, { productId: product.id })
    await ctx.db.mappingRule.updateMany({ where: { productId: product.id }, data: { pattern: '/new' } })
    await settled()
    const files = unzipSync((await downloadNginx(ctx, { productId: product.id })).bytes)
    expect(Object.keys(files).toSorted()).toEqual(['README.txt', expect.stringMatching(/^gatehouse-[\w-]+-staging\.conf$/), expect.stringMatching(/^gatehouse-[\w-]+\.conf$/)])
    expect(strFromU8(files['README.txt']!)).toContain(stagingUrl)
    const nginx = openNginx(files)
    running.push(nginx)
    await nginx.start()
    const at = async (url: string) => (await ask(`${url}?user_key=${app.userKey}`)).status
    expect([await at(`${productionUrl}/old`), await at(`${productionUrl}/new`), await at(`${stagingUrl}/old`), await at(`${stagingUrl}/new`)]).toEqual([200, 404, 404, 200])
    expect([await at(`${productionUrl}/old`), await at(`${stagingUrl}/new`)]).toEqual([429, 429])
    expect([await usageOf(app.id), await usageOf(app.id, 'staging')]).toEqual([{ hits: 1, old: 1 }, { hits: 1, old: 1 }])
  })

  it('headers of limits are left out where the product has them switched off', async () => {
    const product = await makeProduct(ctx, upstream.url, { rateLimitHeaders: false, rules: [{ pattern: '/' }] })
    const app = await makeApplication(ctx, product, { limits: [{ metricId: product.hitsId, period: 'year', value: 1 }] })
    const { url } = await serve(product)
    const answers = [await ask(`${url}/?user_key=${app.userKey}`), await ask(`${url}/?user_key=${app.userKey}`)]
    expect(answers.map(({ status, headers }) => [status, headers.ratelimit, headers['ratelimit-policy']])).toEqual([[200, undefined, undefined], [429, undefined, undefined]])
    expect(Number(answers[1]!.headers['retry-after'])).toBeGreaterThan(0)
  })

  it('what comes faster than a burst allows gets 429 and hears when to come again', async () => {
    const product = await makeProduct(ctx, upstream.url, { rules: [{ pattern: '/' }], bursts: { bucket: { perSecond: 0.001, size: 2 }, window: null, concurrency: null } })
    const app = await makeApplication(ctx, product)
    const { url } = await serve(product)
    const call = () => ask(`${url}/?user_key=${app.userKey}`)
    expect([(await call()).status, (await call()).status]).toEqual([200, 200])
    const refused = await call()
    expect([refused.status, refused.body, refused.headers['ratelimit-policy']]).toEqual([429, 'Usage limit exceeded', '"product-bucket";q=2;w=2000'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  })

  it('a referrer filter is not opened by a star', async () => {
    const product = await makeProduct(ctx, upstream.url, { referrerFiltersRequired: true, rules: [{ pattern: '/' }] })
    const app = await makeApplication(ctx, product)
    await ctx.db.application.update({ where: { id: app.id }, data: { referrerFilters: ['app.example.com'] } })
    const { url } = await serve(product)
    const from = (referer: string) => ask(`${url}/x?user_key=${app.userKey}`, { headers: { referer } }).then(({ status }) => status)
    expect([await from('https://app.example.com/page'), await from('https://*/'), await from('https://evil.example/')]).toEqual([200, 403, 403])
  })

  it('refuses what it cannot make, and says what to do', async () => {
    const product = await makeProduct(ctx, upstream.url)
    await expect(downloadNginx(ctx, { productId: product.id })).rejects.toMatchObject({ code: 'invalid', publicMessage: expect.stringContaining('Promote to production first') as string })
    await expect(setDeployment(ctx, { productId: product.id, deployment: 'self_managed' })).rejects.toMatchObject({ fields: { productionUrl: [expect.any(String)] } })
    for (const wrong of ['api.example.com', 'ftp://x', 'http://x/y', 'http://a b', 'http://u:p@x', 'http://x_y.example'])
      await expect(setDeployment(ctx, { productId: product.id, deployment: 'self_managed', productionUrl: wrong }), wrong).rejects.toMatchObject({ code: 'invalid' })
    // ISO-6: nobody says that he runs the gateway at a host of ours, which is somebody else's.
    for (const ours of [`acme.${env().GATEWAY_DOMAIN}`, env().GATEWAY_DOMAIN, `acme.${env().ADMIN_DOMAIN}`, `acme.${env().PORTAL_DOMAIN}`])
      await expect(setDeployment(ctx, { productId: product.id, deployment: 'self_managed', productionUrl: `http://${ours}:8080` }), ours).rejects.toMatchObject({ fields: { productionUrl: [expect.stringContaining('address of Gatehouse')] } })
    const other = await makeTenant()
    await expect(downloadNginx(other, { productId: product.id })).rejects.toMatchObject({ code: 'not_found' })
  })

  describe('with OAuth', () => {
    const CALLBACK = 'https://client.example.com/callback'
    let product: TestProduct
    let app: TestApplication
    let site: LoginSite
    let url: string

    beforeAll(async () => {
      site = await startLoginSite()
      product = await makeProduct(ctx, upstream.url, { authenticationMode: 'oauth', oauthLoginUrl: site.loginUrl, rules: [{ pattern: '/things$', method: 'list', last: true }, { verb: 'POST', pattern: '/things$', method: 'create', last: true }] })
      await product.set({ oauthScopes: [{ name: 'read', sentence: 'Read your things', methods: [Number(product.methodIds.list)] }, { name: 'write', sentence: 'Change your things', methods: [Number(product.methodIds.create)] }] })
      app = await makeApplication(ctx, product)
      await setOauthClient(ctx, { applicationId: app.id, redirectUris: [CALLBACK] })
      ;({ url } = await serve(product))
      site.use({ url, secret: (await revealLoginSiteSecret(ctx, { productId: product.id })).secret })
    })
    afterAll(() => site?.close())

    const discover = () => client.discovery(new URL(url), app.appId, undefined, client.ClientSecretBasic(app.appKey), { algorithm: 'oauth2', execute: [client.allowInsecureRequests] })

    /** A browser through login and consent, back to the client. */
    async function consent(start: URL, give: string[]): Promise<URL> {
      const cookies = new Map<string, string>()
      const open = async (to: URL, form?: [string, string][]) => {
        const body = form && new URLSearchParams(form).toString()
        const answer = await ask(to.href, { method: form ? 'POST' : 'GET', body, headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) }) } })
        for (const line of answer.headers['set-cookie'] ?? []) cookies.set(line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1, line.indexOf(';')))
        return { ...answer, to: answer.headers.location === undefined ? null : new URL(answer.headers.location, to) }
      }
      const login = (await open(start)).to!
      const handoff = login.searchParams.get('handoff')!
      await open(new URL('/login', login), [['handoff', handoff], ['user', 'ann'], ['password', 'ann-likes-apis']])
      await open(new URL(`/consent?handoff=${handoff}`, login))
      const decided = await open(new URL('/consent', login), [['handoff', handoff], ...give.map((scope): [string, string] => ['scope', scope]), ['answer', 'allow']])
      return (await open(decided.to!)).to!
    }

    it('a real client runs the whole flow at the self-managed address, and usage lands on the application', async () => {
      const config = await discover()
      expect(config.serverMetadata()).toMatchObject({ issuer: url, token_endpoint: `${url}/oauth/token` })
      const verifier = client.randomPKCECodeVerifier()
      const state = client.randomState()
      const start = client.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope: 'read write', state, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' })
      const back = await consent(start, ['read'])
      const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state })
      expect(tokens.scope).toBe('read')

      const call = (token: string, method = 'GET') => ask(`${url}/things`, { method, headers: { authorization: `Bearer ${token}` } })
      expect((await call(tokens.access_token)).status).toBe(200)
      expect(await usageOf(app.id)).toEqual({ hits: 1, list: 1 })
      expect((await call(tokens.access_token, 'POST')).status).toBe(403)
      const stranger = await call('nonsense')
      expect(stranger).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
      expect((await ask(`${url}/things`)).status).toBe(401)
      // Two tokens are none, and nobody says for whom a token speaks.
      expect((await ask(`${url}/things?access_token=other`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status).toBe(401)
      const { endUserHeader } = await ctx.db.product.findUniqueOrThrow({ where: { id: product.id }, select: { endUserHeader: true } })
      upstream.seen = []
      expect((await ask(`${url}/things`, { headers: { authorization: `Bearer ${tokens.access_token}`, [endUserHeader]: 'somebody-else', [endUserHeader.replaceAll('-', '_')]: 'somebody-else' } })).status).toBe(200)
      expect(JSON.stringify(upstream.seen[0]!.rawHeaders)).not.toContain('somebody-else')

      const fresh = await client.refreshTokenGrant(config, tokens.refresh_token!)
      expect((await call(fresh.access_token)).status).toBe(200)
      await client.tokenRevocation(config, fresh.refresh_token!)
      await settled()
      expect((await call(fresh.access_token)).status).toBe(401)
    })

    it('PW-2 whoever guesses secrets through nginx is slowed down, and nobody else behind it', async () => {
      const guess = (localAddress: string, headers: Record<string, string> = {}, to = url) => {
        const body = `grant_type=client_credentials&client_id=${app.appId}&client_secret=wrong`
        return ask(`${to}/oauth/token`, { method: 'POST', localAddress, body, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) } }).then(({ status }) => status)
      }
      for (let i = 0; i < 31; i++) await guess('127.0.0.66', { 'X-Gatehouse-Client-Address': `203.0.113.${i}` })
      expect([await guess('127.0.0.66'), await guess('127.0.0.67')]).toEqual([429, 401])
      // Straight at our host, without the service token, nobody chooses the address he is known by.
      const host = (await ctx.db.host.findFirstOrThrow({ where: { productId: product.id, environment: 'production' }, select: { name: true } })).name
      const ourselves = `http://127.0.0.1:${(ours.address() as AddressInfo).port}`
      for (let i = 0; i < 31; i++) await guess('127.0.0.1', { host, 'X-Gatehouse-Client-Address': `203.0.113.${i}` }, ourselves)
      expect(await guess('127.0.0.1', { host, 'X-Gatehouse-Client-Address': '203.0.113.99' }, ourselves)).toBe(429)
    })
  })
})
