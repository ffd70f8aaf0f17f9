import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { suspendAccount } from '@/lib/accounts/change-account-state'
import { resumeApplication, suspendApplication } from '@/lib/applications/change-application'
import { addAppKey, regenerateUserKey, revokeCredential } from '@/lib/applications/change-credentials'
import { insertCredential } from '@/lib/applications/insert-credential'
import { makeTenant } from '@/lib/db/test-database'
import { newKey } from '@/lib/ids'
import { suspendEndUser } from '@/lib/plans/change-end-user'
import { createEndUser } from '@/lib/plans/create-end-user'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { setEndUserLimits } from '@/lib/plans/set-end-user-limits'
import { addLimits, setLimit } from '@/lib/plans/set-limits'
import { setMethodEnabled } from '@/lib/plans/set-method-enabled'
import { setPlanBursts } from '@/lib/plans/set-plan-bursts'
import { promoteConfig, rollBackConfig } from '@/lib/products/promote-config'
import { openSecretToken } from '@/lib/products/secrets-of-product'
import type { Ctx } from '@/lib/tenants/context'
import { setFeature } from '@/lib/tenants/set-feature'
import { send } from '@/lib/gateway/doors.contract'
import type { Answer, Door, DoorRequest } from '@/lib/gateway/doors.contract'
import { makeApplication, makeEndUserPlan, makeProduct } from '@/lib/gateway/product.fixture'
import type { TestApplication, TestProduct } from '@/lib/gateway/product.fixture'
import { testDoor, testUpstream } from '@/lib/gateway/test-door.fixture'
import { startRawUpstream } from '@/lib/gateway/upstream.fixture'

/** What a door keeps by itself; plain Next in front of one normalises some of it before it gets there. */
export type DoorTraits = {
  /** Path and query arrive byte for byte. */
  exactTarget: boolean
}

/**
 * The one contract of every way into the gateway. The test database must be the gateway's, and the gateway must be
 * allowed to reach loopback.
 */
export function describeGateway(name: string, traits: DoorTraits, openDoor: () => Promise<Door>): void {
  describe(`the gateway, ${name}`, () => {
    const upstream = testUpstream()
    const door = testDoor(openDoor)
    let ctx: Ctx
    let other: Ctx
    let product: TestProduct
    let app: TestApplication

    beforeAll(async () => {
      ctx = await makeTenant()
      other = await makeTenant()
      product = await makeProduct(ctx, upstream.url, {
        credentialsLocation: 'headers',
        rules: [
          { pattern: '/things$', method: 'list', last: true },
          { pattern: '/things/{id}$', method: 'show', last: true },
          { verb: 'POST', pattern: '/things$', method: 'create', last: true },
          { verb: 'ANY', pattern: '/any' },
        ],
      })
      app = await makeApplication(ctx, product)
      await door.settled()
    })

    const call = (request: Partial<DoorRequest> = {}): Promise<Answer> => send(door, { host: product.hosts.staging, path: '/things', headers: app.headers, ...request })
    const echoOf = (answer: Answer) => JSON.parse(answer.body) as { method: string; url: string; headers: string[]; body: string }
    const upstreamHeaders = (answer: Answer) => {
      const { headers } = echoOf(answer)
      return headers.flatMap((value, i) => (i % 2 === 0 ? [[value.toLowerCase(), headers[i + 1]!] as const] : []))
    }
    const code = (answer: Answer) => (JSON.parse(answer.body) as { error: { code: string } }).error.code

    describe('routing', () => {
      it('an unknown host is 404 with a fixed text', async () => {
        const answer = await call({ host: 'nobody-here.gw.localhost' })
        expect(answer.status).toBe(404)
        expect(code(answer)).toBe('unknown_host')
        expect(answer.headers['cache-control']).toBe('no-store')
        expect(answer.headers['set-cookie'] ?? []).toEqual([])
      })

      it('staging follows the rows at once; production serves what was promoted, and an older version again after a rollback', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules: [{ pattern: '/v1' }] })
        const caller = await makeApplication(ctx, own)
        const ask = async (environment: 'staging' | 'production', path: string) => (await send(door, { host: own.hosts[environment], path, headers: caller.headers })).status
        await door.settled()
        expect(await ask('staging', '/v1')).toBe(200)
        expect(await ask('production', '/v1')).toBe(404)
        await promoteConfig(ctx, { productId: own.id })
        await ctx.db.mappingRule.updateMany({ where: { productId: own.id }, data: { pattern: '/v2' } })
        await own.set({})
        await door.settled()
        expect([await ask('production', '/v1'), await ask('production', '/v2'), await ask('staging', '/v1'), await ask('staging', '/v2')]).toEqual([200, 404, 404, 200])
        await promoteConfig(ctx, { productId: own.id })
        await door.settled()
        expect([await ask('production', '/v1'), await ask('production', '/v2')]).toEqual([404, 200])
        await rollBackConfig(ctx, { productId: own.id, version: 1 })
        await door.settled()
        expect([await ask('production', '/v1'), await ask('production', '/v2')]).toEqual([200, 404])
      })

      it('a product without a private base URL says so, and nothing is counted', async () => {
        const bare = await makeProduct(ctx, null)
        await door.settled()
        expect(code(await call({ host: bare.hosts.staging }))).toBe('no_upstream')
      })
    })

    describe('refusals', () => {
      it('GW-1 the default answers are 3scale’s, and none of them reaches the upstream', async () => {
        const plain = 'text/plain; charset=us-ascii'
        const refused = async (request: Partial<DoorRequest>) => {
          const { status, body, headers } = await call(request)
          expect(headers['content-type']).toBe(plain)
          expect(headers['x-request-id']).toMatch(/^[0-9A-Za-z]{22}$/)
          return [status, body]
        }
        expect(await refused({ headers: [] })).toEqual([403, 'Authentication parameters missing'])
        expect(await refused({ headers: [['user_key', newKey('uk')]] })).toEqual([403, 'Authentication failed'])
        expect(await refused({ path: '/elsewhere' })).toEqual([404, 'No Mapping Rule matched'])
        const limited = await makeApplication(ctx, product, { limits: [{ period: 'year', value: 1 }] })
        await door.settled()
        expect((await call({ headers: limited.headers })).status).toBe(200)
        upstream.seen = []
        expect(await refused({ headers: limited.headers })).toEqual([429, 'Usage limit exceeded'])
        expect(upstream.seen).toEqual([])
      })

      it('GW-1 each of them can be worded anew, status and content type included', async () => {
        const answers = { authMissing: { status: 401, contentType: 'application/json', body: '{"error":"key?"}' }, noMatch: { status: 204, contentType: 'text/plain', body: '' } }
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules: [{ pattern: '/x' }], errorAnswers: answers })
        await door.settled()
        const missing = await send(door, { host: own.hosts.staging })
        expect([missing.status, missing.headers['content-type'], missing.body]).toEqual([401, 'application/json', '{"error":"key?"}'])
        expect(await send(door, { host: own.hosts.staging, headers: app.headers })).toMatchObject({ status: 204, body: '' })
        expect(await send(door, { host: own.hosts.staging, path: '/x', headers: app.headers })).toMatchObject({ status: 403, body: 'Authentication failed' })
      })

      it('refusals come in one order: credentials missing, no rule, key', async () => {
        expect((await call({ headers: [], path: '/elsewhere' })).body).toBe('Authentication parameters missing')
        expect((await call({ headers: [['user_key', 'wrong']], path: '/elsewhere' })).body).toBe('No Mapping Rule matched')
        expect((await call({ headers: [['user_key', 'wrong']] })).body).toBe('Authentication failed')
      })

      it('a refused call with a body leaves the connection in order', async () => {
        expect((await call({ method: 'POST', headers: [], body: 'x'.repeat(100_000) })).status).toBe(403)
        expect((await call({ method: 'HEAD', headers: [] })).body).toBe('')
      })
    })

    describe('credentials', () => {
      const modes = [
        { mode: 'user_key', location: 'query' },
        { mode: 'user_key', location: 'headers' },
        { mode: 'user_key', location: 'basic' },
        { mode: 'app_id_app_key', location: 'query' },
        { mode: 'app_id_app_key', location: 'headers' },
        { mode: 'app_id_app_key', location: 'basic' },
      ] as const
      it.each(modes)('GW-2 $mode in $location: the right key passes, a wrong, an empty and a missing one do not', async ({ mode, location }) => {
        const own = await makeProduct(ctx, upstream.url, { authenticationMode: mode, credentialsLocation: location, userKeyName: 'X-Key', appIdName: 'X-Id', appKeyName: 'X-App-Key' })
        const caller = await makeApplication(ctx, own)
        const stranger = await makeApplication(ctx, own)
        await door.settled()
        const ask = async (id: string | null, key: string | null) => {
          const pairs = mode === 'user_key' ? [['X-Key', key]] : [['X-Id', id], ['X-App-Key', key]]
          const given = pairs.filter((pair): pair is [string, string] => pair[1] !== null)
          if (location === 'query') return (await send(door, { host: own.hosts.staging, path: `/p?a=1&${given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}` })).status
          if (location === 'headers') return (await send(door, { host: own.hosts.staging, headers: given })).status
          const text = mode === 'user_key' ? `${key}:` : `${id}:${key}`
          return (await send(door, { host: own.hosts.staging, headers: given.length === 0 ? [] : [['Authorization', `Basic ${Buffer.from(text).toString('base64')}`]] })).status
        }
        const right = mode === 'user_key' ? caller.userKey : caller.appKey
        const foreign = mode === 'user_key' ? newKey('uk') : stranger.appKey
        expect(await ask(caller.appId, right)).toBe(200)
        expect(await ask(caller.appId, foreign)).toBe(403)
        expect(await ask('00000000', mode === 'user_key' ? foreign : right)).toBe(403)
        expect(await ask(caller.appId, '')).toBe(403)
        expect(await ask(null, null)).toBe(403)
        upstream.seen = []
        expect(await ask(caller.appId, right.slice(0, -1))).toBe(403)
        expect(upstream.seen).toEqual([])
      })

      it('GW-2 what cannot be read in one way only is a failure, never skipped', async () => {
        const basic = await makeProduct(ctx, upstream.url, { credentialsLocation: 'basic' })
        const query = await makeProduct(ctx, upstream.url)
        const inBasic = await makeApplication(ctx, basic)
        const inQuery = await makeApplication(ctx, query)
        await door.settled()
        for (const broken of ['Basic !!!!', 'Basic', 'Basic ' + Buffer.from('no colon').toString('base64'), 'Basic dXNlcjpwYXNz=', 'Basic \u00ff'])
          expect([broken, (await send(door, { host: basic.hosts.staging, headers: [['Authorization', broken]] })).body]).toEqual([broken, 'Authentication failed'])
        const bearer = await send(door, { host: basic.hosts.staging, headers: [['Authorization', `Bearer ${inBasic.userKey}`]] })
        expect(bearer.status).toBe(200)
        const good = `Basic ${Buffer.from(`${inBasic.userKey}:`).toString('base64')}`
        const two = (second: string) => send(door, { host: basic.hosts.staging, headers: [['Authorization', good], ['Authorization', second]] })
        if (traits.exactTarget) expect([(await two(good)).status, (await two('Basic b3RoZXI6')).status]).toEqual([200, 403])
        const key = inQuery.userKey
        const ask = async (path: string, headers: [string, string][] = []) => (await send(door, { host: query.hosts.staging, path, headers })).status
        expect(await ask(`/?user_key=${key}&user_key=${key}`)).toBe(200)
        expect(await ask(`/?user_key=${key}&user_key=other`)).toBe(403)
        expect(await ask(`/?user_key=other&user_key=${key}`)).toBe(403)
        expect(await ask(`/?user_key=${key}&%75ser_key=other`)).toBe(403)
        expect(await ask(`/?user_key=${key}`, [['user_key', 'other']])).toBe(403)
        expect(await ask(`/?user_key=${key}`, [['user_key', key]])).toBe(200)
        expect((await call({ headers: [...app.headers, ['user_key', 'other']] })).status).toBe(403)
        expect((await call({ path: '/things?user_key=other' })).status).toBe(403)
      })

      it('a key in an urlencoded body counts where the URL has none, and the body goes on whole', async () => {
        const query = await makeProduct(ctx, upstream.url)
        const { userKey } = await makeApplication(ctx, query)
        await door.settled()
        const form = (body: string | Readable, path = '/'): Promise<Answer> => send(door, { host: query.hosts.staging, method: 'POST', path, body, headers: [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']] })
        const text = `status=hello+world&user_key=${userKey}`
        expect(echoOf(await form(text)).body).toBe(text)
        expect(echoOf(await form(Readable.from([Buffer.from(text.slice(0, 10)), Buffer.from(text.slice(10))]))).body).toBe(text)
        expect((await form('status=x')).body).toBe('Authentication parameters missing')
        expect((await form(`user_key=${userKey}&user_key=other`)).status).toBe(403)
        // Too long to be read for parameters, announced or not.
        const long = `user_key=${userKey}&status=${'x'.repeat(20_000)}`
        expect((await form(long)).body).toBe('Authentication parameters missing')
        expect((await form(Readable.from([Buffer.from(long)]))).body).toBe('Authentication parameters missing')
        expect(echoOf(await form(long, `/?user_key=${userKey}`)).body).toBe(long)
      })

      it('KEY-1 KEY-3 a key that looks like ours but for its checksum, one too long and one of another kind are strangers', async () => {
        const key = app.userKey
        for (const wrong of [key.slice(0, -1) + (key.endsWith('0') ? '1' : '0'), 'x'.repeat(300), app.appKey, `${key} `.repeat(2).trim(), 'constructor', '__proto__'])
          expect([wrong, (await call({ headers: [['user_key', wrong]] })).status]).toEqual([wrong, 403])
      })

      it('KEY-3 a credential no database could hold is a stranger, and keeps no other key from being looked up', async () => {
        const own = await makeProduct(ctx, upstream.url, { authenticationMode: 'app_id_app_key', credentialsLocation: 'basic' })
        const late = await makeApplication(ctx, own)
        await door.settled()
        const ask = async (appId: string, key: string) => (await send(door, { host: own.hosts.staging, headers: [['Authorization', `Basic ${Buffer.from(`${appId}:${key}`).toString('base64')}`]] })).status
        expect(await ask('a\0b', 'any')).toBe(403)
        expect(await ask(late.appId, late.appKey)).toBe(200)
      })

      it('KEY-4 five app keys work side by side, and each can be revoked alone, in force at once', async () => {
        const own = await makeProduct(ctx, upstream.url, { authenticationMode: 'app_id_app_key', credentialsLocation: 'headers' })
        const caller = await makeApplication(ctx, own)
        const keys = [caller.appKey]
        for (let i = 0; i < 4; i++) keys.push((await addAppKey(ctx, { applicationId: caller.id })).key)
        const ask = async (key: string) => (await send(door, { host: own.hosts.staging, headers: [['app_id', caller.appId], ['app_key', key]] })).status
        await door.settled()
        expect(await Promise.all(keys.map(ask))).toEqual([200, 200, 200, 200, 200])
        const [first] = await ctx.db.credential.findMany({ where: { applicationId: caller.id, kind: 'app_key' }, orderBy: { id: 'asc' } })
        await revokeCredential(ctx, { credentialId: first!.id })
        await door.settled()
        expect(await Promise.all(keys.map(ask))).toEqual([403, 200, 200, 200, 200])
      })

      it('KEY-4 a regenerated user key replaces the old one at once', async () => {
        const caller = await makeApplication(ctx, product)
        await door.settled()
        expect((await call({ headers: caller.headers })).status).toBe(200)
        const { key } = await regenerateUserKey(ctx, { applicationId: caller.id })
        await door.settled()
        expect((await call({ headers: caller.headers })).status).toBe(403)
        expect((await call({ headers: [['user_key', key]] })).status).toBe(200)
      })

      it('KEY-6 a key of another product, or of another tenant, is an unknown key', async () => {
        const sibling = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
        const foreign = await makeProduct(other, upstream.url, { credentialsLocation: 'headers' })
        const foreignApp = await makeApplication(other, foreign)
        await door.settled()
        const stranger = await call({ headers: [['user_key', newKey('uk')]] })
        for (const answer of [await call({ host: sibling.hosts.staging }), await call({ headers: foreignApp.headers }), await call({ host: foreign.hosts.staging })])
          expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([stranger.status, stranger.body, stranger.headers['content-type']])
        expect((await call({ host: foreign.hosts.staging, headers: foreignApp.headers })).status).toBe(200)
      })
    })

    describe('state and plan', () => {
      it('KEY-4 suspended application, account and product are refused at once, and served again when resumed', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
        const caller = await makeApplication(ctx, own)
        const ask = async () => {
          await door.settled()
          return (await send(door, { host: own.hosts.staging, headers: caller.headers })).status
        }
        expect(await ask()).toBe(200)
        await suspendApplication(ctx, { applicationId: caller.id })
        expect(await ask()).toBe(403)
        await resumeApplication(ctx, { applicationId: caller.id })
        expect(await ask()).toBe(200)
        await own.set({ state: 'suspended' })
        expect(await ask()).toBe(403)
        await own.set({ state: 'active' })
        expect(await ask()).toBe(200)
        await suspendAccount(ctx, { accountId: caller.accountId })
        expect(await ask()).toBe(403)
      })

      it('a method switched off on the plan is refused as authentication failed; switched on again it passes', async () => {
        const caller = await makeApplication(ctx, product)
        await setMethodEnabled(ctx, { planId: caller.planId, metricId: product.methodIds.show!, enabled: false })
        await door.settled()
        expect((await call({ headers: caller.headers, path: '/things/1' })).body).toBe('Authentication failed')
        expect((await call({ headers: caller.headers })).status).toBe(200)
        await setMethodEnabled(ctx, { planId: caller.planId, metricId: product.methodIds.show!, enabled: true })
        await door.settled()
        expect((await call({ headers: caller.headers, path: '/things/1' })).status).toBe(200)
      })

      it('a plan of reads lets no write through, not even of a method made later', async () => {
        const caller = await makeApplication(ctx, product, { newMethods: 'reads_only' })
        await door.settled()
        expect((await call({ headers: caller.headers })).status).toBe(200)
        expect((await call({ headers: caller.headers, method: 'POST', body: '{}' })).status).toBe(403)
        const later = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules: [{ pattern: '/a$', method: 'a' }] })
        const reader = await makeApplication(ctx, later, { newMethods: 'reads_only' })
        const { id } = await ctx.db.metric.create({ data: { tenantId: ctx.tenant.id, productId: later.id, parentId: later.hitsId, systemName: 'b', name: 'b', verb: 'POST' } })
        await ctx.db.mappingRule.create({ data: { tenantId: ctx.tenant.id, productId: later.id, metricId: id, verb: 'POST', pattern: '/b$', position: 9 } })
        await later.set({})
        await door.settled()
        expect((await send(door, { host: later.hosts.staging, path: '/a', headers: reader.headers })).status).toBe(200)
        expect((await send(door, { host: later.hosts.staging, path: '/b', method: 'POST', headers: reader.headers })).status).toBe(403)
      })

      it('the tenant’s test application is on no plan: every method, no limits', async () => {
        const test = await ctx.db.application.findFirstOrThrow({ where: { productId: product.id, kind: 'test' } })
        const key = newKey('uk')
        await ctx.db.$transaction((tx) => insertCredential(tx, { tenantId: ctx.tenant.id, productId: product.id, applicationId: test.id, kind: 'user_key', key }))
        expect((await call({ headers: [['user_key', key]], method: 'POST' })).status).toBe(200)
      })
    })

    describe('limits', () => {
      it('USE-4 of 400 parallel calls against a limit of 15 exactly 15 get through', async () => {
        const caller = await makeApplication(ctx, product, { limits: [{ period: 'year', value: 15 }] })
        await door.settled()
        const answers = await Promise.all(Array.from({ length: 400 }, () => call({ headers: caller.headers })))
        expect(answers.filter((answer) => answer.status === 200)).toHaveLength(15)
        expect(answers.filter((answer) => answer.status === 429)).toHaveLength(385)
        expect(upstream.seen).toHaveLength(15)
      })

      it('of several limits all are taken or none', async () => {
        const caller = await makeApplication(ctx, product, { limits: [{ period: 'year', value: 3 }, { metricId: product.methodIds.show!, period: 'year', value: 1 }] })
        await door.settled()
        const ask = async (path: string) => (await call({ headers: caller.headers, path })).status
        expect([await ask('/things/1'), await ask('/things/1'), await ask('/things/1'), await ask('/things'), await ask('/things'), await ask('/things')]).toEqual([200, 429, 429, 200, 200, 429])
      })

      it('a limit changed is in force at once, what was used stays used', async () => {
        const caller = await makeApplication(ctx, product, { limits: [{ period: 'year', value: 1 }] })
        await door.settled()
        expect([(await call({ headers: caller.headers })).status, (await call({ headers: caller.headers })).status]).toEqual([200, 429])
        await setLimit(ctx, { planId: caller.planId, metricId: product.hitsId, period: 'year', value: 2 })
        await door.settled()
        expect([(await call({ headers: caller.headers })).status, (await call({ headers: caller.headers })).status]).toEqual([200, 429])
      })

      it('a limit of 0 switches a method off: authentication failed, not limits exceeded', async () => {
        const caller = await makeApplication(ctx, product, { limits: [{ metricId: product.methodIds.list!, period: 'minute', value: 0 }] })
        await door.settled()
        const answer = await call({ headers: caller.headers })
        expect([answer.status, answer.body, answer.headers['retry-after']]).toEqual([403, 'Authentication failed', undefined])
      })

      it('GW-9 RateLimit headers name the tightest window of the call, Retry-After its end; an eternity has none', async () => {
        const caller = await makeApplication(ctx, product, { limits: [{ period: 'year', value: 9 }, { metricId: product.methodIds.list!, period: 'day', value: 2 }] })
        const forever = await makeApplication(ctx, product, { limits: [{ period: 'eternity', value: 1 }] })
        await door.settled()
        const first = await call({ headers: caller.headers })
        expect(first.headers['ratelimit-policy']).toBe('"list-day";q=2;w=86400')
        expect(first.headers.ratelimit).toMatch(/^"list-day";r=1;t=\d+$/)
        expect(first.headers['retry-after']).toBeUndefined()
        await call({ headers: caller.headers })
        const refused = await call({ headers: caller.headers })
        expect(refused.headers.ratelimit).toMatch(/^"list-day";r=0;t=\d+$/)
        const seconds = Number(refused.headers['retry-after'])
        expect(seconds).toBeGreaterThan(0)
        expect(seconds).toBeLessThanOrEqual(86_400)
        expect((await call({ headers: forever.headers })).headers.ratelimit).toBe('"hits-eternity";r=0')
        const never = await call({ headers: forever.headers })
        expect([never.status, never.headers['retry-after'], never.headers.ratelimit]).toEqual([429, undefined, '"hits-eternity";r=0'])
        expect((await call()).headers.ratelimit).toBeUndefined()
      })

      it('GW-9 ours replace the upstream’s of the same name; switched off, the upstream’s pass', async () => {
        upstream.answer = (_, response) => void response.setHeader('RateLimit', 'theirs').end('ok')
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
        const caller = await makeApplication(ctx, own, { limits: [{ period: 'year', value: 9 }] })
        const ask = async () => {
          await door.settled()
          return (await send(door, { host: own.hosts.staging, headers: caller.headers })).headers.ratelimit
        }
        expect(await ask()).toMatch(/^"hits-year";r=8/)
        await own.set({ rateLimitHeaders: false })
        expect(await ask()).toBe('theirs')
      })

      it('a limit added in mid-window holds what was used before it, too', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
        const caller = await makeApplication(ctx, own)
        await door.settled()
        const ask = async () => (await send(door, { host: own.hosts.staging, headers: caller.headers })).status
        expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200])
        const booked = async () => Number((await ctx.db.usageDay.aggregate({ where: { productId: own.id, environment: 'staging' }, _sum: { value: true } }))._sum.value ?? 0)
        await expect.poll(booked, { timeout: 10_000 }).toBe(3)
        await addLimits(ctx, { planId: caller.planId, metricId: own.hitsId, limits: [{ period: 'year', value: 5 }] })
        await door.settled()
        expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429])
      })

      it('staging and production count apart, with the same limits', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
        const caller = await makeApplication(ctx, own, { limits: [{ period: 'year', value: 1 }] })
        await promoteConfig(ctx, { productId: own.id })
        await door.settled()
        const ask = async (environment: 'staging' | 'production') => (await send(door, { host: own.hosts[environment], headers: caller.headers })).status
        expect([await ask('staging'), await ask('staging'), await ask('production'), await ask('production')]).toEqual([200, 429, 200, 429])
      })
    })

    describe('bursts', () => {
      const outcomes = (answers: Answer[]) => [200, 429, 503].map((status) => answers.filter((answer) => answer.status === status).length)

      it('USE-4 a bucket on the plan is exact under parallel calls, says when to come again, and takes no limit for what it refuses', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
        const caller = await makeApplication(ctx, own, { limits: [{ period: 'year', value: 100 }] })
        await setPlanBursts(ctx, { planId: caller.planId, bursts: { bucketPerSecond: '0.01', bucketSize: '7' } })
        await door.settled()
        const ask = () => send(door, { host: own.hosts.staging, headers: caller.headers })
        const answers = await Promise.all(Array.from({ length: 40 }, ask))
        expect(outcomes(answers)).toEqual([7, 33, 0])
        const refused = answers.find((answer) => answer.status === 429)!
        expect(refused.body).toBe('Usage limit exceeded')
        expect(refused.headers['ratelimit-policy']).toBe('"application-bucket";q=7;w=700')
        expect(refused.headers.ratelimit).toMatch(/^"application-bucket";r=0;t=\d+$/)
        expect(Number(refused.headers['retry-after'])).toBeGreaterThan(90)
        expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(100)
        await setPlanBursts(ctx, { planId: caller.planId, bursts: {} })
        await door.settled()
        expect((await ask()).headers.ratelimit).toMatch(/^"hits-year";r=92;/)
      })

      it('USE-4 calls under way are bounded for the whole product, and each that ends lets one in', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', bursts: { bucket: null, window: null, concurrency: 3 } })
        const callers = [await makeApplication(ctx, own), await makeApplication(ctx, own)]
        await door.settled()
        const waiting: (() => void)[] = []
        upstream.answer = (_, response) => void waiting.push(() => response.end('ok'))
        const asked = Array.from({ length: 12 }, (_, i) => send(door, { host: own.hosts.staging, headers: callers[i % 2]!.headers }))
        const refused = await Promise.race(asked)
        expect([refused.status, refused.headers['retry-after'], refused.headers['ratelimit-policy'], refused.headers.ratelimit]).toEqual([429, '1', '"product-concurrency";q=3;qu="concurrent-requests"', '"product-concurrency";r=0'])
        // A call that comes late, behind the look-up of its key, must not find a place that has come free already.
        let answered = 0
        for (const each of asked) void each.then(() => answered++)
        await expect.poll(() => [waiting.length, answered], { timeout: 15_000 }).toEqual([3, 9])
        for (const end of waiting) end()
        expect(outcomes(await Promise.all(asked))).toEqual([3, 9, 0])
        upstream.answer = null
        expect(outcomes(await Promise.all(Array.from({ length: 3 }, (_, i) => send(door, { host: own.hosts.staging, headers: callers[i % 2]!.headers }))))).toEqual([3, 0, 0])
      })

      it('a caller who hangs up, an upstream that is gone and a limit that refuses all give their place back', async () => {
        const own = await makeProduct(ctx, 'http://127.0.0.1:1', { credentialsLocation: 'headers', bursts: { bucket: { perSecond: 0.01, size: 50 }, window: null, concurrency: 1 } })
        const caller = await makeApplication(ctx, own, { limits: [{ period: 'year', value: 4 }] })
        await door.settled()
        const ask = (signal?: AbortSignal) => send(door, { host: own.hosts.staging, headers: caller.headers, signal })
        expect([(await ask()).status, (await ask()).status]).toEqual([502, 502])
        await own.set({ privateBaseUrl: upstream.url })
        await door.settled()
        const leaving = new AbortController()
        upstream.answer = () => leaving.abort()
        await expect(ask(leaving.signal)).rejects.toThrow()
        upstream.answer = null
        await expect.poll(async () => (await ask()).status).toBe(200)
        expect([(await ask()).status, (await ask()).status]).toEqual([429, 429])
        const policy = (await ask()).headers['ratelimit-policy']
        expect(policy).toMatch(/^"hits-year"/)
      })

      it('the tightest of limits and bursts is named', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', bursts: { bucket: null, window: { calls: 5, seconds: 600 }, concurrency: null } })
        const caller = await makeApplication(ctx, own, { limits: [{ period: 'year', value: 3 }] })
        await door.settled()
        const ask = async () => (await send(door, { host: own.hosts.staging, headers: caller.headers })).headers
        expect((await ask())['ratelimit-policy']).toBe(`"hits-year";q=3;w=${365 * 86_400 + (new Date().getUTCFullYear() % 4 === 0 ? 86_400 : 0)}`)
        await setLimit(ctx, { planId: caller.planId, metricId: own.hitsId, period: 'year', value: 50 })
        await door.settled()
        expect(await ask()).toMatchObject({ 'ratelimit-policy': '"product-window";q=5;w=600', ratelimit: expect.stringMatching(/^"product-window";r=3;t=(600|59\d)$/) })
      })
    })

    describe('end users', () => {
      let own: TestProduct
      let one: TestApplication
      let two: TestApplication
      let userPlan: bigint
      const ask = async (caller: TestApplication, user?: string) => (await send(door, { host: own.hosts.staging, headers: [...caller.headers, ...(user === undefined ? [] : ([['X-End-User', user]] as [string, string][]))] })).status

      beforeAll(async () => {
        await setFeature(ctx, { feature: 'endUserPlans', on: true })
      })
      beforeEach(async () => {
        own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers' })
        one = await makeApplication(ctx, own)
        two = await makeApplication(ctx, own)
        userPlan = await makeEndUserPlan(ctx, own, [{ period: 'year', value: 2 }])
        await setDefaultPlan(ctx, { productId: own.id, kind: 'end_user', planId: userPlan })
        await own.set({ endUserRegistrationRequired: false })
        await door.settled()
      })

      it('USE-7 an end user is registered on first sight, and limited together over all applications of the product', async () => {
        expect([await ask(one, 'anna'), await ask(two, 'anna'), await ask(one, 'anna'), await ask(one, 'berta'), await ask(one)]).toEqual([200, 200, 429, 200, 200])
        expect(await ctx.db.endUser.count({ where: { productId: own.id, registered: 'first_sight' } })).toBe(2)
      })

      it('USE-7 kept per application where the product says so', async () => {
        await own.set({ endUserCounters: 'per_application' })
        await door.settled()
        expect([await ask(one, 'anna'), await ask(one, 'anna'), await ask(one, 'anna'), await ask(two, 'anna')]).toEqual([200, 200, 429, 200])
      })

      it('USE-7 the application’s limit and the user’s must both hold, and neither is taken without the other', async () => {
        await addLimits(ctx, { planId: one.planId, metricId: own.hitsId, limits: [{ period: 'year', value: 3 }] })
        await door.settled()
        expect([await ask(one, 'anna'), await ask(one, 'anna'), await ask(one, 'anna'), await ask(one, 'berta'), await ask(one, 'berta')]).toEqual([200, 200, 429, 200, 429])
      })

      it('USE-7 with registration required only registered users pass; a suspended one does not', async () => {
        await own.set({ endUserRegistrationRequired: true })
        const { id } = await createEndUser(ctx, { productId: own.id, externalId: 'josé', planId: userPlan })
        await door.settled()
        const inBytes = Buffer.from('josé').toString('latin1')
        expect([await ask(one, 'stranger'), await ask(one, inBytes)]).toEqual([403, 200])
        await suspendEndUser(ctx, { endUserId: id })
        await door.settled()
        expect(await ask(one, inBytes)).toBe(403)
        expect(await ctx.db.endUser.count({ where: { productId: own.id } })).toBe(1)
      })

      it('USE-7 ids are at most 255 characters, and users seen first are capped: then 429', async () => {
        await own.set({ endUsersMax: 2 })
        await door.settled()
        expect([await ask(one, 'x'.repeat(256)), await ask(one, 'x'.repeat(255)), await ask(one, 'b'), await ask(one, 'c'), await ask(one, 'b')]).toEqual([403, 200, 200, 429, 200])
        expect(await ctx.db.endUser.count({ where: { productId: own.id } })).toBe(2)
      })

      it('USE-7 many first calls at once do not pass the cap', async () => {
        await own.set({ endUsersMax: 5 })
        await door.settled()
        const statuses = await Promise.all(Array.from({ length: 30 }, (_, i) => ask(i % 2 ? one : two, `user-${i}`)))
        expect(statuses.filter((status) => status === 200)).toHaveLength(5)
        expect(statuses.filter((status) => status === 429)).toHaveLength(25)
        expect(await ctx.db.endUser.count({ where: { productId: own.id } })).toBe(5)
      })

      it('USE-7 a user’s own limit holds in the place of the plan’s, another beside it, within a second', async () => {
        const { id } = await createEndUser(ctx, { productId: own.id, externalId: 'anna', planId: userPlan })
        await door.settled()
        expect([await ask(one, 'anna'), await ask(two, 'anna'), await ask(one, 'anna')]).toEqual([200, 200, 429])
        await setEndUserLimits(ctx, { endUserId: id, limits: [{ metricId: own.hitsId, period: 'year', value: 4 }] })
        await door.settled()
        expect([await ask(one, 'anna'), await ask(two, 'anna'), await ask(one, 'anna')]).toEqual([200, 200, 429])
        await setEndUserLimits(ctx, { endUserId: id, limits: [{ metricId: own.hitsId, period: 'year', value: 10 }, { metricId: own.hitsId, period: 'eternity', value: 5 }] })
        await door.settled()
        expect([await ask(one, 'berta'), await ask(one, 'berta'), await ask(one, 'berta')]).toEqual([200, 200, 429])
        const through: number[] = []
        for (let i = 0; i < 7; i++) through.push(await ask(one, 'anna'))
        expect(through.at(-1)).toBe(429)
        await setEndUserLimits(ctx, { endUserId: id, limits: [] })
        await door.settled()
        expect(await ask(one, 'anna')).toBe(429)
      })

      it('a plan that requires an end user refuses a call without one as authentication failed; without the feature the header means nothing', async () => {
        const strict = await makeApplication(ctx, own, { endUserRequired: true })
        await door.settled()
        expect([await ask(strict), await ask(strict, ''), await ask(strict, 'anna')]).toEqual([403, 403, 200])
        await setFeature(ctx, { feature: 'endUserPlans', on: false })
        await door.settled()
        expect([await ask(strict), await ask(one, 'x'.repeat(256))]).toEqual([200, 200])
        await setFeature(ctx, { feature: 'endUserPlans', on: true })
        await door.settled()
      })
    })

    describe('what the upstream gets', () => {
      it('GW-4 all the caller sent but what belongs to the hop or to us', async () => {
        const answer = await call({
          method: 'POST',
          path: '/things?a=1',
          body: 'body bytes',
          headers: [
            ...app.headers,
            ['Accept', 'text/x'], ['Cookie', 'a=b'], ['X-Custom', 'kept'], ['Content-Type', 'text/x'],
            ['Connection', 'X-3scale-proxy-secret-token, X-Named, close'], ['X-Named', 'gone'], ['Keep-Alive', 'timeout=9'], ['Proxy-Authorization', 'x'], ['Proxy-Connection', 'x'],
            ['TE', 'trailers'], ['Forwarded', 'for=6.6.6.6'], ['X-Forwarded-For', '6.6.6.6'], ['X-Forwarded-Host', 'evil'], ['X-Forwarded-Proto', 'gopher'], ['X-Forwarded-Anything', 'x'], ['X-Real-IP', '6.6.6.6'],
            ['X-3scale-proxy-secret-token', 'stolen'], ['X_3scale_proxy_secret_token', 'stolen'], ['x_forwarded_for', '6.6.6.6'], ['X-Request-Id', 'mine'], ['X-3scale-Debug', 'x'], ['Via', '1.0 someone'],
          ],
        })
        const { secretTokenCipher } = await ctx.db.product.findUniqueOrThrow({ where: { id: product.id } })
        const got = upstreamHeaders(answer)
        const values = (name: string) => got.filter(([each]) => each === name).map(([, value]) => value)
        expect(values('x-custom')).toEqual(['kept'])
        expect([values('accept'), values('cookie'), values('user_key'), values('content-type')]).toEqual([['text/x'], ['a=b'], [app.userKey], ['text/x']])
        for (const gone of ['x-named', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'forwarded', 'x-forwarded-anything', 'x_3scale_proxy_secret_token', 'x_forwarded_for', 'x-3scale-debug', 'expect', 'upgrade', 'transfer-encoding'])
          expect([gone, values(gone)]).toEqual([gone, []])
        expect(values('x-3scale-proxy-secret-token')).toEqual([openSecretToken(ctx.tenant.id, product.id, secretTokenCipher)])
        expect(values('host')).toEqual([new URL(upstream.url).host])
        expect(values('x-forwarded-host')).toEqual([product.hosts.staging])
        expect(values('x-forwarded-proto')).toEqual(['http'])
        expect(values('x-forwarded-for').join()).not.toContain('6.6.6.6')
        expect(values('x-real-ip').join()).not.toContain('6.6.6.6')
        expect(values('via')).toEqual(['1.0 someone, 1.1 gatehouse'])
        expect(values('x-request-id')).toEqual([answer.headers['x-request-id']])
        expect(values('content-length')).toEqual(['10'])
        expect(echoOf(answer)).toMatchObject({ method: 'POST', url: '/things?a=1', body: 'body bytes' })
      })

      it('the base path of the private base URL comes first, the host header can be another', async () => {
        const own = await makeProduct(ctx, `${upstream.url}/base/v2`, { credentialsLocation: 'headers', hostHeader: 'api.internal:8443' })
        const caller = await makeApplication(ctx, own)
        await door.settled()
        const answer = await send(door, { host: own.hosts.staging, path: '/x?y=z', headers: caller.headers })
        expect(echoOf(answer).url).toBe('/base/v2/x?y=z')
        expect(upstreamHeaders(answer).filter(([header]) => header === 'host')).toEqual([['host', 'api.internal:8443']])
      })

      it.runIf(traits.exactTarget)('GW-3 the path that was matched is the path that is sent; the query is untouched', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', rules: [{ pattern: '/open' }, { pattern: '/enc%2Foded$' }] })
        const caller = await makeApplication(ctx, own)
        await door.settled()
        const ask = (path: string) => send(door, { host: own.hosts.staging, path, headers: caller.headers })
        expect(echoOf(await ask('/secret/../open/./x')).url).toBe('/open/x')
        expect((await ask('/open/../secret')).status).toBe(404)
        expect(echoOf(await ask('/open//x/%2F;a=b,c@d')).url).toBe('/open//x/%2F;a=b,c@d')
        // Behind the front door it is no path at all.
        expect([400, 404]).toContain((await ask('//open')).status)
        expect(echoOf(await ask('/enc%2Foded')).url).toBe('/enc%2Foded')
        expect((await ask('/enc/oded')).status).toBe(404)
        expect(echoOf(await ask('/open?b=2&a=%20+1&b=1&&c')).url).toBe('/open?b=2&a=%20+1&b=1&&c')
        for (const bad of ['/open/%2e%2e/secret', '/open/%zz', '/open/%00', '/open\\x']) expect([bad, (await ask(bad)).status]).toEqual([bad, 400])
      })

      it('a body in chunks arrives whole; one without length keeps none', async () => {
        const answer = await call({ method: 'POST', body: Readable.from([Buffer.from('one '), Buffer.from('two')]) })
        expect(echoOf(answer).body).toBe('one two')
        expect(upstreamHeaders(answer).filter(([header]) => header === 'content-length')).toEqual([])
        expect(upstreamHeaders(answer).filter(([header]) => header === 'transfer-encoding')).toEqual([['transfer-encoding', 'chunked']])
      })

      it('HTTP-5 a body over the product’s ceiling is 413, announced or not', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', bodyBytesMax: 100_000 })
        const caller = await makeApplication(ctx, own)
        await door.settled()
        // Whoever is still sending when the connection ends may hear of that first; behind server.ts the answer arrives (gateway-failures.test.ts).
        const closed = (error: NodeJS.ErrnoException) => ({ status: error.code === 'EPIPE' || error.code === 'ECONNRESET' ? 413 : 0 })
        const ask = (body: Buffer | Readable) => send(door, { host: own.hosts.staging, method: 'POST', headers: caller.headers, body }).catch(closed)
        expect((await ask(Buffer.alloc(100_000))).status).toBe(200)
        upstream.seen = []
        expect((await ask(Buffer.alloc(100_001))).status).toBe(413)
        expect(upstream.seen).toEqual([])
        expect((await ask(Readable.from([Buffer.alloc(60_000), Buffer.alloc(60_000)]))).status).toBe(413)
      })
    })

    describe('what the caller gets', () => {
      it('GW-5 the upstream’s answer without what belongs to the hop or to other hosts', async () => {
        upstream.answer = (_, response) => {
          response.writeHead(418, [
            'Content-Type', 'text/x', 'X-Custom', 'kept', 'Set-Cookie', 'a=b; Domain=gw.localhost; Path=/; Secure', 'Set-Cookie', 'c=d; domain=.x ;HttpOnly', 'Alt-Svc', 'h3=":443"', 'Clear-Site-Data', '"*"',
            'Connection', 'keep-alive, X-Named', 'X-Named', 'gone', 'Proxy-Authenticate', 'x', 'X-Request-Id', 'theirs', 'X-3scale-proxy-secret-token', 'echoed', 'ETag', '"1"', 'Content-Length', '5',
          ])
          response.end('hello')
        }
        const { status, headers, body } = await call()
        expect([status, body, headers['content-type'], headers['x-custom'], headers.etag, headers['content-length']]).toEqual([418, 'hello', 'text/x', 'kept', '"1"', '5'])
        expect(headers['set-cookie']).toEqual(['a=b; Path=/; Secure', 'c=d;HttpOnly'])
        for (const gone of ['alt-svc', 'clear-site-data', 'x-named', 'proxy-authenticate', 'x-3scale-proxy-secret-token']) expect([gone, headers[gone]]).toEqual([gone, undefined])
        expect(headers['x-request-id']).toMatch(/^[0-9A-Za-z]{22}$/)
      })

      it('GW-5 redirects are passed on, interim answers are not, and answers without a body stay without', async () => {
        upstream.answer = (request, response) => {
          response.writeEarlyHints({ link: '</a.css>; rel=preload' })
          if (request.url === '/any/302') response.writeHead(302, { location: 'http://elsewhere.example/' }).end()
          else if (request.url === '/any/304') response.writeHead(304, { etag: '"x"' }).end()
          else response.writeHead(204).end()
        }
        expect(await call({ path: '/any/302' })).toMatchObject({ status: 302, headers: { location: 'http://elsewhere.example/' } })
        expect(await call({ path: '/any/304' })).toMatchObject({ status: 304, body: '' })
        expect(await call({ path: '/any/204' })).toMatchObject({ status: 204, body: '' })
        upstream.answer = (_, response) => response.writeHead(200, { 'content-length': '1234' }).end()
        expect(await call({ method: 'HEAD', path: '/any' })).toMatchObject({ status: 200, body: '', headers: { 'content-length': '1234' } })
      })

      it.each([
        ['both lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
        ['a space in a header name', 'HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n'],
        ['a NUL in a header', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n'],
        ['a header block over 32 KB', `HTTP/1.1 200 OK\r\n${Array.from({ length: 40 }, (_, i) => `X-${i}: ${'x'.repeat(1000)}\r\n`).join('')}Content-Length: 0\r\n\r\n`],
        ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
      ])('GW-5 an upstream that answers with %s is 502', async (_, bytes) => {
        const raw = await startRawUpstream((socket) => socket.end(Buffer.from(bytes, 'latin1')))
        try {
          const own = await makeProduct(ctx, raw.url, { credentialsLocation: 'headers' })
          const caller = await makeApplication(ctx, own)
          await door.settled()
          const answer = await send(door, { host: own.hosts.staging, headers: caller.headers })
          expect([answer.status, code(answer)]).toEqual([502, 'upstream_bad_response'])
        } finally {
          await raw.close()
        }
      })
    })

    describe('streaming', () => {
      it('GW-6 streams both ways: the first bytes arrive while the rest is not there yet', async () => {
        upstream.answer = (request, response) => {
          response.writeHead(200).write('first ')
          request.resume().on('end', () => response.end('last'))
        }
        const body = new Readable({ read() {} })
        body.push('some')
        const { body: answer } = await door.open({ host: product.hosts.staging, method: 'POST', path: '/any', headers: app.headers, body })
        const reader = answer[Symbol.asyncIterator]()
        expect(Buffer.from((await reader.next()).value).toString()).toBe('first ')
        body.push(null)
        expect(Buffer.from((await reader.next()).value).toString()).toBe('last')
      })

      it('GW-6 a caller who does not read holds the upstream back', async () => {
        let sent = 0
        let full = false
        upstream.answer = (_, response) => {
          const chunk = Buffer.alloc(64 * 1024)
          const pump = () => {
            while (sent < 64 * 1024 * 1024) {
              sent += chunk.length
              if (!response.write(chunk)) {
                full = true
                return void response.once('drain', pump)
              }
            }
            response.end()
          }
          pump()
        }
        const { body } = await door.open({ host: product.hosts.staging, path: '/any', headers: app.headers })
        // Until nothing moves any more: every buffer between the two is full.
        for (let before = -1; !full || before !== sent; ) {
          before = sent
          await sleep(150)
        }
        expect(sent).toBeLessThan(32 * 1024 * 1024)
        let received = 0
        for await (const chunk of body) received += chunk.length
        expect(received).toBe(64 * 1024 * 1024)
      })

      it('GW-6 a large body goes up whole', async () => {
        const own = await makeProduct(ctx, upstream.url, { credentialsLocation: 'headers', bodyBytesMax: 100 * 1024 * 1024 })
        const caller = await makeApplication(ctx, own)
        await door.settled()
        upstream.answer = (request, response) => {
          let bytes = 0
          request.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('end', () => response.end(String(bytes)))
        }
        const chunk = Buffer.alloc(256 * 1024)
        const body = Readable.from(Array.from({ length: 64 }, () => chunk))
        expect((await send(door, { host: own.hosts.staging, method: 'PUT', headers: caller.headers, body })).body).toBe(String(16 * 1024 * 1024))
      })

      it('GW-6 a caller who goes away takes the call to the upstream along', async () => {
        const stop = new AbortController()
        let ended!: () => void
        const upstreamClosed = new Promise<void>((resolve) => (ended = resolve))
        const arrived = new Promise<void>((resolve) => {
          upstream.answer = (_, response) => {
            response.writeHead(200).write('first')
            response.on('close', ended)
            resolve()
          }
        })
        const { body } = await door.open({ host: product.hosts.staging, path: '/any', headers: app.headers, signal: stop.signal })
        await arrived
        const reader = body[Symbol.asyncIterator]()
        await reader.next()
        stop.abort()
        // The reader may be told, too; what counts is that the upstream is.
        await reader.return?.().catch(() => {})
        await upstreamClosed
      })

      it('GW-6 an upstream that dies in the middle of its answer does not leave one that looks complete', async () => {
        upstream.answer = (_, response) => {
          response.writeHead(200).write('first')
          setTimeout(() => response.destroy(), 50)
        }
        await expect(call({ path: '/any' })).rejects.toThrow()
        upstream.answer = (_, response) => {
          response.writeHead(200, { 'content-length': '100' }).write('first')
          setTimeout(() => response.destroy(), 50)
        }
        await expect(call({ path: '/any' })).rejects.toThrow()
      })
    })

    describe('upstream failures', () => {
      const against = async (url: string, columns: Parameters<typeof makeProduct>[2] = {}) => {
        const own = await makeProduct(ctx, url, { credentialsLocation: 'headers', ...columns })
        const caller = await makeApplication(ctx, own)
        await door.settled()
        return (request: Partial<DoorRequest> = {}) => send(door, { host: own.hosts.staging, headers: caller.headers, ...request })
      }

      it('GW-7 refused is 502, reset before an answer is 502', async () => {
        const gone = await startRawUpstream(() => {})
        await gone.close()
        const refused = await (await against(gone.url))()
        expect([refused.status, code(refused)]).toEqual([502, 'upstream_unreachable'])
        const raw = await startRawUpstream((socket) => socket.resetAndDestroy())
        const reset = await (await against(raw.url))()
        expect([reset.status, code(reset)]).toEqual([502, 'upstream_unreachable'])
        await raw.close()
      })

      it('GW-7 no first byte, silence in the middle, and an answer that takes too long in all', async () => {
        const raw = await startRawUpstream((socket) => {
          if (raw.mode === 'trickle') {
            socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')
            const timer = setInterval(() => socket.write('x'), 50)
            socket.on('close', () => clearInterval(timer))
          } else if (raw.mode === 'pause') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx')
        }).then((started) => ({ ...started, mode: 'silent' }))
        // One short patience each: on a busy machine the first byte of the others comes late as well.
        const silent = await (await against(raw.url, { firstByteTimeoutMs: 200 }))()
        expect([silent.status, code(silent)]).toEqual([504, 'upstream_timed_out'])
        raw.mode = 'pause'
        await expect((await against(raw.url, { idleTimeoutMs: 200 }))()).rejects.toThrow()
        raw.mode = 'trickle'
        await expect((await against(raw.url, { totalTimeoutMs: 1_500 }))()).rejects.toThrow()
        await raw.close()
      })

      it('GW-7 more calls than the product may have under way are 503 after a short wait, and others are served meanwhile', async () => {
        upstream.answer = (request, response) => {
          if (request.url !== '/hang') response.end('ok')
        }
        const stop = new AbortController()
        const ask = await against(upstream.url, { concurrencyMax: 3 })
        const hanging = Array.from({ length: 3 }, () => ask({ path: '/hang', signal: stop.signal }).catch(() => null))
        while (upstream.seen.length < 3) await sleep(10)
        const answer = await ask()
        expect([answer.status, code(answer), answer.headers['retry-after']]).toEqual([503, 'upstream_busy', '1'])
        expect((await call({ path: '/any' })).status).toBe(200)
        stop.abort()
        await Promise.all(hanging)
        await expect.poll(async () => (await ask()).status).toBe(200)
      })

      it('GW-8 a call that has been here more than three times is a loop: 508', async () => {
        const via = (times: number): [string, string][] => [...app.headers, ['Via', Array.from({ length: times }, () => '1.1 gatehouse').join(', ')]]
        expect((await call({ headers: via(3) })).status).toBe(200)
        const looped = await call({ headers: via(4) })
        expect([looped.status, code(looped)]).toEqual([508, 'loop_detected'])
      })

      it('GW-8 EG-6 our own hosts and addresses outside what the installation opens are no upstream', async () => {
        for (const url of [`http://${product.hosts.staging}:1`, 'http://10.255.255.1:81', 'http://169.254.169.254:8080', 'http://[::1]:9999']) {
          const answer = await (await against(url))()
          expect([url, answer.status, code(answer)]).toEqual([url, 502, 'upstream_not_allowed'])
          expect(answer.body).not.toMatch(/10\.255|169\.254|::1/)
        }
      })
    })
  })
}

