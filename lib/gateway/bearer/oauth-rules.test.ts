import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suspendAccount } from '@/lib/accounts/change-account-state'
import { endDueKeys, setKeyEnd } from '@/lib/applications/end-keys'
import { setOauthClient } from '@/lib/applications/set-oauth-client'
import { findRedirectUriProblem, isRegisteredRedirectUri } from '@/lib/applications/redirect-uris'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { guardFailures } from '@/lib/oauth/guard-failures'
import { promoteConfig } from '@/lib/products/promote-config'
import type { Ctx } from '@/lib/tenants/context'
import { windows } from '@/lib/throttle/buckets'
import { throttle } from '@/lib/throttle/throttle'
import { openNodeDoor, send } from '@/lib/gateway/doors.contract'
import { makeApplication } from '@/lib/gateway/product.fixture'
import { testDoor, testUpstream } from '@/lib/gateway/test-door.fixture'
import { CALLBACK, makeOauthWorld } from '@/lib/gateway/bearer/oauth.fixture'
import type { OauthWorld, TokenReply } from '@/lib/gateway/bearer/oauth.fixture'

testDatabase()

const upstream = testUpstream()
const door = testDoor(openNodeDoor)
let ctx: Ctx
let world: OauthWorld

beforeAll(async () => {
  ctx = await makeTenant()
  world = await makeOauthWorld(ctx, door, upstream.url)
})
afterAll(() => world?.site.close())

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const past = () => new Date(Date.now() - 1_000)
const secrets = () => ({ client_id: world.app.appId, client_secret: world.app.appKey })
const json = (answer: { body: string }) => JSON.parse(answer.body) as { error?: string; error_description?: string; active?: boolean }

function authorizeUrl(params: Record<string, string | null> = {}, host = world.issuer): URL {
  const url = new URL(`${host}/authorize`)
  const all: Record<string, string | null> = { response_type: 'code', client_id: world.app.appId, redirect_uri: CALLBACK, state: 's1', code_challenge: CHALLENGE, code_challenge_method: 'S256', ...params }
  for (const [name, value] of Object.entries(all)) if (value !== null) url.searchParams.set(name, value)
  return url
}

const exchange = (form: Record<string, string>, headers: [string, string][] = []) => world.post('/oauth/token', { grant_type: 'authorization_code', redirect_uri: CALLBACK, ...form }, headers)

describe('OA-1', () => {
  it.each([
    ['no challenge', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge without its method, which means plain', { code_challenge_method: null }, 'invalid_request'],
    ['no S256 challenge', { code_challenge: 'short' }, 'invalid_request'],
    ['implicit', { response_type: 'token' }, 'unsupported_response_type'],
    ['hybrid', { response_type: 'code token' }, 'unsupported_response_type'],
    ['no response type', { response_type: null }, 'invalid_request'],
    ['an unknown scope', { scope: 'read admin' }, 'invalid_scope'],
  ] as [string, Record<string, string | null>, string][])('OA-1 refuses %s at the client, with state and iss', async (_, params, error) => {
    const { status, location } = await world.browser().open(authorizeUrl(params))
    expect(status).toBe(303)
    expect(location!.origin + location!.pathname).toBe(CALLBACK)
    expect(Object.fromEntries(location!.searchParams)).toMatchObject({ error, state: 's1', iss: world.issuer })
  })

  it.each(['password', 'implicit', 'urn:ietf:params:oauth:grant-type:device_code'])('OA-1 grant type %s is not supported', async (grantType) => {
    expect(json(await world.post('/oauth/token', { grant_type: grantType, username: 'ann', password: 'x', ...secrets() })).error).toBe('unsupported_grant_type')
  })
})

describe('OA-2', () => {
  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: null }],
    ['no redirect URI', { redirect_uri: null }],
    ['another path', { redirect_uri: `${CALLBACK}/more` }],
    ['another query', { redirect_uri: `${CALLBACK}?x=1` }],
    ['another case', { redirect_uri: CALLBACK.toUpperCase() }],
    ['a longer host', { redirect_uri: 'https://client.example.com.evil.example/callback' }],
    ['another port', { redirect_uri: 'https://client.example.com:8443/callback' }],
    ['a loopback with another path', { redirect_uri: 'http://127.0.0.1:5000/other' }],
    ['another spelling of loopback', { redirect_uri: 'http://localhost:5000/loop' }],
  ] as [string, Record<string, string | null>][])('OA-2 %s ends on a page, never in a redirect', async (_, params) => {
    const { status, location, body, headers } = await world.browser().open(authorizeUrl(params))
    expect([status, location]).toEqual([400, null])
    expect(body).not.toContain('evil.example')
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  })

  it('OA-2 only the port of a loopback address may vary', async () => {
    expect((await world.browser().open(authorizeUrl({ redirect_uri: 'http://127.0.0.1:49999/loop' }))).location!.pathname).toBe('/login')
    expect(isRegisteredRedirectUri(['http://127.0.0.1/loop'], 'http://127.0.0.1:1/loop')).toBe(true)
    expect(isRegisteredRedirectUri(['http://127.0.0.1/loop'], 'http://127.0.0.1:1@evil.example/loop')).toBe(false)
    expect(isRegisteredRedirectUri(['http://127.0.0.1/loop'], 'https://127.0.0.1:1/loop')).toBe(false)
  })

  it('OA-2 repeated parameters are invalid_request', async () => {
    const url = new URL(authorizeUrl())
    url.searchParams.append('state', 's2')
    expect((await world.browser().open(url)).location!.searchParams.get('error')).toBe('invalid_request')
    const twice = new URL(authorizeUrl())
    twice.searchParams.append('client_id', world.app.appId)
    expect((await world.browser().open(twice)).status).toBe(400)
    expect(json(await world.post('/oauth/token', `grant_type=authorization_code&grant_type=authorization_code&client_id=${world.app.appId}&client_secret=${world.app.appKey}`)).error).toBe('invalid_request')
  })

  it.each([
    ['https://app.example.com/cb', true],
    ['https://app.example.com/cb?x=1', true],
    ['http://localhost:3000/cb', true],
    ['http://[::1]/cb', true],
    ['com.example.app:/cb', true],
    ['http://app.example.com/cb', false],
    ['https://app.example.com/cb#x', false],
    ['https://*.example.com/cb', false],
    ['https://user@app.example.com/cb', false],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['vbscript:x', false],
    ['/callback', false],
    ['https://app.example.com\\@evil.example/', false],
  ])('OA-2 registering %s: %s', (uri, allowed) => {
    expect(findRedirectUriProblem(uri) === null).toBe(allowed)
  })
})

describe('OA-3', () => {
  it('OA-3 a code works once; a second use ends every token that came of it', async () => {
    const { code, verifier, access_token: token, refresh_token: refresh } = await world.tokens()
    expect((await world.call(token)).status).toBe(200)
    const again = await exchange({ code, code_verifier: verifier, ...secrets() })
    expect([again.status, json(again)]).toEqual([400, { error: 'invalid_grant' }])
    await door.settled()
    expect((await world.call(token)).status).toBe(401)
    expect(json(await world.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refresh, ...secrets() })).error).toBe('invalid_grant')
  })

  it('OA-3 of twenty at the same moment one wins at the most', async () => {
    const { code, verifier } = await world.grant()
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange({ code, code_verifier: verifier, ...secrets() })))
    expect(answers.filter((answer) => answer.status === 200).length).toBeLessThanOrEqual(1)
    expect(answers.filter((answer) => answer.status !== 200).every((answer) => json(answer).error === 'invalid_grant')).toBe(true)
  })

  it('OA-3 a code is bound to time, client, redirect URI and challenge', async () => {
    const other = await makeApplication(ctx, world.product)
    await setOauthClient(ctx, { applicationId: other.id, redirectUris: [CALLBACK] })
    const refused = async (change: (grant: { code: string; verifier: string }) => Promise<Record<string, string>> | Record<string, string>) => {
      const grant = await world.grant()
      const answer = await exchange({ code: grant.code, code_verifier: grant.verifier, ...secrets(), ...(await change(grant)) })
      return [answer.status, json(answer).error]
    }
    expect(await refused(() => ({ client_id: other.appId, client_secret: other.appKey }))).toEqual([400, 'invalid_grant'])
    expect(await refused(() => ({ redirect_uri: 'http://127.0.0.1/loop' }))).toEqual([400, 'invalid_grant'])
    expect(await refused(() => ({ code_verifier: 'x'.repeat(43) }))).toEqual([400, 'invalid_grant'])
    expect(await refused(() => ({ code_verifier: '' }))).toEqual([400, 'invalid_grant'])
    expect(await refused(async () => (await ctx.db.oauthCode.updateMany({ where: { usedAt: null }, data: { expiresAt: past() } }), {}))).toEqual([400, 'invalid_grant'])
    const [lifetime] = await ctx.db.$queryRaw<{ seconds: number }[]>`SELECT extract(epoch FROM "expiresAt" - "createdAt")::int AS seconds FROM oauth_codes WHERE "usedAt" IS NOT NULL LIMIT 1`
    expect(lifetime!.seconds).toBe(60)
  })
})

describe('OA-4', () => {
  const refresh = async (token: string, more: Record<string, string> = {}) => world.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token, ...secrets(), ...more })

  it('OA-4 refresh rotates, and an old one that comes back ends the family', async () => {
    const first = await world.tokens()
    const second = JSON.parse((await refresh(first.refresh_token)).body) as TokenReply
    expect((await world.call(second.access_token)).status).toBe(200)
    // Long enough ago to be no race.
    await ctx.db.oauthToken.updateMany({ where: { kind: 'refresh', usedAt: { not: null } }, data: { usedAt: new Date(Date.now() - 60_000) } })
    expect(json(await refresh(first.refresh_token)).error).toBe('invalid_grant')
    await door.settled()
    expect((await world.call(second.access_token)).status).toBe(401)
    expect(json(await refresh(second.refresh_token)).error).toBe('invalid_grant')
  })

  it('OA-4 in a race of two refreshes one wins, and the winner keeps its tokens', async () => {
    const first = await world.tokens()
    const answers = await Promise.all([refresh(first.refresh_token), refresh(first.refresh_token)])
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 400])
    const won = JSON.parse(answers.find((answer) => answer.status === 200)!.body) as TokenReply
    await door.settled()
    expect((await world.call(won.access_token)).status).toBe(200)
  })

  it('OA-4 scope never widens', async () => {
    const first = await world.tokens({ scope: 'read' })
    expect(first.scope).toBe('read')
    expect(json(await refresh(first.refresh_token, { scope: 'read write' })).error).toBe('invalid_scope')
    const both = await world.tokens({ scope: 'read write' })
    const narrow = JSON.parse((await refresh(both.refresh_token, { scope: 'read' })).body) as TokenReply
    expect(narrow.scope).toBe('read')
    expect((await world.call(narrow.access_token, '/things', 'POST')).status).toBe(403)
  })

  it('OA-4 an expired token is refused, also where the gateway knows it', async () => {
    const { access_token: token } = await world.tokens()
    expect((await world.call(token)).status).toBe(200)
    await ctx.db.oauthToken.updateMany({ where: { kind: 'access' }, data: { expiresAt: past() } })
    const later = await openNodeDoor()
    expect((await send(later, { host: world.host, path: '/things', headers: [['authorization', `Bearer ${token}`]] })).status).toBe(401)
    await later.close()
  })
})

describe('OA-5', () => {
  const basic = (id: string, secret: string): [string, string] => ['authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`]

  it('OA-5 a confidential client without its secret gets nothing', async () => {
    for (const form of [{ client_id: world.app.appId }, { client_id: world.app.appId, client_secret: '' }, { client_id: world.app.appId, client_secret: 'wrong' }, { client_id: 'nobody', client_secret: 'x' }, {}] as Record<string, string>[]) {
      const { code, verifier } = await world.grant()
      const answer = await exchange({ code, code_verifier: verifier, ...form })
      expect([answer.status, json(answer)]).toEqual([401, { error: 'invalid_client' }])
      expect(answer.headers['www-authenticate']).toMatch(/^Basic /)
    }
  })

  it('KEY-4 a secret that clients prove themselves with counts as used, so one that ends when unused goes on', async () => {
    const app = await makeApplication(ctx, world.product)
    await door.settled()
    const { id } = await ctx.db.credential.findFirstOrThrow({ where: { applicationId: app.id, kind: 'app_key' } })
    await setKeyEnd(ctx, { applicationId: app.id, credentialId: id, end: 'unused', unusedDays: 7 })
    await ctx.db.credential.update({ where: { id }, data: { createdAt: new Date(Date.now() - 30 * 86_400_000) } })
    const introspect = (secret: string) => world.post('/oauth/introspect', { token: 'x', client_id: app.appId, client_secret: secret })
    expect((await introspect(`${app.appKey}x`)).status).toBe(401)
    expect(await ctx.db.credential.findUniqueOrThrow({ where: { id } })).toMatchObject({ lastUsedAt: null, useCount: 0n })
    expect((await introspect(app.appKey)).status).toBe(200)
    expect(await ctx.db.credential.findUniqueOrThrow({ where: { id } })).toMatchObject({ lastUsedAt: expect.any(Date) as Date, lastAddress: expect.any(String) as string, useCount: 1n })
    await endDueKeys({ ...ctx, now: new Date() })
    expect((await introspect(app.appKey)).status).toBe(200)
    // Introspection may come with every call: one write in ten seconds says enough.
    await ctx.db.credential.update({ where: { id }, data: { lastUsedAt: new Date(Date.now() + 60_000) } })
    expect((await introspect(app.appKey)).status).toBe(200)
    expect((await ctx.db.credential.findUniqueOrThrow({ where: { id } })).useCount).toBeLessThanOrEqual(2n)
  })

  it('OA-5 Basic or body, not both', async () => {
    const { code, verifier } = await world.grant()
    expect((await exchange({ code, code_verifier: verifier, ...secrets() }, [basic(world.app.appId, world.app.appKey)])).body).toContain('invalid_request')
    expect((await exchange({ code, code_verifier: verifier }, [['authorization', 'Basic %%%']])).status).toBe(401)
    expect((await exchange({ code, code_verifier: verifier }, [basic(world.app.appId, world.app.appKey)])).status).toBe(200)
  })

  it('OA-5 PW-2 wrong secrets are slowed down, by address', async () => {
    const other = await makeTenant()
    const own = await makeOauthWorld(other, door, upstream.url)
    const wrong = () => own.post('/oauth/token', { grant_type: 'client_credentials', client_id: own.app.appId, client_secret: 'wrong' })
    const statuses: number[] = []
    for (let i = 0; i < 35; i++) statuses.push((await wrong()).status)
    expect(statuses[0]).toBe(401)
    expect(statuses.at(-1)).toBe(429)
    expect((await wrong()).headers['retry-after']).toMatch(/^\d+$/)
    // Another tenant's clients are not held up by it.
    expect((await world.post('/oauth/token', { grant_type: 'password', ...secrets() })).status).toBe(400)
    await own.site.close()
  })

  it('PW-2 guessing at a client from elsewhere shuts nobody out who has not guessed', async () => {
    const site = (clientAddress: string) => ({ tenantId: ctx.tenant.id, productId: world.product.id, clientAddress, now: new Date() }) as Parameters<typeof guardFailures>[0]
    for (let i = 0; i < windows.oauth_client_failures.limit + 2; i++) await guardFailures(site(`2001:db8:0:${i.toString(16)}::1`), 'victim').note()
    expect(guardFailures(site('2001:db8:0:0:ffff::9'), 'victim').refuse()).toMatchObject({ status: 429 })
    expect(guardFailures(site('192.0.2.77'), 'victim').refuse()).toBeNull()
    expect(guardFailures(site('2001:db8:0:0:ffff::9'), 'another').refuse()).toBeNull()
  })

  it('PW-2 hand-offs and tokens without a user are given out in bounds', async () => {
    const other = await makeTenant()
    const own = await makeOauthWorld(other, door, upstream.url, { oauthClientCredentials: true })
    const start = authorizeUrl({ client_id: own.app.appId }, own.issuer)
    expect((await own.browser().open(start)).status).toBe(303)
    for (let i = 0; i < windows.oauth_authorize.limit; i++) await throttle().take('oauth_authorize', `${other.tenant.id}|${own.product.id}|127.0.0.1`)
    const page = await own.browser().open(start)
    expect([page.status, page.location]).toEqual([429, null])
    const token = () => own.post('/oauth/token', { grant_type: 'client_credentials', client_id: own.app.appId, client_secret: own.app.appKey })
    expect((await token()).status).toBe(200)
    for (let i = 0; i < windows.oauth_client_tokens.limit; i++) await throttle().take('oauth_client_tokens', `${other.tenant.id}|${own.app.id}`)
    expect(await token()).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) as string } })
    await own.site.close()
  })
})

describe('a form at /callback', () => {
  it.each([['a line break', 'x=\r\nSet-Cookie: a=b', '&x=%0D%0ASet-Cookie:%20a=b'], ['letters of other scripts', 'x=ü€', '&x=%C3%BC%E2%82%AC']])('OA-9 with %s becomes a link without it', async (_, sent, expected) => {
    const handoff = (await world.browser().open(authorizeUrl())).location!.searchParams.get('handoff')!
    const answer = await world.post('/callback', `handoff=${handoff}&${sent}`)
    expect([answer.status, answer.headers.location, answer.headers['set-cookie'] ?? []]).toEqual([303, `${world.issuer}/callback?handoff=${handoff}${expected}`, []])
  })
})

describe('OA-6', () => {
  it('OA-6 a token of an account that is suspended is not active, as the gateway has it', async () => {
    const app = await makeApplication(ctx, world.product)
    await setOauthClient(ctx, { applicationId: app.id, redirectUris: [CALLBACK] })
    await door.settled()
    const { access_token: token } = await world.tokens({ app })
    const asked = () => world.post('/oauth/introspect', { token }, [['authorization', `Bearer ${world.secret}`]]).then((answer) => json(answer).active)
    expect(await asked()).toBe(true)
    await suspendAccount(ctx, { accountId: app.accountId })
    await door.settled()
    expect([await asked(), (await world.call(token)).status]).toEqual([false, 403])
  })

  it('OA-6 token replies are not stored', async () => {
    const { code, verifier } = await world.grant()
    const answer = await exchange({ code, code_verifier: verifier, ...secrets() })
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers.pragma).toBe('no-cache')
  })

  it('OA-6 revocation is 200 for unknown tokens, ends only the caller’s own, and the family with it', async () => {
    const other = await makeApplication(ctx, world.product)
    const { access_token: token, refresh_token: refresh } = await world.tokens()
    expect((await world.post('/oauth/revoke', { token: 'unknown', ...secrets() })).status).toBe(200)
    expect((await world.post('/oauth/revoke', { token, client_id: other.appId, client_secret: other.appKey })).status).toBe(200)
    await door.settled()
    expect((await world.call(token)).status).toBe(200)
    expect((await world.post('/oauth/revoke', { token })).status).toBe(401)
    expect((await world.post('/oauth/revoke', { token, ...secrets() })).status).toBe(200)
    await door.settled()
    expect((await world.call(token)).status).toBe(401)
    expect(json(await world.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refresh, ...secrets() })).error).toBe('invalid_grant')
  })

  it('OA-6 introspection wants the client’s secret and says nothing of foreign, expired or unknown tokens', async () => {
    const other = await makeApplication(ctx, world.product)
    const { access_token: token } = await world.tokens()
    const introspect = async (form: Record<string, string>, headers: [string, string][] = []) => world.post('/oauth/introspect', form, headers)
    expect((await introspect({ token })).status).toBe(401)
    expect((await introspect({ token, client_id: world.app.appId })).status).toBe(401)
    expect((await introspect({ token, client_id: other.appId, client_secret: other.appKey })).body).toBe('{"active":false}')
    expect((await introspect({ token: 'unknown', ...secrets() })).body).toBe('{"active":false}')
    expect(json(await introspect({ token, ...secrets() })).active).toBe(true)
    expect(json(await introspect({ token }, [['authorization', `Bearer ${world.secret}`]])).active).toBe(true)
    await ctx.db.oauthToken.updateMany({ where: { kind: 'access' }, data: { expiresAt: past() } })
    expect((await introspect({ token, ...secrets() })).body).toBe('{"active":false}')
  })
})

describe('OA-7', () => {
  it('OA-7 state comes back byte for byte, 512 at most, by a 303', async () => {
    const state = `${'a'.repeat(470)} &=+%/?#"'<>äß€`
    const { back } = await world.grant({ params: { state } })
    expect(back.searchParams.get('state')).toBe(state)
    expect(back.searchParams.get('iss')).toBe(world.issuer)
    const { location } = await world.browser().open(authorizeUrl({ state: 'a'.repeat(513) }))
    expect(Object.fromEntries(location!.searchParams)).toEqual({ error: 'invalid_request', error_description: expect.any(String) as string, iss: world.issuer })
  })

  it('OA-7 what a stranger typed is escaped on our pages', async () => {
    const evil = await makeApplication(ctx, world.product)
    await ctx.db.application.update({ where: { id: evil.id }, data: { name: '<script>alert(1)</script>' } })
    const { body, headers } = await world.browser().open(authorizeUrl({ client_id: evil.appId, redirect_uri: 'https://x.example/' }))
    expect(body).not.toContain('<script>')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['x-frame-options']).toBe('DENY')
  })
})

describe('OA-8', () => {
  it('OA-8 issuer and addresses are the product’s own, in each environment', async () => {
    await promoteConfig(ctx, { productId: world.product.id })
    await door.settled()
    for (const host of [world.product.hosts.staging, world.product.hosts.production]) {
      const metadata = JSON.parse((await send(door, { host, path: '/.well-known/oauth-authorization-server', headers: [['x-forwarded-host', 'evil.example']] })).body) as Record<string, string>
      expect(new URL(metadata.issuer!).hostname).toBe(host)
      for (const name of ['authorization_endpoint', 'token_endpoint', 'revocation_endpoint', 'introspection_endpoint']) expect(metadata[name]).toMatch(new RegExp(`^${metadata.issuer}/`))
    }
  })

  it('OA-8 a token of one tenant, product or environment is nothing at another', async () => {
    const { access_token: token } = await world.tokens()
    const other = await makeTenant()
    const foreign = await makeOauthWorld(other, door, upstream.url)
    expect((await foreign.call(token)).status).toBe(401)
    expect((await foreign.post('/oauth/introspect', { token, client_id: foreign.app.appId, client_secret: foreign.app.appKey })).body).toBe('{"active":false}')
    expect((await send(door, { host: world.product.hosts.production, path: '/things', headers: [['authorization', `Bearer ${token}`]] })).status).toBe(401)
    await foreign.site.close()
  })
})

describe('OA-9', () => {
  /** A browser that has set out, and its hand-off id. */
  const setOut = async (params: Record<string, string | null> = {}) => {
    const browser = world.browser()
    const page = await browser.open(authorizeUrl(params))
    return { browser, id: page.location!.searchParams.get('handoff')!, page }
  }
  const handOver = (id: string, body: unknown, secret = world.secret) =>
    send(door, { host: world.host, method: 'POST', path: `/oauth/handoffs/${id}`, headers: [['authorization', `Bearer ${secret}`], ['content-type', 'application/json']], body: JSON.stringify(body) })
  const comeBack = (id: string, more: Record<string, string> = {}) => `${world.issuer}/callback?${new URLSearchParams({ handoff: id, ...more })}`
  const signed = (id: string, user: string, scope: string, secret = world.secret) => ({ end_user_id: user, scope, signature: createHmac('sha256', secret).update([id, 'granted', user, scope].join('\n')).digest('base64url') })

  it('OA-9 what comes back without the secret is worth nothing', async () => {
    const { browser, id } = await setOut()
    expect((await handOver(id, { end_user_id: 'u1' }, 'ls_wrong')).status).toBe(401)
    for (const params of [{}, { end_user_id: 'u1', scope: 'read' }, { user_id: 'u1', scope: 'read', signature: 'x' }, signed(id, 'u1', 'read', 'ls_wrong'), { ...signed(id, 'u1', 'read'), end_user_id: 'u2' }, { ...signed(id, 'u1', 'read'), scope: 'read write' }] as Record<string, string>[]) {
      const { status, location } = await browser.open(comeBack(id, params))
      expect([status, location]).toEqual([400, null])
    }
    // None of them used the hand-off up.
    expect((await browser.open(comeBack(id, signed(id, 'u1', 'read')))).location!.searchParams.get('code')).toMatch(/^oc_/)
  })

  it('OA-9 an id is used once, by the browser that set out, in time, for its own application', async () => {
    const { browser, id } = await setOut()
    expect((await handOver(id, { end_user_id: 'u1', client_id: 'another' })).status).toBe(400)
    expect((await handOver(id, { end_user_id: 'u1' })).status).toBe(200)
    expect((await handOver(id, { end_user_id: 'u2' })).status).toBe(400)
    const stranger = await world.browser().open(comeBack(id))
    expect([stranger.status, stranger.location]).toEqual([400, null])
    const misled = await browser.open(comeBack(id, { client_id: 'another' }))
    expect([misled.status, misled.location]).toEqual([400, null])
    expect((await browser.open(comeBack(id))).location!.searchParams.get('code')).toMatch(/^oc_/)
    const twice = await browser.open(comeBack(id))
    expect([twice.status, twice.location]).toEqual([400, null])
    expect((await handOver(id, { end_user_id: 'u1' })).status).toBe(400)

    const late = await setOut()
    await handOver(late.id, { end_user_id: 'u1' })
    await ctx.db.oauthHandoff.updateMany({ where: { usedAt: null }, data: { expiresAt: past() } })
    expect((await late.browser.open(comeBack(late.id))).status).toBe(400)
    expect((await handOver(late.id, { end_user_id: 'u1' })).status).toBe(400)
  })

  it('OA-9 the id is random, its cookie ours alone, and the answer may not give more than was asked for', async () => {
    const { id, page } = await setOut({ scope: 'read' })
    expect(id).toMatch(/^[\w-]{43}$/)
    expect(page.headers['set-cookie']![0]).toMatch(/^oauth_[\w-]{12}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/)
    expect((await handOver(id, { end_user_id: 'u1', scopes: ['read', 'write'] })).status).toBe(400)
    expect((await handOver(id, { end_user_id: '' })).status).toBe(400)
    expect((await handOver(id, 'nonsense')).status).toBe(400)
    const shown = JSON.parse((await send(door, { host: world.host, path: `/oauth/handoffs/${id}`, headers: [['authorization', `Bearer ${world.secret}`]] })).body) as object
    expect(shown).toMatchObject({ application: { name: 'App', client_id: world.app.appId }, scopes: [{ name: 'read', sentence: 'Read your things' }], return_to: comeBack(id) })
  })

  it('OA-9 who takes every scope away has allowed nothing, whichever way the answer comes', async () => {
    const byRedirect = await setOut()
    expect((await byRedirect.browser.open(comeBack(byRedirect.id, signed(byRedirect.id, 'u1', '')))).location!.searchParams.get('error')).toBe('access_denied')
    const byServer = await setOut()
    await handOver(byServer.id, { end_user_id: 'u1', scopes: [] })
    expect((await byServer.browser.open(comeBack(byServer.id))).location!.searchParams.get('error')).toBe('access_denied')
    // Silence is not the same: a site that knows of no scopes grants what was asked for.
    const silent = await setOut()
    const { end_user_id, signature } = signed(silent.id, 'u1', '')
    expect((await silent.browser.open(comeBack(silent.id, { end_user_id, signature }))).location!.searchParams.get('code')).toMatch(/^oc_/)
  })

  it('OA-9 a login page that posts a form back works as well', async () => {
    const { browser, id } = await setOut()
    const held = browser.cookies.get(new URL(world.issuer).hostname)!
    const cookies = new Map(held)
    held.clear() // a form from another site comes without them
    const posted = await browser.open(`${world.issuer}/callback`, { handoff: id, ...signed(id, 'u1', 'read write') })
    expect(posted.status).toBe(303)
    for (const [name, value] of cookies) held.set(name, value)
    expect((await browser.open(posted.location!)).location!.searchParams.get('code')).toMatch(/^oc_/)
  })
})

describe('classic clients', () => {
  let classic: OauthWorld
  beforeAll(async () => {
    classic = await makeOauthWorld(await makeTenant(), door, upstream.url, { oauthClassicClients: true })
  })
  afterAll(() => classic?.site.close())

  const classicUrl = (params: Record<string, string> = {}) => `${classic.issuer}/authorize?${new URLSearchParams({ response_type: 'code', client_id: classic.app.appId, redirect_uri: CALLBACK, scope: 'Basic', state: 'client-state', ...params })}`
  const own = () => ({ client_id: classic.app.appId, client_secret: classic.app.appKey })
  const redeem = (form: Record<string, string>) => classic.post('/oauth/token', { grant_type: 'authorization_code', redirect_uri: CALLBACK, ...own(), ...form })
  const signature = (id: string, user: string) => createHmac('sha256', classic.secret).update([id, 'granted', user, ''].join('\n')).digest('base64url')
  const codeOf = async () => {
    const browser = classic.browser()
    const sent = (await browser.open(classicUrl())).location!
    const id = sent.searchParams.get('state')!
    const back = await browser.open(`${classic.issuer}/callback?${new URLSearchParams({ state: id, redirect_uri: CALLBACK, user_id: 'u1', signature: signature(id, 'u1') })}`)
    return { sent, back, code: back.location!.searchParams.get('code')! }
  }

  it('OA-1 with the switch on, 3scale’s paths, parameters, lifetimes and codes work for confidential clients', async () => {
    const { sent, back, code } = await codeOf()
    expect(Object.fromEntries(sent.searchParams)).toMatchObject({ scope: 'Basic', response_type: 'code', redirect_uri: CALLBACK, client_id: classic.app.appId, tok: expect.stringMatching(/^[0-9a-f]{40}$/) as string })
    expect(back.status).toBe(302)
    expect(back.location!.searchParams.get('state')).toBe('client-state')
    const answer = await redeem({ code })
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { access_token: sent.searchParams.get('tok'), token_type: 'bearer', expires_in: 604_800 }])
    expect((await classic.call(sent.searchParams.get('tok')!)).status).toBe(200)
    const again = await redeem({ code })
    expect([again.status, again.body]).toEqual([403, '{"error":"expired_code"}'])
    await door.settled()
    expect((await classic.call(sent.searchParams.get('tok')!)).status).toBe(403)
  })

  it('OA-1 a token announced as tok is worth nothing before its code is', async () => {
    const browser = classic.browser()
    const { location } = await browser.open(classicUrl())
    expect((await classic.call(location!.searchParams.get('tok')!)).status).toBe(403)
  })

  it('OA-9 /callback without a signature gives no code', async () => {
    const browser = classic.browser()
    const id = (await browser.open(classicUrl())).location!.searchParams.get('state')!
    expect((await browser.open(`${classic.issuer}/callback?${new URLSearchParams({ state: id, redirect_uri: CALLBACK, user_id: 'u1' })}`)).status).toBe(400)
    const missing = await browser.open(`${classic.issuer}/callback?${new URLSearchParams({ state: id, user_id: 'u1', signature: signature(id, 'u1') })}`)
    expect([missing.status, missing.body]).toEqual([400, '{"error":"missing redirect_uri"}'])
    const elsewhere = await browser.open(`${classic.issuer}/callback?${new URLSearchParams({ state: 'unknown', redirect_uri: 'https://evil.example/' })}`)
    expect([elsewhere.status, elsewhere.location]).toEqual([400, null])
  })

  it('OA-1 the reference’s error codes', async () => {
    const { code } = await codeOf()
    expect((await redeem({ code: '' })).body).toBe('{"error":"invalid_request"}')
    expect((await redeem({ code: 'unknown' })).body).toBe('{"error":"expired_code"}')
    const mismatch = await redeem({ code, redirect_uri: 'http://127.0.0.1/loop' })
    expect([mismatch.status, mismatch.body]).toEqual([403, '{"error":"invalid authorization code"}'])
    const wrong = await redeem({ code, client_secret: 'wrong' })
    expect([wrong.status, wrong.body]).toEqual([401, '{"error":"invalid_client"}'])
    expect((await classic.post('/oauth/token', { grant_type: 'password', ...own() })).body).toBe('{"error":"invalid_request"}')
    expect((await classic.call('nonsense')).status).toBe(403)
  })

  it('OA-1 public clients and those with a challenge keep the rules of today', async () => {
    expect((await classic.tokens()).expires_in).toBe(3600)
    const { code } = await classic.grant()
    expect((await redeem({ code })).body).toBe('{"error":"invalid authorization code"}')
  })
})
