import { request as httpRequest } from 'node:http'
import * as client from 'openid-client'
import { setOauthClient } from '@/lib/applications/set-oauth-client'
import { revealLoginSiteSecret } from '@/lib/products/oauth-settings'
import type { Ctx } from '@/lib/tenants/context'
import { publicOrigin } from '@/lib/zones/public-origin'
import { send } from '@/lib/gateway/doors.contract'
import type { Answer, OpenDoor } from '@/lib/gateway/doors.contract'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct, TestRule } from '@/lib/gateway/product.fixture'
import { startLoginSite } from '@/e2e/fakes/login-site'
import type { LoginSite } from '@/e2e/fakes/login-site'

/** For tests: a product in OAuth mode with two scopes, an application, and the login site that knows their secret. */
export type OauthWorld = {
  product: TestProduct
  app: TestApplication
  issuer: string
  host: string
  secret: string
  site: LoginSite
  browser(): Browser
  /** A client of the real library. */
  discover(clientId?: string, auth?: client.ClientAuth): Promise<client.Configuration>
  /** A form to one of the endpoints. */
  post(path: string, form: Record<string, string> | string, headers?: [string, string][]): Promise<Answer>
  /** From the login page to a code, by hand. */
  grant(wanted?: GrantRequest): Promise<{ code: string; verifier: string; state: string; back: URL }>
  tokens(wanted?: GrantRequest): Promise<TokenReply & { verifier: string; code: string }>
  call(token: string, path?: string, method?: string): Promise<Answer>
}

export type TokenReply = { access_token: string; refresh_token: string; token_type: string; expires_in: number; scope?: string }

export type GrantRequest = { app?: TestApplication; scope?: string; give?: string[]; user?: 'ann' | 'ben'; redirectUri?: string; params?: Record<string, string>; pkce?: boolean }

/** A person's browser: cookies by host, redirects followed one by one. */
export type Browser = {
  open(url: string | URL, form?: Record<string, string | string[]>, headers?: [string, string][]): Promise<Page>
  /** Signs in at the login site and answers its question. Gives where the gateway sends the browser in the end. */
  consent(authorizeUrl: URL, answer?: { user?: 'ann' | 'ben'; give?: string[]; deny?: boolean }): Promise<URL>
  cookies: Map<string, Map<string, string>>
}

export type Page = { status: number; body: string; url: URL; location: URL | null; headers: Answer['headers'] }

export const CALLBACK = 'https://client.example.com/callback'

const rules: TestRule[] = [
  { pattern: '/things$', method: 'list', last: true },
  { verb: 'POST', pattern: '/things$', method: 'create', last: true },
  { pattern: '/plain$', last: true },
]

export async function makeOauthWorld(ctx: Ctx, door: OpenDoor, upstreamUrl: string, columns: Parameters<typeof makeProduct>[2] = {}): Promise<OauthWorld> {
  const site = await startLoginSite({ connectTo: undefined })
  const product = await makeProduct(ctx, upstreamUrl, { authenticationMode: 'oauth', oauthLoginUrl: site.loginUrl, rules, ...columns })
  const ids = product.methodIds
  await product.set({
    oauthScopes: [
      { name: 'read', sentence: 'Read your things', methods: [Number(ids.list)] },
      { name: 'write', sentence: 'Change your things', methods: [Number(ids.create)] },
    ],
  })
  const app = await makeApplication(ctx, product)
  await setOauthClient(ctx, { applicationId: app.id, redirectUris: [CALLBACK, 'http://127.0.0.1/loop'] })
  const { secret } = await revealLoginSiteSecret(ctx, { productId: product.id })
  const host = product.hosts.staging
  const issuer = publicOrigin(host)
  await door.settled()

  // The site calls the gateway over HTTP; in process it goes through the door all the same.
  const relay = await startRelay(door, host)
  await site.close()
  const own = await startLoginSite({ port: site.port, gateway: { url: issuer, secret }, connectTo: { hostname: '127.0.0.1', port: relay.port } })

  const browser = (): Browser => {
    const jar = new Map<string, Map<string, string>>()
    const open: Browser['open'] = async (address, form, extra = []) => {
      const url = new URL(address)
      const cookies = jar.get(url.hostname) ?? new Map<string, string>()
      jar.set(url.hostname, cookies)
      const headers: [string, string][] = [...extra]
      if (cookies.size > 0) headers.push(['cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')])
      const body = form && new URLSearchParams(Object.entries(form).flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each]))).toString()
      if (body !== undefined) headers.push(['content-type', 'application/x-www-form-urlencoded'])
      const answer = url.hostname.endsWith('.gw.localhost')
        ? await send(door, { host: url.host, method: body === undefined ? 'GET' : 'POST', path: url.pathname + url.search, headers, body })
        : await overHttp(url, body === undefined ? 'GET' : 'POST', headers, body)
      for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
        if (/Max-Age=0/.test(line)) cookies.delete(name!)
        else cookies.set(name!, value!)
      }
      const location = answer.headers.location
      return { status: answer.status, body: answer.body, url, headers: answer.headers, location: location === undefined ? null : new URL(location, url) }
    }
    return {
      open,
      cookies: jar,
      async consent(authorizeUrl, { user = 'ann', give, deny = false } = {}) {
        let page = await open(authorizeUrl)
        if (!page.location || page.location.hostname !== '127.0.0.1' || page.location.pathname !== '/login') return page.location ?? page.url
        page = await open(page.location)
        if (page.location === null) page = await open(`http://127.0.0.1:${own.port}/login`, { handoff: page.url.searchParams.get('handoff')!, user, password: `${user}-likes-apis` })
        if (!page.location) throw new Error(`not signed in: ${page.status} ${page.body}`)
        const consent = await open(page.location)
        const offered = [...consent.body.matchAll(/name="scope" value="([^"]+)"/g)].map((match) => match[1]!)
        page = await open(`http://127.0.0.1:${own.port}/consent`, { handoff: consent.url.searchParams.get('handoff')!, scope: give ?? offered, answer: deny ? 'deny' : 'allow' })
        if (!page.location) throw new Error(`no way back: ${page.status} ${page.body}`)
        const back = await open(page.location)
        return back.location ?? back.url
      },
    }
  }

  const post: OauthWorld['post'] = (path, form, headers = []) =>
    send(door, { host, method: 'POST', path, body: typeof form === 'string' ? form : new URLSearchParams(form).toString(), headers: [['content-type', 'application/x-www-form-urlencoded'], ...headers] })

  const grant: OauthWorld['grant'] = async ({ app: who = app, scope, give, user, redirectUri = CALLBACK, params = {}, pkce = true } = {}) => {
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const url = new URL(`${issuer}/authorize`)
    const asked = { response_type: 'code', client_id: who.appId, redirect_uri: redirectUri, state, ...(scope ? { scope } : {}), ...(pkce ? { code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' } : {}), ...params }
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
    const back = await browser().consent(url, { user, give })
    return { code: back.searchParams.get('code') ?? '', verifier, state, back }
  }

  return {
    product,
    app,
    issuer,
    host,
    secret,
    site: { ...own, close: async () => void (await Promise.all([own.close(), relay.close()])) },
    browser,
    post,
    grant,
    discover: (clientId = app.appId, auth = client.ClientSecretBasic(app.appKey)) =>
      client.discovery(new URL(issuer), clientId, undefined, auth, { algorithm: 'oauth2', execute: [client.allowInsecureRequests], [client.customFetch]: doorFetch(door) }),
    async tokens(wanted = {}) {
      const { code, verifier } = await grant(wanted)
      const who = wanted.app ?? app
      const answer = await post('/oauth/token', { grant_type: 'authorization_code', code, redirect_uri: wanted.redirectUri ?? CALLBACK, code_verifier: verifier, client_id: who.appId, client_secret: who.appKey })
      if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${answer.body}`)
      return { ...(JSON.parse(answer.body) as TokenReply), verifier, code }
    },
    call: (token, path = '/things', method = 'GET') => send(door, { host, method, path, headers: [['authorization', `Bearer ${token}`]] }),
  }
}

/** `fetch` for the real library: names under localhost lead to the door. */
function doorFetch(door: OpenDoor): client.CustomFetch {
  return async (address, { method, headers, body }) => {
    const url = new URL(address)
    const sent = body === undefined || body === null ? undefined : body instanceof URLSearchParams ? body.toString() : (body as string)
    const answer = await send(door, { host: url.host, method, path: url.pathname + url.search, headers: Object.entries(headers), body: sent })
    const plain = new Headers()
    for (const [name, value] of Object.entries(answer.headers)) for (const each of [value ?? []].flat()) plain.append(name, String(each))
    return new Response(answer.body === '' ? null : answer.body, { status: answer.status, headers: plain })
  }
}

async function startRelay(door: OpenDoor, host: string): Promise<{ port: number; close(): Promise<void> }> {
  const { createServer } = await import('node:http')
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
      const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] => (/^(host|connection|content-length|transfer-encoding)$/.test(name) ? [] : [[name, String(value)]]))
      const answer = await send(door, { host, method: request.method, path: request.url, headers, body: chunks.length > 0 ? Buffer.concat(chunks) : undefined })
      response.writeHead(answer.status, { 'content-type': answer.headers['content-type'] ?? 'text/plain' }).end(answer.body)
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, close: () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())) }
}

function overHttp(url: URL, method: string, headers: [string, string][], body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers: ['host', url.host, ...headers.flat(), ...(body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))])], agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks).toString('utf8') }))
    })
    request.on('error', reject).end(body)
  })
}
