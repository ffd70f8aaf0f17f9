import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import type { CryptoKey, JWK, JWTPayload } from 'jose'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock } from '@/lib/clock'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { sealIntrospectionSecret } from '@/lib/products/introspection-secret'
import type { Ctx } from '@/lib/tenants/context'
import { openTestGateway, send, serveOverHttp } from '@/lib/gateway/doors.contract'
import type { Door } from '@/lib/gateway/doors.contract'
import { decide } from '@/lib/gateway/decide'
import type { GatewayParts } from '@/lib/gateway/decide'
import { createStrangers } from '@/lib/gateway/strangers'
import { newRequestId } from '@/lib/ids'
import { makeApplication, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { testUpstream } from '@/lib/gateway/test-door.fixture'

testDatabase()

const AUDIENCE = 'urn:things'

type Key = { kid: string; alg: string; secret: CryptoKey; private: JWK; public: JWK }

async function makeKey(kid: string, alg = 'RS256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const marks = { kid, alg, use: 'sig' }
  return { kid, alg, secret: privateKey, private: { ...(await exportJWK(privateKey)), ...marks }, public: { ...(await exportJWK(publicKey)), ...marks } }
}

/** A real OpenID provider on a port of its own; its keys change by starting it anew there. */
class IdentityProvider {
  #server: Server | null = null
  port = 0
  keys: Key[] = []
  /** How often its key set was read. */
  keySetReads = 0

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async start(keys: Key[], clientId: string): Promise<void> {
    this.keys = keys
    let serve: ((request: IncomingMessage, response: ServerResponse) => void) | null = null
    const server = createServer((request, response) => {
      if (request.url === '/jwks') this.keySetReads++
      serve!(request, response)
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
    const provider = new Provider(this.issuer, {
      jwks: { keys: keys.map((key) => key.private) },
      clients: [{ client_id: clientId, client_secret: 'provider-secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        introspection: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => AUDIENCE,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({ scope: 'read write', audience: AUDIENCE, accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg: keys[0]!.alg as 'RS256', kid: keys[0]!.kid } } }),
        },
      },
      scopes: ['read', 'write'],
      extraTokenClaims: (_, token) => ({ azp: (token as { clientId?: string }).clientId }),
    })
    serve = provider.callback()
    this.#server = server
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (!server) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  async token(clientId: string, scope = 'read'): Promise<string> {
    const answer = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:provider-secret`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: AUDIENCE }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    return token
  }

  /** A token as the provider would have made it for a user, with changes. */
  sign(claims: JWTPayload, { key = this.keys[0]!, header = {} }: { key?: Key; header?: Record<string, unknown> } = {}): Promise<string> {
    return new SignJWT({ iss: this.issuer, sub: 'user-1', aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + 600, ...claims }).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.secret)
  }
}

describe('OpenID Connect', () => {
  const provider = new IdentityProvider()
  const second = new IdentityProvider()
  const clock = fixedClock(Date.now())
  const upstream = testUpstream()
  let ctx: Ctx
  let door: Door
  let product: TestProduct
  let app: TestApplication
  let keys: Key[]
  let parts: GatewayParts

  beforeAll(async () => {
    ctx = await makeTenant()
    const opened = await openTestGateway({ clock })
    parts = opened.gateway.parts
    door = await serveOverHttp(opened.gateway, opened.settled)
    product = await makeProduct(ctx, upstream.url, { authenticationMode: 'oidc', rules: [{ pattern: '/things$', method: 'list', last: true }, { verb: 'POST', pattern: '/things$', method: 'create', last: true }] })
    app = await makeApplication(ctx, product)
    keys = await Promise.all([makeKey('one'), makeKey('two'), makeKey('three', 'ES256')])
    await provider.start([keys[0]!], app.appId)
    await second.start([await makeKey('other')], app.appId)
    await useIssuers([{ issuer: provider.issuer, audience: AUDIENCE, claim: 'azp', algorithms: [] }])
  })
  beforeEach(() => clock.set(Date.now()))
  afterAll(async () => {
    await Promise.all([provider.stop(), second.stop()])
    await door?.close()
  })

  async function useIssuers(oidcIssuers: { issuer: string; audience: string; claim: string; algorithms: string[] }[]): Promise<void> {
    await product.set({ oidcIssuers })
    await door.settled()
  }
  const call = async (token: string, method = 'GET') => send(door, { host: product.hosts.staging, method, path: '/things', headers: [['authorization', `Bearer ${token}`]] })
  const signed = (claims: JWTPayload = {}, options: Parameters<IdentityProvider['sign']>[1] = {}) => provider.sign({ azp: app.appId, ...claims }, options)

  it('takes a token the provider made, for the application its azp names', async () => {
    expect((await call(await provider.token(app.appId))).status).toBe(200)
  })

  it('reads the key set once, not once a call', async () => {
    const before = provider.keySetReads
    for (let i = 0; i < 5; i++) expect((await call(await signed({ jti: String(i) }))).status).toBe(200)
    expect(provider.keySetReads).toBe(before)
  })

  it.each([
    ['another audience', { aud: 'urn:other' }],
    ['no audience', { aud: undefined }],
    ['an empty list of audiences', { aud: [] }],
    ['no subject', { sub: undefined }],
    ['expired', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['without an end', { exp: undefined }],
    ['not valid yet', { nbf: Math.floor(Date.now() / 1000) + 600 }],
    ['another issuer', { iss: 'https://issuer.example' }],
    ['an unknown application', { azp: 'nobody' }],
    ['no application', { azp: undefined }],
    ['a refresh token', { typ: 'Refresh' }],
  ] as [string, JWTPayload][])('GW-2 refuses a token: %s', async (_, claims) => {
    const answer = await call(await signed(claims))
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toContain('invalid_token')
  })

  it('several audiences are fine where ours is among them, and clocks may differ a little', async () => {
    expect((await call(await signed({ aud: ['urn:other', AUDIENCE] }))).status).toBe(200)
    expect((await call(await signed({ nbf: Math.floor(Date.now() / 1000) + 3, typ: 'Bearer' }))).status).toBe(200)
  })

  it('never takes none, a shared secret, a broken signature or another key under a known id', async () => {
    const claims = { iss: provider.issuer, sub: 'u', aud: AUDIENCE, azp: app.appId }
    expect((await call(new UnsecuredJWT(claims).setExpirationTime('5m').encode())).status).toBe(401)
    const published = Buffer.from(JSON.stringify(keys[0]!.public))
    expect((await call(await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).setExpirationTime('5m').sign(published))).status).toBe(401)
    const good = await signed()
    expect((await call(`${good.slice(0, -6)}AAAAAA`)).status).toBe(401)
    const impostor = await makeKey('one')
    expect((await call(await signed({}, { key: impostor }))).status).toBe(401)
    // A key set in the token's own header is nobody's.
    expect((await call(await signed({}, { key: impostor, header: { jwk: impostor.public, jku: 'http://evil.example/jwks' } }))).status).toBe(401)
  })

  it('PW-2 many forged tokens rest their address; one the provider has signed passes there all the same, though nobody has seen it before', async () => {
    let noted = 0
    const strangers = createStrangers(() => ({ take: async () => (++noted <= 3 ? { allowed: true } : { allowed: false, retryAfterSeconds: 60 }), close: async () => {} }), clock.now)
    const bring = async (token: string) => {
      const host = product.hosts.staging
      const decision = await decide({ ...parts, strangers }, { method: 'GET', target: '/things', host, hostHeader: host, scheme: 'http', clientAddress: '192.0.2.20', requestId: newRequestId(), headers: { authorization: `Bearer ${token}` }, rawHeaders: ['authorization', `Bearer ${token}`], body: null, traced: false, at: clock.now() })
      decision.forward?.lane.leave()
      return decision.refusal?.code ?? 'forwarded'
    }
    const impostor = await makeKey('one')
    const forged = (id: number) => signed({ jti: `forged ${id}` }, { key: impostor })
    for (let i = 0; i < 4; i++) expect(await bring(await forged(i))).toBe('key_unknown')
    expect(await bring(await forged(4))).toBe('too_many_unknown_keys')
    expect(await bring(await signed({ jti: 'unseen' }))).toBe('forwarded')
    expect(await bring(await signed({ jti: 'ended', exp: Math.floor(clock.now() / 1000) - 60 }))).toBe('key_unknown')
    expect(await bring(await forged(5))).toBe('too_many_unknown_keys')
  })

  it('finds a new key of the provider within seconds, and asks ever more rarely for ids nobody knows', async () => {
    await provider.stop()
    await provider.start([keys[1]!, keys[0]!], app.appId)
    const fresh = await signed({}, { key: keys[1]! })
    clock.advance(3_000)
    expect((await call(fresh)).status).toBe(200)
    const before = provider.keySetReads
    let asked = 0
    const stranger = async () => expect((await call(await signed({ jti: `x${asked}` }, { key: { ...keys[2]!, kid: `unknown${asked++}` } }))).status).toBe(401)
    for (let i = 0; i < 5; i++) await stranger()
    expect(provider.keySetReads).toBe(before)
    // Half a minute of strangers, one a second: asked 2, 6, 14 and 30 s after the last new key.
    for (let second = 0; second < 30; second++) {
      clock.advance(1_000)
      await stranger()
    }
    expect(provider.keySetReads - before).toBe(4)
    // A new key is found all the same, and once it was quiet for a minute, at once.
    await provider.stop()
    await provider.start([keys[1]!, keys[2]!], app.appId)
    clock.advance(61_000)
    await stranger()
    clock.advance(3_000)
    await provider.stop()
    await provider.start([keys[1]!, keys[0]!], app.appId)
    expect((await call(await signed({ jti: 'again' }, { key: keys[0]! }))).status).toBe(200)
  })

  it('GW-1 a token that is no good is told before the path: whoever has none learns nothing about the rules', async () => {
    const nowhere = (token: string) => send(door, { host: product.hosts.staging, method: 'DELETE', path: '/nowhere', headers: [['authorization', `Bearer ${token}`]] })
    expect((await nowhere('no-token')).status).toBe(401)
    expect((await nowhere(await signed({ jti: 'nowhere' }, { key: keys[1]! }))).status).toBe(404)
  })

  it('algorithms the tenant did not choose are refused', async () => {
    await provider.stop()
    await provider.start([keys[1]!, keys[2]!], app.appId)
    clock.advance(130_000)
    expect((await call(await signed({ jti: 'es' }, { key: keys[2]! }))).status).toBe(200)
    await useIssuers([{ issuer: provider.issuer, audience: AUDIENCE, claim: 'azp', algorithms: ['ES256'] }])
    expect((await call(await signed({ jti: 'rs2' }, { key: keys[1]! }))).status).toBe(401)
    expect((await call(await signed({ jti: 'es2' }, { key: keys[2]! }))).status).toBe(200)
    await useIssuers([{ issuer: provider.issuer, audience: AUDIENCE, claim: 'azp', algorithms: [] }])
  })

  it('reads the application from another claim, also deep inside', async () => {
    await useIssuers([{ issuer: provider.issuer, audience: '', claim: 'resource.client', algorithms: [] }])
    expect((await call(await provider.sign({ resource: { client: app.appId } }, { key: keys[1]! }))).status).toBe(200)
    expect((await call(await provider.sign({ 'resource.client': [app.appId, 'other'] }, { key: keys[1]! }))).status).toBe(200)
    expect((await call(await provider.sign({ resource: { other: app.appId } }, { key: keys[1]! }))).status).toBe(401)
  })

  it('takes several issuers, each with its own keys, and drops one at once', async () => {
    const both = [provider, second].map(({ issuer }) => ({ issuer, audience: AUDIENCE, claim: 'azp', algorithms: [] }))
    await useIssuers(both)
    const ofSecond = await second.token(app.appId)
    expect((await call(ofSecond)).status).toBe(200)
    // Signed by one in the name of the other.
    expect((await call(await signed({ iss: second.issuer }, { key: keys[1]! }))).status).toBe(401)
    await useIssuers(both.slice(0, 1))
    expect((await call(ofSecond)).status).toBe(401)
  })

  it('scopes of the product hold for foreign tokens too', async () => {
    await product.set({ oauthScopes: [{ name: 'read', sentence: 'Read', methods: [Number(product.methodIds.list)] }] })
    await door.settled()
    const token = await signed({ scope: 'read profile' }, { key: keys[1]! })
    expect((await call(token)).status).toBe(200)
    expect((await call(token, 'POST')).status).toBe(403)
    expect((await call(await signed({ scp: ['read'] }, { key: keys[1]! }))).status).toBe(200)
    expect((await call(await signed({}, { key: keys[1]! }))).status).toBe(403)
    await product.set({ oauthScopes: [] })
    await door.settled()
  })

  it('while the provider is away known keys hold for an hour, then tokens cannot be checked: 503', async () => {
    const known = await signed({ jti: 'known' }, { key: keys[1]! })
    expect((await call(known)).status).toBe(200)
    await provider.stop()
    clock.advance(3_500_000)
    expect((await call(await signed({ jti: 'unseen' }, { key: keys[1]! }))).status).toBe(200)
    clock.advance(400_000)
    expect((await call(await signed({ jti: 'later' }, { key: keys[1]! }))).status).toBe(503)
    // What was verified is believed until it ends.
    expect((await call(known)).status).toBe(200)
  })
})

describe('opaque tokens', () => {
  const clock = fixedClock(Date.now())
  const upstream = testUpstream()
  let ctx: Ctx
  let door: Door
  let product: TestProduct
  let app: TestApplication
  let server: Server
  let asked: { token: string | null; authorization: string | undefined }[] = []
  let answer: { status: number; body: unknown }

  beforeAll(async () => {
    ctx = await makeTenant()
    const { gateway, settled } = await openTestGateway({ clock })
    door = await serveOverHttp(gateway, settled)
    server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        asked.push({ token: new URLSearchParams(text).get('token'), authorization: request.headers.authorization })
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    product = await makeProduct(ctx, upstream.url, { authenticationMode: 'introspection' })
    app = await makeApplication(ctx, product)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect`
    await product.set({ introspection: { url, clientId: 'gate', secretCipher: sealIntrospectionSecret(ctx.tenant.id, product.id, 's:e cret'), claim: 'client_id' } })
    await door.settled()
  })
  beforeEach(() => {
    asked = []
    answer = { status: 200, body: { active: true, client_id: app.appId, sub: 'u1', exp: Math.floor(Date.now() / 1000) + 600 } }
  })
  afterAll(async () => {
    server?.closeAllConnections()
    server?.close()
    await door?.close()
  })

  const call = (token: string) => send(door, { host: product.hosts.staging, path: '/', headers: [['authorization', `Bearer ${token}`]] })

  it('an active token is asked about once, with our own name and secret', async () => {
    expect([(await call('t1')).status, (await call('t1')).status]).toEqual([200, 200])
    expect(asked).toEqual([{ token: 't1', authorization: `Basic ${Buffer.from('gate:s%3Ae%20cret').toString('base64')}` }])
  })

  it.each([
    ['inactive', { active: false }],
    ['active in words only', { active: 'true' }],
    ['of an unknown client', { active: true, client_id: 'nobody' }],
    ['of no client', { active: true, sub: 'u1' }],
    ['expired', { active: true, exp: 1 }],
  ])('GW-2 refuses a token that is %s', async (name, body) => {
    answer.body = 'exp' in body ? { ...body, client_id: app.appId } : body
    expect((await call(`no ${name}`.replaceAll(' ', '-'))).status).toBe(401)
  })

  it('GW-2 an issuer that is away or talks nonsense: 503, and nobody is let in', async () => {
    for (const [i, wrong] of [{ status: 500, body: { active: true, client_id: app.appId } }, { status: 401, body: {} }, { status: 200, body: 'yes' }].entries()) {
      answer = wrong
      expect((await call(`away${i}`)).status).toBe(503)
    }
    // One product's provider holds up nobody else's keys.
    answer = { status: 200, body: { active: true, client_id: app.appId } }
    expect((await call('back')).status).toBe(200)
  })
})
