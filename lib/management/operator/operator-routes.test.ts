import { beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/test-database'
import { env } from '@/lib/env'
import { callManagement, makeManagement, type Json } from '@/lib/management/management.fixture'
import { operatorRoutes } from '@/lib/management/operator/operator-routes'
import { serveOperator } from '@/lib/management/operator/serve-operator'
import { assertWellFormed } from '@/lib/management/xml.fixture'
import { createSession, findMemberSession } from '@/lib/tenants/sessions'

testDatabase()

const TOKEN = 'a-token-of-the-operator-0123456789'
const password = 'violet tram over Lyon'
let addresses = 0

type Wanted = { form?: Record<string, string>; headers?: Record<string, string>; token?: string | undefined; address?: string }

/** As the Kubernetes operator asks: Basic with an empty user, forms, `Accept: application/xml` whatever it wants. */
async function call(method: string, path: string, { form, headers, token = TOKEN, address = `198.51.100.${++addresses % 250}` }: Wanted = {}, configured: string | undefined = TOKEN) {
  const request = new Request(`http://localhost${path}`, {
    method,
    headers: { accept: 'application/xml', 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}`, ...headers },
    ...(form && { body: new URLSearchParams(form) }),
  })
  const response = await serveOperator(request, { hostName: 'localhost', origin: 'http://localhost:3000', path, address, requestId: 'abcdefgh' }, configured)
  const text = await response.text()
  return { status: response.status, text, headers: response.headers, json: text.startsWith('{') ? JSON.parse(text) : null }
}

const wanted = (name: string, more: Record<string, string> = {}) => ({ form: { org_name: name, username: 'admin', email: `admin@${name.toLowerCase().replace(/\W/g, '')}.example`, password, 'annotations[managed_by]': 'operator', ...more } })

describe('the operator’s API', { timeout: 120_000 }, () => {
  let made: Awaited<ReturnType<typeof call>>['json']
  beforeAll(async () => {
    const { status, json } = await call('POST', '/master/api/providers.json', wanted('Société Générale'))
    expect(status).toBe(201)
    made = json.signup
  })
  const path = () => `/master/api/providers/${made.account.id}.json`
  const asTenant = (method: string, at: string) => callManagement('societe-generale', method, at, { token: made.access_token.value })

  it('makes a tenant whose token works at once, under the address of its name', async () => {
    expect(made.account).toMatchObject({ state: 'approved', org_name: 'Société Générale', admin_domain: `societe-generale.${env().ADMIN_DOMAIN}`, support_email: 'admin@socitgnrale.example' })
    expect(made.access_token).toMatchObject({ name: 'Administration', permission: 'rw', scopes: ['account_management', 'cms', 'finance', 'stats', 'policy_registry'], value: expect.stringMatching(/^at_/) })
    expect((await asTenant('GET', '/admin/api/provider.json')).json.account.id).toBe(made.account.id)
    expect((await asTenant('GET', '/admin/api/services.json')).json.services).toHaveLength(1)
    const second = await call('POST', '/master/api/providers.json', wanted('Société Générale'))
    expect(second.json.signup.account.admin_domain).toBe(`societe-generale-2.${env().ADMIN_DOMAIN}`)
    for (const [name, slug] of [['Admin', 'admin-2'], ['株式会社', 'organisation'], ['42 Things', 'things'], ['A', 'a-2']] as const)
      expect((await call('POST', '/master/api/providers.json', wanted(name, { email: 'someone@names.example' }))).json.signup.account.admin_domain).toBe(`${slug}.${env().ADMIN_DOMAIN}`)
    expect((await call('POST', '/master/api/providers.json', wanted('Chosen', { subdomain: 'my-choice' }))).json.signup.account.admin_domain).toBe(`my-choice.${env().ADMIN_DOMAIN}`)
  })

  it('makes several of one name at the same moment, each under an address of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => call('POST', '/master/api/providers.json', wanted('Quadruplets'))))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
    const found = answers.map(({ json }) => json.signup.account.admin_domain.split('.')[0])
    expect(found.toSorted()).toEqual(['quadruplets', 'quadruplets-2', 'quadruplets-3', 'quadruplets-4'])
  })

  it('tells problems by the names they were sent under', async () => {
    const post = async (more: Record<string, string>) => (await call('POST', '/master/api/providers.json', wanted('Wrong', more))).json
    expect(Object.keys((await call('POST', '/master/api/providers.json', { form: {} })).json.errors).sort()).toEqual(['email', 'org_name', 'password', 'username'])
    expect(Object.keys((await post({ email: 'nobody' })).errors)).toEqual(['email'])
    expect(Object.keys((await post({ password: '123' })).errors)).toEqual(['password'])
    expect(Object.keys((await post({ username: 'a b' })).errors)).toEqual(['username'])
    expect(Object.keys((await post({ subdomain: 'www' })).errors)).toEqual(['subdomain'])
  })

  it('answers in XML as well, for the operator’s older calls', async () => {
    const { status, text } = await call('POST', '/master/api/providers.xml', wanted('In XML'))
    expect(status).toBe(201)
    assertWellFormed(text)
    expect(text).toMatch(/<signup><account><id>\d+<\/id>.*<access_token><id>\d+<\/id><name>Administration<\/name>.*<value>at_\w+<\/value><\/access_token><\/signup>$/)
  })

  it('finds and readies the admin of a tenant as the kind Tenant does', async () => {
    const users = `/admin/api/accounts/${made.account.id}/users`
    const { json } = await call('GET', `${users}.json?role=admin`)
    expect(json.users).toHaveLength(1)
    const { user } = json.users[0]
    expect(user).toMatchObject({ username: 'admin', email: 'admin@socitgnrale.example', role: 'admin', state: 'active' })
    expect((await call('PUT', `${users}/${user.id}/activate.json`)).json.user.state).toBe('active')
    expect((await call('PUT', `${users}/${user.id}/admin.json`)).json.user.role).toBe('admin')
    expect((await call('GET', `${users}/${user.id}.json`)).json.user.id).toBe(user.id)
    const { ctx, member } = await makeManagement()
    expect((await call('GET', `${users}/${member.id}.json`)).status).toBe(404)
    expect((await call('PUT', `${users}/${member.id}/activate.json`)).status).toBe(404)
    await ctx.db.member.update({ where: { id: member.id }, data: { state: 'pending', passwordHash: 'a hash' } })
    expect((await call('PUT', `/admin/api/accounts/${ctx.tenant.id}/users/${member.id}/activate.json`)).json.user.state).toBe('active')
    await ctx.db.member.update({ where: { id: member.id }, data: { state: 'pending', passwordHash: null } })
    expect((await call('PUT', `/admin/api/accounts/${ctx.tenant.id}/users/${member.id}/activate.json`)).status).toBe(409)
  })

  it('changes what a tenant is called and who answers its partners', async () => {
    const { json } = await call('PUT', path(), { form: { org_name: 'SG', support_email: 'help@sg.example', from_email: 'x@sg.example', 'annotations[managed_by]': 'operator' } })
    expect(json.signup.account).toMatchObject({ org_name: 'SG', support_email: 'help@sg.example' })
    expect((await call('GET', path())).json.signup).toEqual({ account: json.signup.account })
    expect(Object.keys((await call('PUT', path(), { form: { state_event: 'explode' } })).json.errors)).toEqual(['state_event'])
    expect((await call('GET', '/master/api/providers/999999999.json')).json).toEqual({ status: 'Not found' })
  })

  it('suspends and resumes, and deletes nothing for good', async () => {
    const { ctx, member, token } = await makeManagement()
    const tenant = `/master/api/providers/${ctx.tenant.id}.json`
    const works = async () => (await callManagement(ctx.tenant.slug, 'GET', '/admin/api/provider.json', { token })).status
    expect((await call('PUT', tenant, { form: { state_event: 'suspend' } })).json.signup.account.state).toBe('suspended')
    expect(await works()).toBe(403)
    expect((await call('PUT', tenant, { form: { state_event: 'suspend' } })).status).toBe(200)
    expect((await call('PUT', tenant, { form: { state_event: 'resume' } })).json.signup.account.state).toBe('approved')
    expect(await works()).toBe(200)
    for (let time = 0; time < 2; time++) expect([(await call('DELETE', tenant)).status, (await call('DELETE', tenant)).text]).toEqual([200, ''])
    expect(await works()).toBe(403)
    expect((await call('GET', tenant)).json.signup.account.state).toBe('suspended')
    expect(await ctx.db.member.count({ where: { id: member.id } })).toBe(1)
    const entries = await ctx.db.auditEntry.findMany({ where: { action: { startsWith: 'tenant.' } }, orderBy: { id: 'asc' } })
    expect(entries.map(({ action }) => action)).toEqual(['tenant.suspended', 'tenant.resumed', 'tenant.suspended'])
    const changes = await ctx.db.event.findMany({ where: { type: { startsWith: 'tenant.' } }, orderBy: { id: 'asc' } })
    expect(changes.map(({ type }) => type)).toEqual(['tenant.suspended', 'tenant.resumed', 'tenant.suspended'])
  })

  it('SES-4 a suspension signs everybody out, and no old cookie is good again after a resumption', async () => {
    const [{ ctx, member }, other] = [await makeManagement(), await makeManagement()]
    const now = new Date()
    const signIn = async (tenantId: bigint, memberId: bigint) => (await createSession({ realm: 'admin', tenantId }, { memberId }, { address: null, userAgent: '' }, now)).sid
    const [sid, elsewhere] = [await signIn(ctx.tenant.id, member.id), await signIn(other.ctx.tenant.id, other.member.id)]
    expect(await findMemberSession(ctx.tenant.id, sid, now)).not.toBeNull()
    for (const state of ['suspend', 'resume']) {
      expect((await call('PUT', `/master/api/providers/${ctx.tenant.id}.json`, { form: { state_event: state } })).status).toBe(200)
      expect(await findMemberSession(ctx.tenant.id, sid, now)).toBeNull()
    }
    expect(await findMemberSession(ctx.tenant.id, await signIn(ctx.tenant.id, member.id), now)).not.toBeNull()
    expect(await findMemberSession(other.ctx.tenant.id, elsewhere, now)).not.toBeNull()
  })

  it('AUD-1 everything stands in the tenant’s own audit log under the operator, without a secret', async () => {
    const { ctx } = await makeManagement()
    await call('PUT', `/master/api/providers/${ctx.tenant.id}.json`, { form: { org_name: 'Renamed' }, address: '198.51.100.251' })
    expect(await ctx.db.auditEntry.findFirstOrThrow({ where: { action: 'tenant.changed' } })).toMatchObject({ actorKind: 'system', actorId: null, actorName: 'Operator', address: '198.51.100.251', requestId: 'abcdefgh' })
  })

  it('KEY-5 says 401 to whoever has no token or a wrong one, on every address, and repeats none', async () => {
    for (const { method, path: pattern } of operatorRoutes) {
      const address = `${pattern.replace(/:environment/, 'production').replace(/:\w+/g, '1')}.json`
      for (const wrong of [{ token: 'a-token-of-nobody-0123456789-0123456' }, { token: '' }, { headers: { authorization: '' } }, { token: `${TOKEN}x` }]) {
        const { status, text, headers } = await call(method, address, wrong)
        expect([method, address, status, headers.has('www-authenticate')]).toEqual([method, address, 401, true])
        expect(text).not.toContain('a-token-of')
      }
    }
    expect((await call('GET', '/master/api/nothing.json', { token: 'wrong' })).status).toBe(401)
    expect((await call('GET', '/master/api/nothing.json')).status).toBe(404)
    expect((await call('PUT', '/master/api/providers.json')).headers.get('allow')).toBe('POST')
    const { json } = await makeManagement().then(({ token }) => call('GET', path(), { token }))
    expect(json.error).toBe('This is not the operator token.')
  })

  it('takes the token as Bearer and as parameter, in address and form', async () => {
    const bare = { headers: { authorization: '' } }
    for (const answered of [await call('GET', path(), { headers: { authorization: `Bearer ${TOKEN}` } }), await call('GET', `${path()}?access_token=${TOKEN}`, bare), await call('PUT', path(), { ...bare, form: { access_token: TOKEN } })]) expect(answered.status).toBe(200)
  })

  it('is not there without OPERATOR_TOKEN, whoever asks', async () => {
    for (const { method, path: pattern } of operatorRoutes) expect((await serveUnset(method, pattern)).status).toBe(404)
  })

  it('PW-2 guessing from one address ends, also for the right guess, and never for other addresses', async () => {
    const address = '198.51.100.254'
    await Promise.all(Array.from({ length: 300 }, (_none, guess) => call('GET', path(), { token: `guess-${guess}`, address })))
    const { status, headers } = await call('GET', path(), { address })
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true])
    expect((await call('GET', path())).status).toBe(200)
    // Whoever has one address of IPv6 has a whole network of them.
    await Promise.all(Array.from({ length: 300 }, (_none, guess) => call('GET', path(), { token: `guess-${guess}`, address: `2001:db8::${(guess + 1).toString(16)}` })))
    expect((await call('GET', path(), { address: '2001:db8::ffff' })).status).toBe(429)
  })

  it('ISO-6 tells a gateway of all tenants the configurations of its host, and of no other', async () => {
    const first = await makeManagement()
    const second = await makeManagement()
    const hosts: string[] = []
    for (const { call: manage } of [first, second]) {
      const { service } = (await manage('POST', '/admin/api/services.json', { body: { name: 'Served', system_name: 'served' } })).json
      await manage('PATCH', `/admin/api/services/${service.id}/proxy.json`, { body: { api_backend: 'https://served.example.com' } })
      await manage('POST', `/admin/api/services/${service.id}/proxy/deploy.json`)
      await manage('POST', `/admin/api/services/${service.id}/proxy/configs/sandbox/1/promote.json`, { body: { to: 'production' } })
      hosts.push(new URL((await manage('GET', `/admin/api/services/${service.id}/proxy.json`)).json.proxy.endpoint).hostname)
    }
    const found = await Promise.all(hosts.map(async (host) => (await call('GET', `/master/api/proxy/configs/production.json?host=${host}`)).json.proxy_configs))
    expect(found.map((configs) => configs.length)).toEqual([1, 1])
    expect(found.map(([{ proxy_config: config }]) => config.content.proxy.hosts.includes(hosts[found.findIndex(([each]) => each.proxy_config === config)]))).toEqual([true, true])
    expect((await call('GET', '/master/api/proxy/configs/production.json?host=nobody.example')).json.proxy_configs).toEqual([])
    expect((await call('GET', '/master/api/proxy/configs/production.json?per_page=1')).json.metadata.total_entries).toBeGreaterThanOrEqual(2)
    expect((await call('GET', '/master/api/proxy/configs/elsewhere.json')).status).toBe(422)

    // Where one runs a gateway of his own is what he says himself: nobody says that of a host of somebody else's.
    const claim = async (host: string) => {
      await second.ctx.db.product.updateMany({ where: { systemName: 'served' }, data: { deployment: 'self_managed', selfManagedProductionUrl: `http://${host}` } })
      return (await call('GET', `/master/api/proxy/configs/production.json?host=${host}`)).json.proxy_configs.map((each: Json) => each.proxy_config.id)
    }
    expect(await claim('gateway-of-the-second.example')).toHaveLength(1)
    expect(await claim(hosts[0]!)).toEqual([found[0][0].proxy_config.id])
  })

  async function serveUnset(method: string, pattern: string) {
    const at = pattern.replace(/:\w+/g, '1')
    const request = new Request(`http://localhost${at}`, { method, headers: { authorization: `Bearer ${TOKEN}` } })
    return serveOperator(request, { hostName: 'localhost', origin: '', path: at, address: null, requestId: 'abcdefgh' }, undefined)
  }
})
