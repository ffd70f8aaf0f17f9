import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resumeApplication, suspendApplication } from '@/lib/applications/change-application'
import { addAppKey, revokeCredential } from '@/lib/applications/change-credentials'
import { makeTenant } from '@/lib/db/test-database'
import { send } from '@/lib/gateway/doors.contract'
import type { Answer, DoorRequest } from '@/lib/gateway/doors.contract'
import { makeApplication, makeEndUserPlan } from '@/lib/gateway/product.fixture'
import type { TestApplication } from '@/lib/gateway/product.fixture'
import { newKey } from '@/lib/ids'
import { windowOf } from '@/lib/metering/periods'
import type { Period } from '@/lib/metering/periods'
import { createEndUser } from '@/lib/plans/create-end-user'
import { storeAccessToken } from '@/lib/oauth/tokens'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { setMethodEnabled } from '@/lib/plans/set-method-enabled'
import type { Ctx } from '@/lib/tenants/context'
import { rotateProviderKey } from '@/lib/tenants/provider-key'
import { setFeature } from '@/lib/tenants/set-feature'
import { deleteIntegrationErrors } from '@/lib/accounting/delete-integration-errors'
import { listIntegrationErrors } from '@/lib/accounting/queries'
import { HOST, makeService } from '@/lib/accounting/service.fixture'
import type { AccountingDoor, TestService } from '@/lib/accounting/service.fixture'

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

/** The one contract of both doors of the accounting API. `now`: where the door's clock stands still. */
export function describeAccounting(name: string, now: number, openDoor: () => Promise<AccountingDoor>): void {
  describe(`the accounting API, ${name}`, () => {
    let door: AccountingDoor
    let ctx: Ctx
    let other: Ctx
    let service: TestService
    let userKeys: TestService
    let oauth: TestService
    let app: TestApplication
    let byKey: TestApplication
    let client: TestApplication
    let providerKey: string

    beforeAll(async () => {
      ctx = await makeTenant()
      other = await makeTenant()
      door = await openDoor()
      service = await makeService(ctx)
      userKeys = await makeService(ctx, { mode: 'user_key' })
      oauth = await makeService(ctx, { mode: 'oauth' })
      app = await makeApplication(ctx, service)
      byKey = await makeApplication(ctx, userKeys)
      client = await makeApplication(ctx, oauth)
      await ctx.db.application.update({ where: { id: client.id }, data: { redirectUris: ['https://app.example/back?a=1&b=2'] } })
      providerKey = await rotateProviderKey(ctx)
      await door.settled()
    })
    afterAll(() => door?.close())

    const ask = (path: string, request: Partial<DoorRequest> = {}): Promise<Answer> => send(door, { host: HOST, path, ...request })
    const auth = (query: string, options?: string, endpoint = 'authorize.xml'): Promise<Answer> =>
      ask(`/transactions/${endpoint}?${query}`, options === undefined ? {} : { headers: [['3scale-options', options]] })
    const authrep = (query: string, options?: string) => auth(query, options, 'authrep.xml')
    const idOf = (one: TestApplication) => `app_id=${one.appId}&app_key=${one.appKey}`
    const report = (body: string, headers: [string, string][] = [], path = '/transactions.xml') =>
      ask(path, { method: 'POST', body, headers: [['Content-Type', 'application/x-www-form-urlencoded'], ...headers] })
    const errorsOf = async (of: TestService) => {
      await door.accounting.parts.errors.flush()
      return (await listIntegrationErrors(ctx, { productId: of.id, page: 1 })).errors
    }
    const errorText = (code: string, text: string) => `${DECLARATION}<error code="${code}">${text}</error>`
    const time = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000`
    const usageReport = (metric: string, period: Period, max: number, current: number) => {
      const { start, end } = windowOf(period, now)
      const window = end === null ? '' : `<period_start>${time(start)}</period_start><period_end>${time(end)}</period_end>`
      return `<usage_report metric="${metric}" period="${period}"${current > max ? ' exceeded="true"' : ''}>${window}<max_value>${max}</max_value><current_value>${current}</current_value></usage_report>`
    }
    const planOf = async (one: TestApplication) => (await ctx.db.plan.findUniqueOrThrow({ where: { id: one.planId } })).name
    /** The value an application's first limit has come to. */
    const current = async (of: TestService, one: TestApplication) => Number(/<current_value>(\d+)</.exec((await auth(`${of.auth}&${idOf(one)}`)).body)![1])

    describe('endpoints (4.1)', () => {
      it.each([
        ['GET', '/check.txt', 200, 'ok'],
        ['GET', '/status', 200, '{"status":"ok","version":{"backend":"3.4.3"}}'],
        ['HEAD', '/available', 200, ''],
        ['GET', '/', 404, ''],
        ['GET', '/transactions.xml', 404, ''],
        ['POST', '/transactions/authorize.xml', 404, ''],
        ['DELETE', '/transactions/authrep.xml', 404, ''],
        ['GET', '/transactions/authorise.xml', 404, ''],
        ['GET', '/transactions/authorize.txt', 404, ''],
        ['PUT', '/services/1/oauth_access_tokens.xml', 404, ''],
      ])('%s %s: %i', async (method, path, status, body) => {
        const answer = await ask(path, { method })
        expect([answer.status, answer.body]).toEqual([status, body])
        expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*', 'content-security-policy': "default-src 'self'" })
        expect(answer.headers['access-control-expose-headers']).toContain('ETag, Link, 3scale-rejection-reason')
      })

      it('OPTIONS anywhere is a preflight that lets everything through', async () => {
        const answer = await ask('/transactions/authrep.xml', { method: 'OPTIONS' })
        expect(answer).toMatchObject({ status: 204, body: '', headers: { 'access-control-max-age': '86400', 'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE' } })
        for (const header of ['Authorization', 'Content-Type', '3scale-options']) expect(answer.headers['access-control-allow-headers']).toContain(header)
      })

      it.each(['authorize', 'authorize.xml', 'authrep', 'authrep.xml'])('%s answers XML of 3scale’s type', async (endpoint) => {
        const answer = await auth(`${service.auth}&${idOf(app)}`, undefined, endpoint)
        expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([200, 'application/vnd.3scale-v2.0+xml', `${DECLARATION}<status><authorized>true</authorized><plan>${await planOf(app)}</plan></status>`])
      })

      it('.json says the same, denials and errors included', async () => {
        const limited = await makeApplication(ctx, service, { limits: [{ period: 'day', value: 0 }, { period: 'eternity', value: 9 }] })
        await door.settled()
        const { start, end } = windowOf('day', now)
        const denied = await auth(`${service.auth}&${idOf(limited)}&usage[hits]=1`, undefined, 'authrep.json')
        expect([denied.status, denied.headers['content-type']]).toEqual([409, 'application/json; charset=utf-8'])
        expect(JSON.parse(denied.body)).toEqual({
          status: {
            authorized: false,
            reason: 'usage limits are exceeded',
            rejection_reason: 'limits_exceeded',
            plan: await planOf(limited),
            usage_reports: [
              { metric: 'hits', period: 'day', period_start: time(start), period_end: time(end!), max_value: 0, current_value: 0, exceeded: false },
              { metric: 'hits', period: 'eternity', period_start: null, period_end: null, max_value: 9, current_value: 0, exceeded: false },
            ],
          },
        })
        expect(JSON.parse((await auth(`${service.auth}&${idOf(app)}`, undefined, 'authorize.json')).body)).toMatchObject({ status: { authorized: true, reason: null, usage_reports: [] } })
        const failed = await auth(`${service.auth}&app_id=nobody`, undefined, 'authorize.json')
        expect([failed.status, JSON.parse(failed.body)]).toEqual([404, { error: { code: 'application_not_found', message: 'application with id="nobody" was not found' } }])
      })
    })

    describe('credentials of the provider (4.2, 4.3)', () => {
      const table: [what: string, query: () => string, status: number, code: string, text: string | (() => string)][] = [
        ['nothing at all', () => '', 403, 'provider_key_or_service_token_required', 'Provider key or service token are required'],
        ['a blank token', () => `service_token=%20&service_id=${service.id}`, 403, 'provider_key_or_service_token_required', 'Provider key or service token are required'],
        ['a nested provider key', () => `provider_key[a]=1`, 403, 'provider_key_or_service_token_required', 'Provider key or service token are required'],
        ['a token without a service', () => `service_token=${service.serviceToken}`, 422, 'service_id_missing', 'Service ID is missing'],
        ['a token with a blank service', () => `service_token=${service.serviceToken}&service_id=+`, 422, 'service_id_missing', 'Service ID is missing'],
        ['an unknown token', () => `service_token=no&service_id=${service.id}`, 403, 'service_token_invalid', () => `service token "no" or service id "${service.id}" is invalid`],
        ['a token of another service', () => `service_token=${service.serviceToken}&service_id=${oauth.id}`, 403, 'service_token_invalid', () => `service token "${service.serviceToken}" or service id "${oauth.id}" is invalid`],
        ['an unknown service', () => `service_token=${service.serviceToken}&service_id=999999`, 403, 'service_token_invalid', () => `service token "${service.serviceToken}" or service id "999999" is invalid`],
        ['an unknown provider key alone', () => 'provider_key=no', 403, 'provider_key_invalid_or_service_missing', 'provider key "no" invalid and/or service ID missing'],
        ['an unknown provider key with a service', () => `provider_key=no&service_id=${service.id}`, 403, 'provider_key_invalid', 'provider key "no" is invalid'],
        ['a provider key with blanks around it', () => `provider_key=%20${providerKey}&service_id=${service.id}`, 403, 'provider_key_invalid', () => `provider key " ${providerKey}" is invalid`],
        ['a provider key with an unknown service', () => `provider_key=${providerKey}&service_id=999999`, 403, 'service_id_invalid', 'service id "999999" is invalid'],
        ['a provider key beats a right token', () => `provider_key=no&${service.auth}`, 403, 'provider_key_invalid', 'provider key "no" is invalid'],
      ]
      it.each(table)('%s', async (_, query, status, code, text) => {
        const answer = await auth(`${query()}&${idOf(app)}`)
        expect([answer.status, answer.body]).toEqual([status, errorText(code, (typeof text === 'string' ? text : text()).replaceAll('"', '&quot;'))])
      })

      it('a provider key opens its own services, without an id the default one, and nobody else’s', async () => {
        expect((await auth(`provider_key=${providerKey}&service_id=${service.id}&${idOf(app)}`)).status).toBe(200)
        expect((await auth(`provider_key=${providerKey}&service_id=name-${service.id}&${idOf(app)}`)).status).toBe(200)
        expect((await auth(`provider_key=${providerKey}&service_id=&service_token=x&${idOf(app)}`)).status).toBe(200)
        const foreign = await makeService(other)
        await door.settled()
        const answer = await auth(`provider_key=${providerKey}&service_id=${foreign.id}&app_id=x`)
        expect(answer.body).toBe(errorText('service_id_invalid', `service id &quot;${foreign.id}&quot; is invalid`))
        expect((await auth(`${foreign.auth}&${idOf(app)}`)).status).toBe(404)
      })

      it('KEY-4 a rotated provider key is refused as soon as the change is heard of', async () => {
        const own = await makeTenant()
        const product = await makeService(own)
        const caller = await makeApplication(own, product)
        const old = await rotateProviderKey(own)
        await door.settled()
        expect((await auth(`provider_key=${old}&${idOf(caller)}`)).status).toBe(200)
        const fresh = await rotateProviderKey(own)
        await door.settled()
        expect((await auth(`provider_key=${old}&${idOf(caller)}`)).status).toBe(403)
        expect((await auth(`provider_key=${fresh}&${idOf(caller)}`)).status).toBe(200)
      })
    })

    describe('order and errors of an auth call (4.3, 4.4)', () => {
      const table: [what: string, query: () => string, status: number, code: string, text: string | (() => string)][] = [
        ['a value that is no UTF-8 comes before missing credentials', () => 'app_id=%ff', 422, 'not_valid_data', 'all data must be valid UTF8'],
        ['a nested name that is no UTF-8', () => `${service.auth}&usage[%c3%28]=1`, 422, 'not_valid_data', 'all data must be valid UTF8'],
        ['a user_id, even an empty one', () => `${service.auth}&${idOf(app)}&user_id=`, 400, 'end_users_no_longer_supported', 'End-users are no longer supported, do not specify the user_id parameter'],
        ['a user_id comes before an unknown provider key', () => `provider_key=no&service_id=${service.id}&user_id=x`, 400, 'end_users_no_longer_supported', 'End-users are no longer supported, do not specify the user_id parameter'],
        ['names that contradict each other', () => `${service.auth}&usage[]=1&usage[hits]=1`, 400, 'bad_request', 'request contains syntax errors, should not be repeated without modification'],
        ['a broken escape', () => `${service.auth}&app_id=%zz`, 400, 'bad_request', 'Invalid query parameters: invalid %-encoding'],
        ['both app_id and user_key', () => `${service.auth}&${idOf(app)}&user_key=x`, 403, 'authentication_error', 'either app_id or user_key is allowed, not both'],
        ['an unknown user key', () => `${userKeys.auth}&user_key=nobody`, 403, 'user_key_invalid', 'user key "nobody" is invalid'],
        ['a user key of another service', () => `${userKeys.auth}&user_key=${app.userKey}`, 403, 'user_key_invalid', () => `user key "${app.userKey}" is invalid`],
        ['no user key', () => `${userKeys.auth}`, 403, 'user_key_invalid', 'user key is missing'],
        ['with user keys an app_id is no identity', () => `${userKeys.auth}&app_id=${byKey.appId}`, 403, 'user_key_invalid', 'user key is missing'],
        ['a blank user key', () => `${userKeys.auth}&user_key=%20%20`, 403, 'user_key_invalid', 'user key is missing'],
        ['an unknown application', () => `${service.auth}&app_id=nobody`, 404, 'application_not_found', 'application with id="nobody" was not found'],
        ['an application of another service', () => `${service.auth}&app_id=${byKey.appId}`, 404, 'application_not_found', () => `application with id="${byKey.appId}" was not found`],
        ['an app_id with blanks around it', () => `${service.auth}&app_id=%20${app.appId}`, 404, 'application_not_found', () => `application with id=" ${app.appId}" was not found`],
        ['no application', () => `${service.auth}`, 404, 'application_not_found', 'application id is missing'],
        ['a nested app_id', () => `${service.auth}&app_id[a]=1`, 404, 'application_not_found', 'application id is missing'],
        ['an unknown metric', () => `${service.auth}&${idOf(app)}&usage[nope]=1`, 404, 'metric_invalid', 'metric "nope" is invalid'],
        ...['-1', '1.5', 'x', '%23', '%23%23%203', '%23%233', '-%235', '%23-5', '%23.0', '99999999999999999999'].map(
          (value): [string, () => string, number, string, string] => [`the usage value ${value}`, () => `${service.auth}&${idOf(app)}&usage[hits]=${value}`, 403, 'usage_value_invalid', `usage value "${decodeURIComponent(value)}" for metric "hits" is invalid`],
        ),
        ['an empty usage value', () => `${service.auth}&${idOf(app)}&usage[hits]=`, 403, 'usage_value_invalid', 'usage value for metric "hits" can not be empty'],
        ['a blank usage value', () => `${service.auth}&${idOf(app)}&usage[hits]=%20`, 403, 'usage_value_invalid', 'usage value for metric "hits" can not be empty'],
      ]
      it.each(table)('%s', async (_, query, status, code, text) => {
        for (const endpoint of ['authorize.xml', 'authrep.xml']) {
          const answer = await auth(query(), undefined, endpoint)
          expect([answer.status, answer.body]).toEqual([status, errorText(code, (typeof text === 'string' ? text : text()).replaceAll('"', '&quot;'))])
        }
      })

      it.each(['usage=', 'usage=1001', 'usage[]=1'])('%s is no list of metrics: 403 without a word, before the service is looked at', async (usage) => {
        for (const caller of [service.auth, 'provider_key=nobody&service_id=1']) expect(await auth(`${caller}&${usage}`)).toMatchObject({ status: 403, body: '' })
      })

      it('parameters may be percent-encoded, values and names have blanks around them', async () => {
        for (const usage of ['usage%5Bhits%5D=1', 'usage[%20hits%20]=%201%20', 'usage%5bhits%5d=+1']) expect((await auth(`${service.auth}&${idOf(app)}&${usage}`)).status).toBe(200)
      })

      it('nothing beyond 4096 parameters is read', async () => {
        const body = `${service.auth}&${'a=1&'.repeat(4095)}`
        expect((await report(body)).body).toBe(errorText('bad_request', 'total number of query parameters (4098) exceeds limit (4096)'))
        expect((await report(`${service.auth}&${'a=1&'.repeat(4000)}`)).body).toBe(errorText('transactions_is_blank', 'transactions parameter is blank'))
      })

      it('in JSON, too many values are refused, empty ones as well', async () => {
        const body = JSON.stringify({ service_token: service.serviceToken, service_id: Number(service.id), transactions: Array.from({ length: 5_000 }, () => ({})) })
        const answer = await ask('/transactions.json', { method: 'POST', body, headers: [['Content-Type', 'application/json'], ['Prefer', 'handling=lenient']] })
        expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('exceeds limit (4096)')])
      })

      it('nothing beyond 4 MiB is read', async () => {
        const answer = await report(`${service.auth}&x=${'x'.repeat(4 * 1024 * 1024)}`)
        expect([answer.status, answer.body]).toEqual([400, errorText('bad_request', 'total query size exceeds limit (4194304)')])
      })

      it('everything in an answer is escaped', async () => {
        const answer = await auth(`${service.auth}&app_id=${encodeURIComponent('<a href="x">&\'</a>\u0001')}`)
        expect(answer.body).toBe(errorText('application_not_found', 'application with id=&quot;&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;\ufffd&quot; was not found'))
      })
    })

    describe('denials (4.5)', () => {
      const denial = async (answer: Answer) => [answer.status, answer.headers['3scale-rejection-reason'], /<reason>(.*)<\/reason>/.exec(answer.body)?.[1]]
      const REASON = 'rejection_reason_header=1'

      it('keys: a missing, an empty, a wrong one; blanks around a right one do no harm; without keys none is asked for', async () => {
        const denied = async (query: string) => denial(await auth(`${service.auth}&app_id=${app.appId}${query}`, REASON))
        expect(await denied('')).toEqual([409, 'application_key_invalid', 'application key is missing'])
        expect(await denied('&app_key=')).toEqual([409, 'application_key_invalid', 'application key is missing'])
        expect(await denied('&app_key=a"<b')).toEqual([409, 'application_key_invalid', 'application key &quot;a&quot;&lt;b&quot; is invalid'])
        expect((await auth(`${service.auth}&app_id=${app.appId}&app_key=%20${app.appKey}%20`)).status).toBe(200)
        const bare = await makeApplication(ctx, service)
        for (const { id } of await ctx.db.credential.findMany({ where: { applicationId: bare.id, kind: 'app_key' } })) await ctx.db.credential.update({ where: { id }, data: { revokedAt: new Date() } })
        await door.settled()
        for (const query of ['', '&app_key=whatever']) expect((await auth(`${service.auth}&app_id=${bare.appId}${query}`)).status).toBe(200)
      })

      it('with user keys an app_key is not looked at', async () => {
        expect((await auth(`${userKeys.auth}&user_key=${byKey.userKey}&app_key=wrong`)).status).toBe(200)
      })

      it('KEY-4 a key that is added works, one that is revoked or whose time is up does not', async () => {
        const own = await makeApplication(ctx, service)
        const { key } = await addAppKey(ctx, { applicationId: own.id })
        await door.settled()
        expect((await auth(`${service.auth}&app_id=${own.appId}&app_key=${key}`)).status).toBe(200)
        expect((await auth(`${service.auth}&${idOf(own)}`)).status).toBe(200)
        const [first, second] = await ctx.db.credential.findMany({ where: { applicationId: own.id, kind: 'app_key' }, orderBy: { id: 'asc' } })
        await revokeCredential(ctx, { credentialId: first!.id })
        await door.settled()
        expect((await auth(`${service.auth}&${idOf(own)}`)).status).toBe(409)
        await ctx.db.credential.update({ where: { id: second!.id }, data: { expiresAt: new Date(now) } })
        await suspendApplication(ctx, { applicationId: own.id })
        await resumeApplication(ctx, { applicationId: own.id })
        await door.settled()
        // The last one is over: an application without keys asks for none.
        expect((await auth(`${service.auth}&app_id=${own.appId}`)).status).toBe(200)
      })

      it('referrers: only where the service asks and the application has filters', async () => {
        const strict = await makeService(ctx, { referrerFiltersRequired: true })
        const open = await makeApplication(ctx, strict)
        const own = await makeApplication(ctx, strict)
        await ctx.db.application.update({ where: { id: own.id }, data: { referrerFilters: ['*.example.org'] } })
        await door.settled()
        const denied = async (query: string) => denial(await auth(`${strict.auth}&${idOf(own)}${query}`, REASON))
        expect(await denied('')).toEqual([409, 'referrer_not_allowed', 'referrer is missing'])
        expect(await denied('&referrer=example.org')).toEqual([409, 'referrer_not_allowed', 'referrer &quot;example.org&quot; is not allowed'])
        for (const allowed of ['&referrer=a.example.org', '&referrer=*']) expect((await auth(`${strict.auth}&${idOf(own)}${allowed}`)).status).toBe(200)
        expect((await auth(`${strict.auth}&${idOf(open)}`)).status).toBe(200)
      })

      it('states: the application, its account, the service; the first fault wins', async () => {
        const own = await makeService(ctx)
        const caller = await makeApplication(ctx, own, { limits: [{ period: 'day', value: 0 }] })
        await suspendApplication(ctx, { applicationId: caller.id })
        await door.settled()
        const denied = async (query: string) => denial(await auth(`${own.auth}&${query}&usage[hits]=1`, REASON))
        expect(await denied(idOf(caller))).toEqual([409, 'application_not_active', 'application is not active'])
        expect((await denied(`app_id=${caller.appId}`))[1]).toBe('application_key_invalid')
        await resumeApplication(ctx, { applicationId: caller.id })
        await own.set({ state: 'suspended' })
        await door.settled()
        expect(await denied(idOf(caller))).toEqual([409, 'service_not_active', 'service is not active'])
        await own.set({ state: 'active' })
        await door.settled()
        expect(await denied(idOf(caller))).toEqual([409, 'limits_exceeded', 'usage limits are exceeded'])
      })

      it('faults of metrics and values surface behind those of keys; with no_body unknown metrics come first', async () => {
        const query = `${service.auth}&app_id=${app.appId}&usage[nope]=1`
        expect((await auth(query)).status).toBe(409)
        expect(await auth(query, 'no_body=1')).toMatchObject({ status: 404, body: '' })
      })

      it('a denied answer still has plan and reports', async () => {
        const limited = await makeApplication(ctx, service, { limits: [{ period: 'year', value: 3 }] })
        await door.settled()
        expect((await auth(`${service.auth}&app_id=${limited.appId}`)).body).toBe(
          `${DECLARATION}<status><authorized>false</authorized><reason>application key is missing</reason><plan>${await planOf(limited)}</plan><usage_reports>${usageReport('hits', 'year', 3, 0)}</usage_reports></status>`,
        )
      })

      describe('OAuth endpoints', () => {
        const ask = (query: string, of = oauth) => auth(`${of.auth}&${query}`, REASON, 'oauth_authorize.xml')
        it('the answer names the application, its first key and its redirect address', async () => {
          const xml = (element: string) =>
            `${DECLARATION}<status><authorized>true</authorized><application><id>${client.appId}</id><key>${client.appKey}</key><${element}>https://app.example/back?a=1&amp;b=2</${element}></application><plan>${planName}</plan></status>`
          const planName = await planOf(client)
          expect((await ask(`app_id=${client.appId}`)).body).toBe(xml('redirect_url'))
          const uri = encodeURIComponent('https://app.example/back?a=1&b=2')
          expect((await ask(`app_id=${client.appId}&redirect_uri=${uri}`)).body).toBe(xml('redirect_uri'))
          expect((await ask(`app_id=${client.appId}&redirect_url=${uri}&redirect_uri=nonsense`)).body).toBe(xml('redirect_url'))
        })

        it.each([
          ['no key', '', 200, null],
          ['the right key', () => `&app_key=${client.appKey}`, 200, null],
          ['an empty key', '&app_key=', 409, ['application_key_invalid', 'application key is missing']],
          ['a wrong key', '&app_key=x', 409, ['application_key_invalid', 'application key &quot;x&quot; is invalid']],
          ['an empty redirect address', '&redirect_url=', 200, null],
          ['another redirect_url', '&redirect_url=https://evil.example', 409, ['redirect_url_invalid', 'redirect_url &quot;https://evil.example&quot; is invalid']],
          ['another redirect_uri', '&redirect_uri=https://evil.example', 409, ['redirect_uri_invalid', 'redirect_uri &quot;https://evil.example&quot; is invalid']],
          ['a key fault comes before a redirect fault', '&app_key=x&redirect_uri=y', 409, ['application_key_invalid', 'application key &quot;x&quot; is invalid']],
        ] as const)('%s', async (_, query, status, reason) => {
          const answer = await ask(`app_id=${client.appId}${typeof query === 'string' ? query : query()}`)
          expect(answer.status).toBe(status)
          if (reason) expect(await denial(answer)).toEqual([409, ...reason])
        })

        it('a service of another mode says so; without an application there is none', async () => {
          expect(await denial(await ask(`app_id=${app.appId}`, service))).toEqual([409, 'oauth_not_enabled', 'oauth is not enabled'])
          expect((await ask('user_key=x')).body).toBe(errorText('application_not_found', 'application id is missing'))
          expect((await auth(`${oauth.auth}&app_id=${client.appId}`)).status).toBe(200)
        })

        it('4.10 tokens: kept, resolved to application and end user, listed, ended; never twice, never for another service', async () => {
          const place = `/services/${oauth.id}/oauth_access_tokens`
          const make = (query: string) => ask2(`${place}.xml`, { method: 'POST', body: `service_token=${oauth.serviceToken}&${query}`, headers: [['Content-Type', 'application/x-www-form-urlencoded']] })
          const ask2 = (path: string, request: Partial<DoorRequest> = {}) => send(door, { host: HOST, path, ...request })
          const token = newKey('ak')
          expect(await make(`app_id=${client.appId}&token=${token}&user_id=ada`)).toMatchObject({ status: 200 })
          expect(await make(`app_id=${client.appId}&token=${token}`)).toMatchObject({ status: 403, body: errorText('access_token_already_exists', `token &quot;${token}&quot; already exists`) })
          expect(await make(`app_id=${client.appId}&token=for-ever&ttl=0`)).toMatchObject({ status: 200 })
          const rival = await makeApplication(ctx, oauth)
          await door.settled()
          // The same text for two applications at the same moment belongs to one of them.
          const twins = await Promise.all([client, rival].map(({ appId }) => make(`app_id=${appId}&token=twin&ttl=60`)))
          expect(twins.map(({ status }) => status).toSorted()).toEqual([200, 403])
          expect((await ask2(`${place}/twin.xml?service_token=${oauth.serviceToken}`, { method: 'DELETE' })).status).toBe(200)
          for (const [query, code, text] of [
            ['token=x', 'required_params_missing', 'missing required parameters'],
            [`app_id=${client.appId}`, 'required_params_missing', 'missing required parameters'],
            [`app_id=${client.appId}&token=${'x'.repeat(3585)}`, 'access_token_format_invalid', 'token is either too big or has an invalid format'],
            ...['-1', '', 'x', '1.5'].map((ttl) => [`app_id=${client.appId}&token=y&ttl=${ttl}`, 'access_token_invalid_ttl', 'the specified TTL should be a positive integer']),
          ] as [string, string, string][])
            expect([query.slice(0, 60), await make(query)]).toMatchObject([query.slice(0, 60), { status: 422, body: errorText(code, text) }])
          expect((await make('app_id=nobody&token=z')).status).toBe(404)

          const passed = await auth(`${oauth.auth}&access_token=${token}&usage[hits]=1`, undefined, 'oauth_authrep.xml')
          expect([passed.status, passed.body.includes(`<id>${client.appId}</id>`)]).toEqual([200, true])
          expect(await auth(`${oauth.auth}&access_token=nobody`, undefined, 'oauth_authrep.xml')).toMatchObject({ status: 404, body: errorText('access_token_invalid', 'token &quot;nobody&quot; is invalid: expired or never defined') })
          expect((await auth(`${service.auth}&access_token=${token}`, undefined, 'oauth_authrep.xml')).status).toBe(404)

          expect((await ask2(`${place}/${token}.xml?${oauth.auth}`)).body).toBe(`${DECLARATION}<application><app_id>${client.appId}</app_id></application><user><user_id>ada</user_id></user>`)
          expect((await ask2(`${place}/for-ever.xml?${oauth.auth}`)).body).toBe(`${DECLARATION}<application><app_id>${client.appId}</app_id></application>`)
          const list = async (query = '') => (await ask2(`/services/${oauth.id}/applications/${client.appId}/oauth_access_tokens.xml?${oauth.auth}${query}`)).body.replace(/id:\d+/g, 'id:N')
          expect(await list()).toBe(`${DECLARATION}<oauth_access_tokens><oauth_access_token ttl="-1">id:N</oauth_access_token><oauth_access_token ttl="86400" user_id="ada">id:N</oauth_access_token></oauth_access_tokens>`)
          expect(await list('&user_id=ada')).toBe(`${DECLARATION}<oauth_access_tokens><oauth_access_token ttl="86400" user_id="ada">id:N</oauth_access_token></oauth_access_tokens>`)

          const listed = JSON.parse((await ask2(`/services/${oauth.id}/applications/${client.appId}/oauth_access_tokens.json?${oauth.auth}`)).body) as { oauth_access_tokens: { id: number; ttl: number }[] }
          expect(listed).toMatchObject({ application: { app_id: client.appId }, plan: await planOf(client), oauth_access_tokens: [{ ttl: -1 }, { ttl: 86_400, user_id: 'ada' }] })
          // What a list names can be looked at and ended by that name, by its own service only.
          const named = `id:${listed.oauth_access_tokens[0]!.id}`
          expect((await ask2(`${place}/${named}.xml?${oauth.auth}`)).body).toBe(`${DECLARATION}<application><app_id>${client.appId}</app_id></application>`)
          expect((await ask2(`/services/${service.id}/oauth_access_tokens/${named}.xml?${service.auth}`, { method: 'DELETE' })).status).toBe(404)
          expect((await ask2(`${place}/${named}.xml?${oauth.auth}`, { method: 'DELETE' })).status).toBe(200)
          expect((await ask2(`${place}/for-ever.xml?${oauth.auth}`)).status).toBe(404)

          expect((await ask2(`${place}/${token}.xml?${oauth.auth}`, { method: 'DELETE' })).status).toBe(200)
          await door.settled()
          expect((await ask2(`${place}/${token}.xml?${oauth.auth}`, { method: 'DELETE' })).body).toBe(errorText('access_token_invalid', `token &quot;${token}&quot; is invalid: expired or never defined`))
          expect((await auth(`${oauth.auth}&access_token=${token}`, undefined, 'oauth_authrep.xml')).status).toBe(404)
        })
      })
    })

    describe('limits and what the answer tells of them (1.4, 4.6)', () => {
      it('authorize shows what is stored; authrep adds its own usage, descendants rolled up; a denied call counts nothing', async () => {
        const limited = await makeApplication(ctx, service, { limits: [{ period: 'day', value: 10 }, { period: 'eternity', value: 900 }] })
        await ctx.db.limit.create({ data: { tenantId: ctx.tenant.id, planId: limited.planId, metricId: service.methodIds.search!, period: 'month', value: 20 } })
        await door.settled()
        const query = `${service.auth}&${idOf(limited)}`
        const plan = await planOf(limited)
        const xml = (authorized: boolean, day: number, all: number, search: number) =>
          `${DECLARATION}<status><authorized>${authorized}</authorized>${authorized ? '' : '<reason>usage limits are exceeded</reason>'}<plan>${plan}</plan><usage_reports>${usageReport('hits', 'day', 10, day)}${usageReport('hits', 'eternity', 900, all)}${usageReport('search', 'month', 20, search)}</usage_reports></status>`
        expect((await auth(`${query}&usage[hits]=3`)).body).toBe(xml(true, 0, 0, 0))
        expect((await authrep(`${query}&usage[hits]=2&usage[search]=5`)).body).toBe(xml(true, 7, 7, 5))
        expect((await auth(`${query}&usage[hits]=3`)).status).toBe(200)
        expect((await auth(`${query}&usage[hits]=4`)).body).toBe(xml(false, 7, 7, 5))
        expect((await authrep(`${query}&usage[search]=4`)).body).toBe(xml(false, 7, 7, 5))
        expect((await authrep(`${query}&usage[search]=3`)).body).toBe(xml(true, 10, 10, 8))
        // Exactly at the limit still authorizes without usage, and with usage of 0.
        for (const usage of ['', '&usage[hits]=0']) expect((await authrep(query + usage)).body).toBe(xml(true, 10, 10, 8))
        expect((await authrep(`${query}&usage[hits]=1`)).status).toBe(409)
        await report(`${service.auth}&transactions[0][app_id]=${limited.appId}&transactions[0][usage][hits]=5`)
        // Passed now: denied without usage, and for every call that touches it.
        expect((await auth(query)).body).toBe(xml(false, 15, 15, 8))
        expect((await auth(`${query}&usage[hits]=0`)).status).toBe(409)
        expect((await authrep(`${query}&usage[login]=1`)).status).toBe(409)
        expect((await authrep(`${query}&usage[login]=1`, 'flat_usage=1')).status).toBe(200)
      })

      it('a limit of 0 switches a metric off; a method that the plan closes is shown and refused like one', async () => {
        const limited = await makeApplication(ctx, service, { limits: [{ metricId: service.methodIds.search!, period: 'eternity', value: 0 }] })
        await setMethodEnabled(ctx, { planId: limited.planId, metricId: service.methodIds.login!, enabled: false })
        await door.settled()
        const query = `${service.auth}&${idOf(limited)}`
        const passing = await auth(query)
        expect([passing.status, passing.body.includes(`<usage_reports>${usageReport('search', 'eternity', 0, 0)}</usage_reports>`)]).toEqual([200, true])
        const named = await auth(`${query}&usage[login]=1`)
        expect([named.status, named.body.includes(`<usage_reports>${usageReport('search', 'eternity', 0, 0)}${usageReport('login', 'eternity', 0, 0)}</usage_reports>`)]).toEqual([409, true])
        for (const metric of ['search', 'login']) {
          const denied = await authrep(`${query}&usage[${metric}]=1`, 'rejection_reason_header=1&limit_headers=1')
          expect([denied.status, denied.headers['3scale-rejection-reason'], denied.headers['3scale-limit-max-value']]).toEqual([409, 'limits_exceeded', '0'])
          expect((await authrep(`${query}&usage[${metric}]=0`)).status).toBe(200)
        }
      })

      it('bursts hold for authrep as at our own gateway; what comes too fast is limits_exceeded with its numbers, and authorize takes nothing', async () => {
        const own = await makeService(ctx)
        await own.set({ bursts: { bucket: { perSecond: 0.001, size: 3 }, window: null, concurrency: 1 } })
        const caller = await makeApplication(ctx, own)
        await door.settled()
        const query = `${own.auth}&${idOf(caller)}&usage[hits]=1`
        for (let i = 0; i < 5; i++) expect((await auth(query)).status).toBe(200)
        for (let i = 0; i < 3; i++) expect((await authrep(query)).status).toBe(200)
        const denied = await authrep(query, 'rejection_reason_header=1&limit_headers=1&ratelimit_headers=1')
        expect([denied.status, denied.headers['3scale-rejection-reason'], denied.headers['3scale-limit-remaining'], denied.headers['3scale-limit-max-value'], denied.headers['ratelimit-policy']]).toEqual([409, 'limits_exceeded', '0', '3', '"product-bucket";q=3;w=3000'])
        expect(Number(denied.headers['3scale-limit-reset'])).toBeGreaterThan(0)
        expect(denied.headers['retry-after']).toBe(denied.headers['3scale-limit-reset'])
        expect(denied.body).toContain('<authorized>false</authorized><reason>usage limits are exceeded</reason>')
        expect(JSON.parse((await auth(query, undefined, 'authrep.json')).body)).toMatchObject({ status: { authorized: false, rejection_reason: 'limits_exceeded', burst: { of: 'product', kind: 'bucket', max_value: 3, window_seconds: 3_000 } } })
        // What counts nothing is no call that could come too fast.
        expect((await authrep(`${own.auth}&${idOf(caller)}`)).status).toBe(200)
        expect((await authrep(`${own.auth}&${idOf(caller)}&usage[hits]=0`)).status).toBe(200)
      })

      it('what a limit refuses has taken no burst', async () => {
        const own = await makeService(ctx)
        await own.set({ bursts: { bucket: null, window: { calls: 3, seconds: 3_600 }, concurrency: null } })
        const [used, fresh] = [await makeApplication(ctx, own, { limits: [{ period: 'year', value: 1 }] }), await makeApplication(ctx, own)]
        await door.settled()
        const query = (caller: TestApplication) => `${own.auth}&${idOf(caller)}&usage[hits]=1`
        expect((await authrep(query(used))).status).toBe(200)
        for (let i = 0; i < 4; i++) expect((await authrep(query(used))).status).toBe(409)
        expect([(await authrep(query(fresh))).status, (await authrep(query(fresh))).status, (await authrep(query(fresh))).status]).toEqual([200, 200, 409])
      })

      it('4.9 set values: every period, every ancestor, the last one wins; a denied set changes nothing', async () => {
        const limited = await makeApplication(ctx, service, { limits: [{ period: 'day', value: 10 }, { period: 'eternity', value: 50 }] })
        await ctx.db.limit.create({ data: { tenantId: ctx.tenant.id, planId: limited.planId, metricId: service.methodIds.search!, period: 'month', value: 20 } })
        await door.settled()
        const query = `${service.auth}&${idOf(limited)}`
        const values = (answer: Answer) => [...answer.body.matchAll(/<current_value>(\d+)</g)].map(([, value]) => Number(value))
        expect(values(await authrep(`${query}&usage[hits]=%237`))).toEqual([7, 7, 0])
        expect(values(await authrep(`${query}&usage[search]=%20%2310%20`))).toEqual([10, 10, 10])
        expect((await authrep(`${query}&usage[hits]=%2311`)).status).toBe(409)
        expect(values(await auth(query))).toEqual([10, 10, 10])
        expect(values(await authrep(`${query}&usage[search]=%234&usage[login]=%232`))).toEqual([2, 2, 4])
        await report(`${service.auth}&transactions[0][app_id]=${limited.appId}&transactions[0][usage][hits]=40`)
        // Below the limit it passes although what is stored is above.
        expect(values(await authrep(`${query}&usage[hits]=%230`))).toEqual([0, 0, 4])
      })

      it('USE-4 of 200 authreps at once exactly as many pass as the limit has room for', async () => {
        const limited = await makeApplication(ctx, service, { limits: [{ period: 'hour', value: 15 }] })
        await door.settled()
        const answers = await Promise.all(Array.from({ length: 200 }, () => authrep(`${service.auth}&${idOf(limited)}&usage[hits]=1`)))
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(15)
        expect(answers.filter(({ status }) => status === 409)).toHaveLength(185)
        expect(await current(service, limited)).toBe(15)
      })
    })

    describe('3scale-options (4.7)', () => {
      it('what APIcast sends is answered with headers alone', async () => {
        const limited = await makeApplication(ctx, userKeys, { limits: [{ period: 'day', value: 100 }, { period: 'eternity', value: 100 }] })
        await door.settled()
        const call = (usage: string) =>
          send(door, {
            host: HOST,
            path: `/transactions/authrep.xml?service_token=${userKeys.serviceToken}&service_id=${userKeys.id}&usage%5Bhits%5D=${usage}&user_key=${limited.userKey}`,
            headers: [['User-Agent', 'APIcast/3.15'], ['3scale-options', 'rejection_reason_header=1&limit_headers=1&no_body=1']],
          })
        const passed = await call('10')
        expect([passed.status, passed.body, passed.headers['3scale-limit-remaining'], passed.headers['3scale-limit-reset'], passed.headers['3scale-limit-max-value']]).toEqual([200, '', '9', '-1', '100'])
        const denied = await call('91')
        expect([denied.status, denied.body, denied.headers['3scale-rejection-reason'], denied.headers['3scale-limit-remaining']]).toEqual([409, '', 'limits_exceeded', '0'])
        const unknown = await auth(`${userKeys.auth}&user_key=x`, 'rejection_reason_header=1&limit_headers=1&no_body=1', 'authrep.xml')
        expect([unknown.status, unknown.body, unknown.headers['3scale-limit-remaining']]).toEqual([403, '', undefined])
      })

      it('no_body: any value but 0 and false, also as a parameter; errors of broken requests keep their text', async () => {
        const bodyOf = async (query: string, options?: string) => (await auth(`${service.auth}&${idOf(app)}${query}`, options)).body
        for (const [query, options] of [['&no_body=1'], ['&no_body=true'], ['&no_body='], ['', 'no_body=yes']] as [string, string?][]) expect(await bodyOf(query, options)).toBe('')
        for (const [query, options] of [['&no_body=0'], ['&no_body=false'], ['', 'no_body=0'], ['', 'flat_usage=1']] as [string, string?][]) expect(await bodyOf(query, options)).not.toBe('')
        expect((await auth(`${service.auth}&app_id=%ff`, 'no_body=1')).body).toContain('not_valid_data')
        expect((await auth(`${service.auth}&a[]=1&a[b]=1`, 'no_body=1')).body).toContain('bad_request')
      })

      it('limit_headers: the tightest limit of the call, of equally tight ones the longest; authorize does not subtract', async () => {
        const limited = await makeApplication(ctx, service, { limits: [{ period: 'hour', value: 100 }, { period: 'day', value: 100 }] })
        await ctx.db.limit.create({ data: { tenantId: ctx.tenant.id, planId: limited.planId, metricId: service.methodIds.search!, period: 'month', value: 7 } })
        await door.settled()
        const headers = async (query: string, endpoint?: string) => {
          const { headers } = await auth(`${service.auth}&${idOf(limited)}${query}`, 'limit_headers=1', endpoint)
          return [headers['3scale-limit-remaining'], headers['3scale-limit-reset'], headers['3scale-limit-max-value']]
        }
        const day = String(Math.ceil((windowOf('day', now).end! - now) / 1000))
        const month = String(Math.ceil((windowOf('month', now).end! - now) / 1000))
        expect(await headers('&usage[hits]=10')).toEqual(['10', day, '100'])
        expect(await headers('&usage[search]=3')).toEqual(['2', month, '7'])
        expect(await headers('&usage[hits]=0')).toEqual(['-1', '-1', undefined])
        expect(await headers('')).toEqual(['-1', '-1', undefined])
        expect(await headers('&usage[search]=3', 'authrep.xml')).toEqual(['1', month, '7'])
        const { headers: without } = await auth(`${service.auth}&${idOf(app)}&usage[hits]=1`, 'limit_headers=1')
        expect([without['3scale-limit-remaining'], without['3scale-limit-max-value']]).toEqual(['-1', undefined])
        const { headers: denied } = await auth(`${service.auth}&app_id=${limited.appId}&usage[hits]=1`, 'limit_headers=1')
        expect(denied['3scale-limit-remaining']).toBeUndefined()
      })

      it('hierarchy names the children of limited metrics, list_app_keys the keys', async () => {
        const limited = await makeApplication(ctx, service, { limits: [{ period: 'year', value: 9 }] })
        await ctx.db.limit.create({ data: { tenantId: ctx.tenant.id, planId: limited.planId, metricId: service.methodIds.search!, period: 'year', value: 9 } })
        await door.settled()
        const { body } = await auth(`${service.auth}&${idOf(limited)}`, 'hierarchy=1&list_app_keys=1&flat_usage=1')
        expect(body.slice(body.indexOf('</usage_reports>'))).toBe(
          `</usage_reports><app_keys app="${limited.appId}" svc="${service.id}"><key id="${limited.appKey}"/></app_keys><hierarchy><metric name="hits" children="search login"/><metric name="search" children=""/></hierarchy></status>`,
        )
        expect((await auth(`${service.auth}&${idOf(limited)}`, 'hierarchy=0&list_app_keys=true')).body).not.toMatch(/hierarchy|app_keys/)
      })

      it('flat_usage counts without roll-up, and shows what is stored', async () => {
        const limited = await makeApplication(ctx, service, { limits: [{ period: 'year', value: 9 }] })
        await door.settled()
        expect((await authrep(`${service.auth}&${idOf(limited)}&usage[search]=50`, 'flat_usage=1')).body).toContain(usageReport('hits', 'year', 9, 0))
        expect((await authrep(`${service.auth}&${idOf(limited)}&usage[search]=50`)).status).toBe(409)
      })
    })

    describe('reports (4.8)', () => {
      let own: TestService
      let limited: TestApplication
      beforeAll(async () => {
        own = await makeService(ctx)
        limited = await makeApplication(ctx, own, { limits: [{ period: 'eternity', value: 4 }] })
        await door.settled()
      })
      const one = (usage: string, more = '') => `${own.auth}&transactions[0][app_id]=${limited.appId}&transactions[0][usage][hits]=${usage}${more}`

      it.each([
        ['nothing', '', 403, 'provider_key_or_service_token_required', 'Provider key or service token are required'],
        ['missing credentials come before bad encoding', 'x=%ff', 403, 'provider_key_or_service_token_required', 'Provider key or service token are required'],
        ['bad encoding', () => `${own.auth}&transactions[0][app_id]=%ff`, 422, 'not_valid_data', 'all data must be valid UTF8'],
        ['an empty provider key beside a right token', () => `${own.auth}&provider_key=&transactions[0][app_id]=1`, 403, 'service_token_invalid', () => `service token "${own.serviceToken}" or service id "${own.id}" is invalid`],
        ['no transactions', () => own.auth, 400, 'transactions_is_blank', 'transactions parameter is blank'],
        ['empty transactions', () => `${own.auth}&transactions=`, 400, 'transactions_is_blank', 'transactions parameter is blank'],
        ['transactions as text', () => `${own.auth}&transactions=x`, 400, 'transactions_format_invalid', 'transactions format is invalid'],
        ['a transaction as text', () => `${own.auth}&transactions[0]=x`, 400, 'transactions_format_invalid', 'transactions format is invalid'],
        ['a nil transaction', () => `${own.auth}&transactions[0]`, 400, 'transactions_has_nil_transaction', 'transactions has a nil transaction'],
        ['a user_id', () => one('1', '&transactions[0][user_id]=x'), 400, 'end_users_no_longer_supported', 'End-users are no longer supported, do not specify the user_id parameter'],
        ['a service id inside is ignored, outside it is needed', () => `service_token=${own.serviceToken}&transactions[0][service_id]=${own.id}`, 422, 'service_id_missing', 'Service ID is missing'],
      ] as [string, string | (() => string), number, string, string | (() => string)][])('%s is told at once', async (_, body, status, code, text) => {
        const answer = await report(typeof body === 'string' ? body : body())
        expect([answer.status, answer.body]).toEqual([status, errorText(code, (typeof text === 'string' ? text : text()).replaceAll('"', '&quot;'))])
      })

      it('other content types are refused, multipart and none are fine', async () => {
        const typed = (type: string | null, body: string) => ask('/transactions.xml', { method: 'POST', body, headers: type ? [['Content-Type', type]] : [] })
        for (const type of ['application/json', 'text/xml', 'nonsense']) expect(await typed(type, '{}')).toMatchObject({ status: 400, body: errorText('content_type_invalid', `invalid Content-Type: ${type}`) })
        const field = (name: string, value: string) => `--boundary-7MA4YWxk\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
        const multipart = `${field('service_token', own.serviceToken)}${field('service_id', String(own.id))}${field('transactions[0][app_id]', limited.appId)}${field('transactions[0][usage][hits]', '0')}--boundary-7MA4YWxk--\r\n`
        expect(await typed('multipart/form-data; boundary=boundary-7MA4YWxk', multipart)).toMatchObject({ status: 202, body: '' })
        expect(await typed(null, one('0'))).toMatchObject({ status: 202 })
        expect(await typed('application/x-www-form-urlencoded; charset=utf-8', one('0'))).toMatchObject({ status: 202 })
      })

      it('counts beyond limits and for suspended applications, by user key and by id in one batch', async () => {
        const suspended = await makeApplication(ctx, own, { limits: [{ period: 'eternity', value: 100 }] })
        await suspendApplication(ctx, { applicationId: suspended.id })
        await door.settled()
        const before = await current(own, limited)
        const batch = `${own.auth}&transactions[x][app_id]=${limited.appId}&transactions[x][usage][hits]=5&transactions[y][user_key]=${suspended.userKey}&transactions[y][usage][search]=2&transactions[y][log][code]=200&transactions[z][app_id]=${suspended.appId}&transactions[z][usage][hits]=1`
        expect(await report(batch)).toMatchObject({ status: 202, body: '' })
        expect(await current(own, limited)).toBe(before + 5)
        expect(await current(own, suspended)).toBe(3)
        const listed = `${own.auth}&transactions[][app_id]=${suspended.appId}&transactions[][usage][hits]=1&transactions[][app_id]=${suspended.appId}&transactions[][usage][hits]=1`
        expect((await report(listed)).status).toBe(202)
        expect(await current(own, suspended)).toBe(5)
      })

      const at = (seconds: number) => String(Math.floor(now / 1000) + seconds)
      it.each([
        ['an unknown application', () => 'transactions[1][app_id]=nobody&transactions[1][usage][hits]=1', 'application_not_found', 'application with id="nobody" was not found'],
        ['no application', () => 'transactions[1][usage][hits]=1', 'application_not_found', 'application id is missing'],
        ['both ways to name one', () => `transactions[1][app_id]=${limited.appId}&transactions[1][user_key]=x&transactions[1][usage][hits]=1`, 'authentication_error', 'either app_id or user_key is allowed, not both'],
        ['an unknown metric', () => `transactions[1][app_id]=${limited.appId}&transactions[1][usage][nope]=1`, 'metric_invalid', 'metric "nope" is invalid'],
        ['a bad value', () => `transactions[1][app_id]=${limited.appId}&transactions[1][usage][hits]=-1`, 'usage_value_invalid', 'usage value "-1" for metric "hits" is invalid'],
        ['a day and a second ago', () => `transactions[1][app_id]=${limited.appId}&transactions[1][usage][hits]=1&transactions[1][timestamp]=${at(-86_401)}`, 'transaction_timestamp_too_old', 'reporting transactions older than 86400 seconds is not allowed'],
        ['the epoch', () => `transactions[1][app_id]=${limited.appId}&transactions[1][usage][hits]=1&transactions[1][timestamp]=0`, 'transaction_timestamp_too_old', 'reporting transactions older than 86400 seconds is not allowed'],
        ['an hour and a second ahead', () => `transactions[1][app_id]=${limited.appId}&transactions[1][usage][hits]=1&transactions[1][timestamp]=${at(3_601)}`, 'transaction_timestamp_too_new', 'reporting transactions more than 3600 seconds in the future is not allowed'],
      ])('%s spoils the whole batch and leaves one integration error', async (_, bad, code, message) => {
        const before = await current(own, limited)
        await errorsOf(own)
        await deleteIntegrationErrors(ctx, { productId: own.id })
        expect(await report(`${one('1')}&${bad()}`)).toMatchObject({ status: 202, body: '' })
        expect(await current(own, limited)).toBe(before)
        expect((await errorsOf(own)).map((error) => [error.code, error.message])).toEqual([[code, message]])
      })

      it('zeros spoil nothing, whoever they are for; without usage an application is still looked up', async () => {
        const before = await current(own, limited)
        await errorsOf(own)
        await deleteIntegrationErrors(ctx, { productId: own.id })
        expect((await report(`${one('2')}&transactions[1][app_id]=nobody&transactions[1][usage][hits]=0&transactions[2][app_id]=${limited.appId}`)).status).toBe(202)
        expect(await current(own, limited)).toBe(before + 2)
        expect(await errorsOf(own)).toEqual([])
        await report(`${one('2')}&transactions[2][app_id]=nobody`)
        expect(await current(own, limited)).toBe(before + 2)
        expect((await errorsOf(own)).map(({ code }) => code)).toEqual(['application_not_found'])
      })

      it.each([
        ['Unix seconds', () => at(-60)],
        ['the oldest there is', () => at(-86_400)],
        ['the newest there is', () => at(3_600)],
        ['date and time', () => time(now - 60_000).slice(0, 19)],
        ['with an offset', () => `${time(now - 60_000 + 2 * 3_600_000).slice(0, 19)} +02:00`],
        ['with a short offset', () => `${time(now - 60_000 - 8 * 3_600_000).slice(0, 19)} -0800`],
        ['in UTC', () => `${time(now - 60_000).slice(0, 19)} UTC`],
        ['nonsense means now', () => 'yesterday'],
        ['blank means now', () => ' '],
      ])('a timestamp as %s is taken', async (_, timestamp) => {
        const before = await current(own, limited)
        await report(one('1', `&transactions[0][timestamp]=${encodeURIComponent(timestamp())}`))
        expect(await current(own, limited)).toBe(before + 1)
      })

      it('what happened in a window that is over moves no counter of today, but eternity’s', async () => {
        const daily = await makeApplication(ctx, own, { limits: [{ period: 'minute', value: 9 }, { period: 'eternity', value: 9 }] })
        await door.settled()
        await report(`${own.auth}&transactions[0][app_id]=${daily.appId}&transactions[0][usage][hits]=3&transactions[0][timestamp]=${at(-3_600)}`)
        expect([...(await auth(`${own.auth}&${idOf(daily)}`)).body.matchAll(/<current_value>(\d+)</g)].map(([, value]) => value)).toEqual(['0', '3'])
      })

      it('ours: a lenient batch counts what is in order and says which', async () => {
        const before = await current(own, limited)
        const batch = `${one('1')}&transactions[b][app_id]=nobody&transactions[b][usage][hits]=1`
        const answer = await report(batch, [['Prefer', 'handling=lenient']], '/transactions.json')
        expect([answer.status, answer.headers['preference-applied'], JSON.parse(answer.body)]).toEqual([
          202,
          'handling=lenient',
          { transactions: [{ id: '0', accepted: true, error: null }, { id: 'b', accepted: false, error: { code: 'application_not_found', message: 'application with id="nobody" was not found' } }] },
        ])
        expect((await report(batch, [['3scale-options', 'partial=1']])).status).toBe(202)
        expect(await current(own, limited)).toBe(before + 2)
      })

      it('ours: JSON in, JSON out', async () => {
        const before = await current(own, limited)
        const body = JSON.stringify({ service_token: own.serviceToken, service_id: Number(own.id), transactions: [{ app_id: limited.appId, usage: { hits: 3 } }] })
        expect(await ask('/transactions.json', { method: 'POST', body, headers: [['Content-Type', 'application/json']] })).toMatchObject({ status: 202, body: '{}' })
        expect(await current(own, limited)).toBe(before + 3)
        expect((await ask('/transactions.json', { method: 'POST', body: '[1', headers: [['Content-Type', 'application/json']] })).body).toContain('"bad_request"')
      })

      it('a set value in a report replaces', async () => {
        await report(one('%233'))
        expect(await current(own, limited)).toBe(3)
      })
    })

    describe('end users (1.5)', () => {
      let acme: Ctx
      let own: TestService
      beforeAll(async () => {
        acme = await makeTenant()
        own = await makeService(acme)
        await setFeature(acme, { feature: 'endUserPlans', on: true })
        await door.settled()
      })
      const asked = (caller: TestApplication, user: string) => authrep(`${own.auth}&${idOf(caller)}&usage[hits]=1${user}`)

      it('where the application does not ask for one, user_id changes nothing', async () => {
        const caller = await makeApplication(acme, own)
        await door.settled()
        const [without, named] = await Promise.all([asked(caller, ''), asked(caller, '&user_id=somebody')])
        expect(named).toMatchObject({ status: 200, body: without.body })
      })

      it('a missing user and an unknown one are refused in 3scale’s words', async () => {
        const caller = await makeApplication(acme, own, { endUserRequired: true })
        await door.settled()
        const missing = errorText('user_not_defined', `application with id=&quot;${caller.appId}&quot; requires a user (user_id)`)
        for (const user of ['', '&user_id=', '&user_id[]=x', '&user_id[a]=x']) expect(await asked(caller, user)).toMatchObject({ status: 403, body: missing })
        expect(await asked(caller, '&user_id=stranger')).toMatchObject({ status: 403, body: errorText('service_requires_registered_user', `Service id=&quot;${own.id}&quot; requires users to be registered beforehand`) })
      })

      it('both limits must hold; a user’s counters are shared by all applications; the XML has his section', async () => {
        const planId = await makeEndUserPlan(acme, own, [{ period: 'year', value: 2 }])
        await createEndUser(acme, { productId: own.id, planId, externalId: 'ada' })
        const [one, two] = [await makeApplication(acme, own, { endUserRequired: true, limits: [{ period: 'eternity', value: 9 }] }), await makeApplication(acme, own, { endUserRequired: true })]
        await door.settled()
        const plans = await acme.db.plan.findMany({ where: { id: { in: [planId, one.planId] } } })
        const nameOf = (id: bigint) => plans.find((plan) => plan.id === id)!.name
        expect((await asked(one, '&user_id=ada')).body).toBe(
          `${DECLARATION}<status><authorized>true</authorized><plan>${nameOf(one.planId)}</plan><usage_reports>${usageReport('hits', 'eternity', 9, 1)}</usage_reports><user_plan>${nameOf(planId)}</user_plan><user_usage_reports>${usageReport('hits', 'year', 2, 1)}</user_usage_reports></status>`,
        )
        expect((await asked(two, '&user_id=ada')).status).toBe(200)
        const denied = await asked(one, '&user_id=ada')
        expect([denied.status, denied.body.includes(usageReport('hits', 'eternity', 9, 1)), denied.body.includes(usageReport('hits', 'year', 2, 2))]).toEqual([409, true, true])
      })

      it('an open product makes users on first sight, in the default plan; one without limits has no reports', async () => {
        const open = await makeService(acme)
        const planId = await makeEndUserPlan(acme, open, [])
        await setDefaultPlan(acme, { productId: open.id, kind: 'end_user', planId })
        await open.set({ endUserRegistrationRequired: false })
        const caller = await makeApplication(acme, open, { endUserRequired: true })
        await door.settled()
        const answer = await authrep(`${open.auth}&${idOf(caller)}&user_id=%20&usage[hits]=1`)
        expect([answer.status, answer.body.endsWith('</user_plan></status>')]).toEqual([200, true])
        expect(await acme.db.endUser.count({ where: { productId: open.id, externalId: ' ' } })).toBe(1)
      })

      it('OAuth: a user whom the token names holds limits of his own, whatever the plan asks for; one who is only written beside it does not', async () => {
        const secured = await makeService(acme, { mode: 'oauth' })
        const planId = await makeEndUserPlan(acme, secured, [{ period: 'year', value: 2 }])
        await createEndUser(acme, { productId: secured.id, planId, externalId: 'ada' })
        const caller = await makeApplication(acme, secured)
        const token = newKey('ot')
        await storeAccessToken(acme.db, { tenantId: acme.tenant.id, productId: secured.id, environment: 'production' }, { applicationId: caller.id, token, endUserId: 'ada', ttlSeconds: null }, new Date(now))
        await door.settled()
        const called = (params: string) => auth(`${secured.auth}&usage[hits]=1&${params}`, undefined, 'oauth_authrep.xml')
        const first = await called(`access_token=${token}`)
        expect([first.status, first.body.includes('<user><id>ada</id></user>'), first.body.includes(`<user_usage_reports>${usageReport('hits', 'year', 2, 1)}</user_usage_reports>`)]).toEqual([200, true, true])
        expect((await called(`access_token=${token}&app_id=${caller.appId}`)).status).toBe(200)
        expect((await called(`access_token=${token}`)).status).toBe(409)
        await door.gatewayParts.gateway.bearer.use.flush()
        expect((await acme.db.oauthGrant.findFirstOrThrow({ where: { applicationId: caller.id } })).lastUsedAt?.getTime()).toBe(now)
        expect((await called(`app_id=${caller.appId}&user_id=ada`)).status).toBe(200)
      })
    })

    describe('integration errors (4.4, part 6)', () => {
      it('KEY-5 every error but a denial is kept, with credentials masked; each service has its own list', async () => {
        const own = await makeService(ctx)
        await door.settled()
        const secret = newKey('uk')
        await auth(`${own.auth}&app_id=nobody&app_key=${secret}`)
        await auth(`${own.auth}&app_id=nobody&user_key=${secret}`)
        await auth(`${own.auth}&${'app_id'}=x&usage=1`)
        await auth(`service_token=${secret}&service_id=${own.id}&app_id=x`)
        const errors = await errorsOf(own)
        expect(errors.map(({ code }) => code)).toEqual(['service_token_invalid', 'usage_not_a_list', 'authentication_error', 'application_not_found'])
        expect(errors[3]).toMatchObject({ message: 'application with id="nobody" was not found', request: { method: 'GET', path: '/transactions/authorize.xml', query: `service_token=••••&service_id=${own.id}&app_id=nobody&app_key=••••` } })
        for (const hidden of [secret, own.serviceToken]) expect(JSON.stringify(errors)).not.toContain(hidden)
        expect((await listIntegrationErrors(other, { productId: own.id, page: 1 }).catch((error: { code: string }) => error)) as { code: string }).toMatchObject({ code: 'not_found' })
      })

      it('strangers leave a trace now and then only; the newest thousand stay, a hundred to a page', async () => {
        const own = await makeService(ctx)
        await door.settled()
        for (let i = 0; i < 5; i++) await auth(`service_token=wrong${i}&service_id=${own.id}&app_id=x`)
        expect(await errorsOf(own)).toHaveLength(1)
        for (let i = 0; i < 1_010; i++) door.accounting.parts.errors.note({ tenantId: Number(ctx.tenant.id), productId: Number(own.id), code: 'metric_invalid', message: `metric "m${i}" is invalid`, request: { method: 'GET', path: '/', query: '' }, at: now + i }, true)
        await door.accounting.parts.errors.flush()
        const pages = await Promise.all([1, 10, 11].map((page) => listIntegrationErrors(ctx, { productId: own.id, page })))
        expect(pages.map(({ errors, total }) => [errors.length, total, errors[0]?.message])).toEqual([[100, 1_000, 'metric "m1009" is invalid'], [100, 1_000, 'metric "m109" is invalid'], [0, 1_000, undefined]])
        await deleteIntegrationErrors(ctx, { productId: own.id })
        expect((await listIntegrationErrors(ctx, { productId: own.id, page: 1 })).total).toBe(0)
      })
    })
  })
}
