import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resumeApplication, suspendApplication } from '@/lib/applications/change-application'
import { setOauthClient } from '@/lib/applications/set-oauth-client'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { groupByApplication, listGrants, listOwnAccess, revokeGrantByMember } from '@/lib/oauth/grants'
import { deleteAccessToken, findAccessToken, listAccessTokens, storeAccessToken } from '@/lib/oauth/tokens'
import type { Ctx } from '@/lib/tenants/context'
import { setFeature } from '@/lib/tenants/set-feature'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { openNodeDoor, openTestGateway, openWebDoor, send, serveOverHttp } from '@/lib/gateway/doors.contract'
import type { Door, OpenDoor } from '@/lib/gateway/doors.contract'
import { makeApplication, makeEndUserPlan } from '@/lib/gateway/product.fixture'
import { testDoor, testUpstream } from '@/lib/gateway/test-door.fixture'
import { CALLBACK, makeOauthWorld } from '@/lib/gateway/bearer/oauth.fixture'
import type { OauthWorld } from '@/lib/gateway/bearer/oauth.fixture'

testDatabase()

describe.each([
  ['door of Node', openNodeDoor],
  ['door of the Web', openWebDoor],
] as [string, () => Promise<Door>][])('a real client, %s', (_, openDoor) => {
  const upstream = testUpstream()
  const door = testDoor(openDoor)
  let ctx: Ctx
  let world: OauthWorld

  beforeAll(async () => {
    ctx = await makeTenant()
    world = await makeOauthWorld(ctx, door, upstream.url)
  })
  afterAll(() => world?.site.close())

  it.each(['server', 'redirect'] as const)('runs the whole flow: discovery, consent, code with PKCE, a call, refresh, introspection, revocation (handed over by %s)', async (way) => {
    world.site.handOver(way)
    const config = await world.discover()
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const url = client.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope: 'read write', state, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' })
    const back = await world.browser().consent(url)
    const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state })
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'read write', access_token: expect.stringMatching(/^ot_/) as string, refresh_token: expect.stringMatching(/^or_/) as string })
    expect((await world.call(tokens.access_token)).status).toBe(200)

    const fresh = await client.refreshTokenGrant(config, tokens.refresh_token!)
    expect(fresh.refresh_token).not.toBe(tokens.refresh_token)
    expect((await world.call(fresh.access_token)).status).toBe(200)
    expect(await client.tokenIntrospection(config, fresh.access_token)).toMatchObject({ active: true, client_id: world.app.appId, sub: 'user-ann', scope: 'read write', iss: world.issuer })

    await client.tokenRevocation(config, fresh.refresh_token!)
    await door.settled()
    expect(await client.tokenIntrospection(config, fresh.access_token)).toEqual({ active: false })
    expect((await world.call(fresh.access_token)).status).toBe(401)
    world.site.handOver('server')
  })

  it('an end user who says no, and one who takes a scope back', async () => {
    const config = await world.discover()
    const verifier = client.randomPKCECodeVerifier()
    const url = client.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope: 'read write', code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' })
    const back = await world.browser().consent(url, { deny: true })
    await expect(client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier })).rejects.toMatchObject({ error: 'access_denied' })

    const reduced = await world.tokens({ scope: 'read write', give: ['read'] })
    expect(reduced.scope).toBe('read')
    expect((await world.call(reduced.access_token)).status).toBe(200)
    const refused = await world.call(reduced.access_token, '/things', 'POST')
    expect(refused.status).toBe(403)
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="api", error="insufficient_scope", scope="write"')
    // What no scope lists is closed.
    expect((await world.call(reduced.access_token, '/plain')).status).toBe(403)
  })

  it('a public client with PKCE needs no secret, a confidential one does', async () => {
    const publicApp = await makeApplication(ctx, world.product)
    await setOauthClient(ctx, { applicationId: publicApp.id, redirectUris: 'http://127.0.0.1/native', clientType: 'public' })
    await door.settled()
    const { code, verifier } = await world.grant({ app: publicApp, redirectUri: 'http://127.0.0.1:49152/native' })
    const answer = await world.post('/oauth/token', { grant_type: 'authorization_code', code, redirect_uri: 'http://127.0.0.1:49152/native', code_verifier: verifier, client_id: publicApp.appId })
    expect(answer.status).toBe(200)
  })

  it('client credentials, where the product lets applications act for themselves', async () => {
    const config = await world.discover()
    await expect(client.clientCredentialsGrant(config)).rejects.toMatchObject({ error: 'unauthorized_client' })
    await world.product.set({ oauthClientCredentials: true })
    await door.settled()
    const tokens = await client.clientCredentialsGrant(await world.discover(), { scope: 'read' })
    expect(tokens.refresh_token).toBeUndefined()
    expect((await world.call(tokens.access_token)).status).toBe(200)
    expect((await world.call(tokens.access_token, '/things', 'POST')).status).toBe(403)
  })

  it('GW-1 a missing token is 401 with a bare challenge, a wrong one names invalid_token', async () => {
    const missing = await send(door, { host: world.host, path: '/things' })
    expect(missing.status).toBe(401)
    expect(missing.headers['www-authenticate']).toBe('Bearer realm="api"')
    expect(missing.body).toBe('Authentication parameters missing')
    for (const token of ['nonsense', `ot_${'x'.repeat(36)}`, 'a.b.c']) {
      const wrong = await world.call(token)
      expect(wrong.status).toBe(401)
      expect(wrong.headers['www-authenticate']).toBe('Bearer realm="api", error="invalid_token"')
    }
  })

  it('GW-2 two different tokens are refused, and so is what cannot be read', async () => {
    const { access_token: token } = await world.tokens()
    const at = (path: string, headers: [string, string][]) => send(door, { host: world.host, path, headers })
    expect((await at(`/things?access_token=${token}`, [])).status).toBe(200)
    expect((await at(`/things?access_token=${token}`, [['authorization', `Bearer ${token}`]])).status).toBe(200)
    expect((await at(`/things?access_token=${token}x`, [['authorization', `Bearer ${token}`]])).status).toBe(403)
    expect((await at(`/things?access_token=${token}&access_token=other`, [])).status).toBe(403)
    expect((await at('/things', [['authorization', 'Bearer']])).status).toBe(403)
    expect((await at('/things', [['authorization', 'Bearer two words']])).status).toBe(403)
    // Another scheme is the API's own business and no token.
    expect((await at('/things', [['authorization', 'Basic dTpw']])).status).toBe(401)
  })

  it('usage lands on application and end user; a header does not change whose', async () => {
    await setFeature(ctx, { feature: 'endUserPlans', on: true })
    const planId = await makeEndUserPlan(ctx, world.product, [{ period: 'year', value: 2 }])
    await setDefaultPlan(ctx, { productId: world.product.id, planId, kind: 'end_user' })
    await world.product.set({ endUserRegistrationRequired: false })
    await door.settled()
    const { access_token: ann } = await world.tokens({ user: 'ann' })
    const { access_token: ben } = await world.tokens({ user: 'ben' })
    const as = (token: string) => send(door, { host: world.host, path: '/things', headers: [['authorization', `Bearer ${token}`], ['x-end-user', 'somebody-else']] })
    expect([(await as(ann)).status, (await as(ann)).status, (await as(ann)).status]).toEqual([200, 200, 429])
    expect((await as(ben)).status).toBe(200)
    const { headers } = JSON.parse((await send(door, { host: world.host, path: '/things', headers: [['authorization', `Bearer ${ben}`], ['X_End_User', 'somebody-else']] })).body) as { headers: string[] }
    expect(headers.flatMap((name, i) => (i % 2 === 0 && /^x.end.user$/i.test(name) ? [headers[i + 1]] : []))).toEqual(['user-ben'])
    expect((await ctx.db.endUser.findMany({ where: { productId: world.product.id }, orderBy: { id: 'asc' } })).map((user) => user.externalId)).toEqual(['user-ann', 'user-ben'])
    await setFeature(ctx, { feature: 'endUserPlans', on: false })
    await door.settled()
  })
})

describe('grants', () => {
  const upstream = testUpstream()
  const second = testDoor(openNodeDoor)
  let door: Door
  let gateway: Awaited<ReturnType<typeof openTestGateway>>
  let ctx: Ctx
  let world: OauthWorld

  beforeAll(async () => {
    ctx = await makeTenant()
    gateway = await openTestGateway()
    door = await serveOverHttp(gateway.gateway, gateway.settled)
    world = await makeOauthWorld(ctx, door, upstream.url)
  })
  afterAll(async () => {
    await world?.site.close()
    await door?.close()
  })

  const asSite = (method: string, path: string, secret = world.secret) => send(door, { host: world.host, method, path, headers: [['authorization', `Bearer ${secret}`]] })
  const callAt = async (at: OpenDoor, token: string) => (await send(at, { host: world.host, path: '/things', headers: [['authorization', `Bearer ${token}`]] })).status
  const grantsOf = async (user: string) => (JSON.parse((await asSite('GET', `/oauth/grants?end_user=${user}`)).body) as { grants: { id: number; scopes: { name: string }[]; last_used_at: string | null }[] }).grants

  it('a revoked grant ends its tokens at every gateway within a second', async () => {
    const { access_token: token, refresh_token: refresh } = await world.tokens()
    expect([await callAt(door, token), await callAt(second, token)]).toEqual([200, 200])
    const [grant] = await grantsOf('user-ann')
    expect(grant).toMatchObject({ scopes: [{ name: 'read', sentence: 'Read your things' }, { name: 'write' }] })
    expect((await asSite('DELETE', `/oauth/grants/${grant!.id}`)).status).toBe(204)
    await Promise.all([door.settled(), second.settled()])
    expect([await callAt(door, token), await callAt(second, token)]).toEqual([401, 401])
    expect((await world.post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refresh, client_id: world.app.appId, client_secret: world.app.appKey })).body).toBe('{"error":"invalid_grant"}')
    expect((await asSite('DELETE', `/oauth/grants/${grant!.id}`)).status).toBe(404)
  })

  it('a member sees and revokes grants, and a suspended application is refused at once', async () => {
    const { access_token: token } = await world.tokens({ user: 'ben' })
    const [grant] = await listGrants(ctx.db, { productId: world.product.id, endUserId: 'user-ben' }, new Date())
    expect(grant).toMatchObject({ endUserId: 'user-ben', application: { name: 'App' }, environment: 'staging', lastUsedAt: null })
    expect(await callAt(door, token)).toBe(200)
    await gateway.gateway.parts.directory.bearer.use.flush()
    expect((await listGrants(ctx.db, { productId: world.product.id, endUserId: 'user-ben' }, new Date()))[0]!.lastUsedAt).toBeInstanceOf(Date)

    await suspendApplication(ctx, { applicationId: world.app.id })
    await door.settled()
    expect(await callAt(door, token)).toBe(403)
    await resumeApplication(ctx, { applicationId: world.app.id })
    await door.settled()
    expect(await callAt(door, token)).toBe(200)
    await revokeGrantByMember(ctx, world.product.id, BigInt(grant!.id))
    await door.settled()
    expect(await callAt(door, token)).toBe(401)
    await expect(revokeGrantByMember(ctx, world.product.id, BigInt(grant!.id))).rejects.toMatchObject({ code: 'not_found' })
  })

  it('an end user revokes on the page the API owner links to', async () => {
    const { access_token: token } = await world.tokens({ user: 'ben' })
    const browser = world.browser()
    await browser.open(`http://127.0.0.1:${world.site.port}/login`, { user: 'ben', password: 'ben-likes-apis' })
    const link = (await browser.open(`http://127.0.0.1:${world.site.port}/applications`)).location!
    const page = await browser.open(link)
    expect(page.status).toBe(200)
    expect(page.body).toContain('Read your things')
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page.body)![1]!
    const form = { token: field('token'), csrf: field('csrf'), grant: field('grant') }
    expect((await browser.open(`${world.issuer}/oauth/my-grants`, form, [['origin', 'https://evil.example']])).status).toBe(403)
    expect((await browser.open(`${world.issuer}/oauth/my-grants`, { ...form, csrf: 'x' }, [['origin', world.issuer]])).status).toBe(403)
    expect(await callAt(door, token)).toBe(200)
    const done = await browser.open(`${world.issuer}/oauth/my-grants`, form, [['origin', world.issuer]])
    expect(done.status).toBe(303)
    expect((await browser.open(done.location!)).body).toContain('No application has access.')
    await door.settled()
    expect(await callAt(door, token)).toBe(401)
    for (const forged of ['', 'x.y.z', link.searchParams.get('token')!.replace(/^[^.]+/, Buffer.from('user-ann').toString('base64url'))])
      expect((await world.browser().open(`${world.issuer}/oauth/my-grants?token=${forged}`)).status).toBe(400)
  })

  it('revoking an application ends what was allowed it on every device, and nothing of other people', async () => {
    const [phone, laptop, other] = [await world.tokens({ user: 'ann', give: ['read'] }), await world.tokens({ user: 'ann' }), await world.tokens({ user: 'ben' })]
    const statuses = async () => [await callAt(door, phone.access_token), await callAt(door, laptop.access_token), await callAt(door, other.access_token)]
    expect(await statuses()).toEqual([200, 200, 200])
    const listed = await listGrants(ctx.db, { productId: world.product.id, endUserId: 'user-ann' }, new Date())
    expect(groupByApplication(listed)).toMatchObject([{ id: listed[0]!.id, scopes: ['read', 'write'], createdAt: listed.at(-1)!.createdAt }])
    const browser = world.browser()
    await browser.open(`http://127.0.0.1:${world.site.port}/login`, { user: 'ann', password: 'ann-likes-apis' })
    const page = await browser.open((await browser.open(`http://127.0.0.1:${world.site.port}/applications`)).location!)
    expect(page.body.match(/<h2>/g)).toHaveLength(1)
    expect((await asSite('DELETE', `/oauth/grants/${listed.at(-1)!.id}`)).status).toBe(204)
    await door.settled()
    expect(await statuses()).toEqual([401, 401, 200])
    expect(await grantsOf('user-ann')).toEqual([])
    await asSite('DELETE', `/oauth/grants/${(await grantsOf('user-ben'))[0]!.id}`)
  })

  it('a login site that revokes every device of somebody at the same moment is answered each time', async () => {
    for (let i = 0; i < 6; i++) await world.tokens({ user: 'ann' })
    const listed = await listGrants(ctx.db, { productId: world.product.id, endUserId: 'user-ann' }, new Date())
    expect(listed).toHaveLength(6)
    const answers = await Promise.all(listed.map(({ id }) => asSite('DELETE', `/oauth/grants/${id}`)))
    // Whoever comes second finds it done.
    expect(answers.map(({ status }) => status).filter((status) => status !== 204 && status !== 404)).toEqual([])
    expect(await grantsOf('user-ann')).toEqual([])
  })

  it('tokens of applications for themselves stand in one line, and end together', async () => {
    await world.product.set({ oauthClientCredentials: true })
    await door.settled()
    const own = async () => (JSON.parse((await world.post('/oauth/token', { grant_type: 'client_credentials', client_id: world.app.appId, client_secret: world.app.appKey })).body) as { access_token: string }).access_token
    const tokens = [await own(), await own()]
    const rows = await listOwnAccess(ctx.db, { productId: world.product.id }, new Date())
    expect(rows).toMatchObject([{ endUserId: null, application: { name: 'App' }, environment: 'staging' }])
    expect(await listGrants(ctx.db, { productId: world.product.id, ofPeople: true }, new Date())).toEqual([])
    expect(await Promise.all(tokens.map((token) => callAt(door, token)))).toEqual([200, 200])
    await revokeGrantByMember(ctx, world.product.id, BigInt(rows[0]!.id))
    await door.settled()
    expect(await Promise.all(tokens.map((token) => callAt(door, token)))).toEqual([401, 401])
  })

  it('tokens made elsewhere are kept, found, listed and ended', async () => {
    const place = { tenantId: ctx.tenant.id, productId: world.product.id, environment: 'staging' as const }
    const now = new Date()
    const stored = { applicationId: world.app.id, token: 'made-elsewhere', endUserId: 'u1', scopes: ['read'], ttlSeconds: 60 }
    expect(await storeAccessToken(ctx.db, place, stored, now)).toBe(true)
    expect(await storeAccessToken(ctx.db, place, stored, now)).toBe(false)
    expect(await findAccessToken(ctx.db, place, 'made-elsewhere', now)).toMatchObject({ appId: world.app.appId, endUserId: 'u1' })
    expect(await findAccessToken(ctx.db, place, 'made-elsewhere', new Date(now.getTime() + 60_000))).toBeNull()
    expect(await listAccessTokens(ctx.db, place, world.app.id, 'u1', now)).toHaveLength(1)
    await door.settled()
    expect(await callAt(door, 'made-elsewhere')).toBe(200)
    expect(await deleteAccessToken(ctx.db, place, 'made-elsewhere', now)).toBe(true)
    expect(await deleteAccessToken(ctx.db, place, 'made-elsewhere', now)).toBe(false)
    await door.settled()
    expect(await callAt(door, 'made-elsewhere')).toBe(401)
  })
})
