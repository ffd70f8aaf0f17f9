import { beforeAll, describe, expect, it } from 'vitest'
import { systemDb } from '@/lib/db/system-db'
import { testDatabase } from '@/lib/db/test-database'
import { makeDeveloper } from '@/lib/accounts/developer.fixture'
import { callManagement, makeManagement, type Management } from '@/lib/management/management.fixture'
import { createAccessTokenFor } from '@/lib/tenants/access-tokens'
import { rotateProviderKey } from '@/lib/tenants/provider-key'

testDatabase()

const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` })
const password = 'violet tram over Lyon'

describe('the door of the management API', () => {
  let world: Management
  let slug: string
  beforeAll(async () => {
    world = await makeManagement()
    slug = world.ctx.tenant.slug
    for (let number = 1; number <= 5; number++) await makeDeveloper(world.ctx, { orgName: `Partner ${number}`, email: `p${number}@example.com` })
  })
  const anonymous = (method: string, path: string, more: object = {}) => callManagement(slug, method, path, { token: null, ...more })

  it('takes the token as a parameter, in a form, in JSON, as Bearer, and as user or password of Basic', async () => {
    const { token } = world
    const path = '/admin/api/accounts.json'
    for (const answered of [
      await anonymous('GET', `${path}?access_token=${token}`),
      await anonymous('GET', path, { headers: { authorization: `Bearer ${token}` } }),
      await anonymous('GET', path, { headers: basic(token, '') }),
      await anonymous('GET', path, { headers: basic('', token) }),
      await anonymous('GET', path, { headers: basic('api', token) }),
    ])
      expect(answered.status).toBe(200)
    expect((await anonymous('PUT', '/admin/api/settings.json', { body: new URLSearchParams({ access_token: token, multiple_users: '1' }) })).json).toMatchObject({ settings: { multiple_users: true } })
    expect((await anonymous('PUT', '/admin/api/settings.json', { body: { access_token: token, multiple_users: false } })).json).toMatchObject({ settings: { multiple_users: false } })
  })

  it('takes the provider key the same ways, with all rights', async () => {
    const key = await rotateProviderKey(world.ctx)
    for (const answered of [await anonymous('GET', `/admin/api/users.json?provider_key=${key}`), await anonymous('GET', '/admin/api/users.json', { headers: basic(key, '') }), await anonymous('PUT', '/admin/api/settings.json', { body: { provider_key: key, multiple_users: true } })])
      expect(answered.status).toBe(200)
    expect((await anonymous('GET', '/admin/api/users.json?provider_key=pk_wrong')).status).toBe(401)
    expect((await anonymous('GET', `/admin/api/personal/access_tokens.json?provider_key=${key}`)).json).toEqual({ status: 'Forbidden' })
  })

  it('a cookie is no credential', async () => {
    expect((await anonymous('GET', '/admin/api/accounts.json', { headers: { cookie: `access_token=${world.token}; session=${world.token}` } })).status).toBe(401)
  })

  it('a token that is revoked, expired, or whose member is suspended is unknown', async () => {
    const { ctx, member } = world
    const made = await createAccessTokenFor(ctx, member.id, { name: 'x', permission: 'rw', scopes: ['account_management'] })
    const get = () => callManagement(slug, 'GET', '/admin/api/accounts.json', { token: made.token })
    expect((await get()).status).toBe(200)
    await ctx.db.accessToken.update({ where: { id: made.id }, data: { expiresAt: new Date(Date.now() - 1000) } })
    expect((await get()).status).toBe(401)
    await ctx.db.accessToken.update({ where: { id: made.id }, data: { expiresAt: null, revokedAt: new Date() } })
    expect((await get()).status).toBe(401)
  })

  it('AUD-1 what a token does stands in the audit log under its member and its name', async () => {
    await world.call('POST', '/admin/api/signup.json', { body: { org_name: 'Audited', email: 'audited@example.com', password } })
    const entry = await world.ctx.db.auditEntry.findFirstOrThrow({ where: { action: 'account.created' }, orderBy: { id: 'desc' } })
    expect(entry).toMatchObject({ actorKind: 'member', actorId: world.member.id, actorName: `${world.member.name} (access token “Test”)`, address: '203.0.113.9', requestId: expect.stringMatching(/^\w{22}$/) })
  })

  it('pages lists, and tells of pages only who asks', async () => {
    expect((await world.call('GET', '/admin/api/accounts.json')).json).not.toHaveProperty('metadata')
    const { json } = await world.call('GET', '/admin/api/accounts.json?per_page=2&page=2')
    expect(json.metadata).toEqual({ per_page: 2, total_entries: 6, total_pages: 3, current_page: 2 })
    expect(json.accounts.map((each: { account: { org_name: string } }) => each.account.org_name)).toEqual(['Partner 3', 'Partner 4'])
    expect((await world.call('GET', '/admin/api/accounts.json?per_page=100000')).json.metadata.per_page).toBe(500)
    expect((await world.call('GET', '/admin/api/accounts.json?per_page=x&page=-1')).json.metadata).toMatchObject({ per_page: 500, current_page: 1 })
    const { text } = await world.call('GET', '/admin/api/accounts.xml?per_page=2')
    expect(text).toContain('<accounts per_page="2" total_entries="6" total_pages="3" current_page="1"><account><id>')
  })

  it('lays own fields flat in JSON and apart in XML', async () => {
    await world.call('POST', '/admin/api/fields_definitions.json', { body: { target: 'Account', name: 'colour', label: 'Colour' } })
    const { json } = await world.call('POST', '/admin/api/signup.json', { body: { org_name: 'A & "B"', email: 'ab@example.com', password, colour: 'red & <blue>' } })
    expect(json.account).toMatchObject({ org_name: 'A & "B"', colour: 'red & <blue>' })
    const { text } = await world.call('GET', `/admin/api/accounts/${json.account.id}.xml`)
    expect(text).toContain('<org_name>A &amp; &quot;B&quot;</org_name><extra_fields><colour>red &amp; &lt;blue&gt;</colour></extra_fields></account>')
  })

  it('takes what Rails clients wrap in the object’s name, in JSON and in forms', async () => {
    const { json } = await world.call('POST', '/admin/api/fields_definitions.json', { body: { fields_definition: { target: 'User', name: 'wrapped', label: 'Wrapped', choices: ['a', 'b'] } } })
    expect(json.fields_definition).toMatchObject({ name: 'wrapped', choices: ['a', 'b'] })
    const form = new URLSearchParams([['fields_definition[target]', 'User'], ['fields_definition[name]', 'boxed'], ['fields_definition[label]', 'Boxed'], ['fields_definition[choices][]', 'x'], ['fields_definition[choices][]', 'y']])
    expect((await world.call('POST', '/admin/api/fields_definitions.json', { body: form })).json.fields_definition).toMatchObject({ name: 'boxed', choices: ['x', 'y'] })
  })

  it('problems are told by the names of the API, in XML as sentences', async () => {
    const { status, json } = await world.call('POST', '/admin/api/signup.json', { body: { org_name: 'x', email: 'not an address', password: 'short' } })
    expect([status, Object.keys(json.errors)]).toEqual([422, ['email']])
    const taken = await world.call('POST', '/admin/api/signup.json', { body: { org_name: 'x', email: 'p1@example.com', password } })
    expect([taken.status, taken.json]).toEqual([422, { errors: { email: ['Somebody uses this e-mail address already.'] } }])
    const xml = await world.call('POST', '/admin/api/signup.xml', { body: { email: 'x@example.com', password } })
    expect(xml.text).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<errors><error>Org name can&apos;t be blank</error></errors>')
    expect((await world.call('GET', '/admin/api/accounts/999999.xml')).text).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<error>Not found</error>')
  })

  it('PATCH answers like PUT; other methods hear which there are; unknown paths and formats are refused', async () => {
    expect((await world.call('PATCH', '/admin/api/settings.json', { body: { multiple_users: true } })).status).toBe(200)
    const other = await world.call('DELETE', '/admin/api/settings.json')
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET, PUT, PATCH'])
    expect((await world.call('GET', '/admin/api/account_plans.json')).json).toEqual({ status: 'Not found' })
    expect((await world.call('GET', '/admin/api/settings.xml')).status).toBe(406)
    expect((await world.call('GET', '/admin/api/accounts', { headers: { accept: 'application/xml' } })).headers.get('content-type')).toContain('xml')
    expect((await world.call('HEAD', '/admin/api/accounts.json')).text).toBe('')
  })

  it('a broken body is 400, another type 415, too much 413', async () => {
    const send = (body: string, type: string) => serve(body, type)
    expect((await send('{"a":', 'application/json')).status).toBe(400)
    expect((await send('[1]', 'application/json')).status).toBe(400)
    expect((await send('x', 'text/plain')).status).toBe(415)
    expect((await send(`{"a":"${'x'.repeat(1_100_000)}"}`, 'application/json')).status).toBe(413)
  })

  it('HTTP-5 who asks is known before a large body is taken in: a stranger\'s is not read, one without a token in front only as far as a form goes', async () => {
    const { serveManagement } = await import('@/lib/management/serve-management')
    const { managementTable } = await import('@/lib/management/routes/index')
    const hostName = `${slug}.admin.localhost`
    const mostMb = 9
    const send = async (path: string, headers: Record<string, string>, start = '') => {
      let takenMb = 0
      const body = new ReadableStream<Uint8Array>({
        pull(stream) {
          if (takenMb === 0 && start !== '') stream.enqueue(new TextEncoder().encode(start))
          if (takenMb === mostMb) return stream.close()
          takenMb++
          stream.enqueue(new Uint8Array(1024 * 1024).fill(120))
        },
      })
      const request = new Request(`http://${hostName}${path}`, { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } } as RequestInit)
      const { status } = await serveManagement(request, { hostName, origin: '', path, address: '203.0.113.77', requestId: 'abcdefgh' }, managementTable)
      return { status, takenMb }
    }
    const path = '/admin/api/active_docs.json'
    const proved = { authorization: `Bearer ${world.token}` }
    // A request takes one piece ahead of its reader.
    for (const headers of [{ authorization: 'Bearer at_nobody' }, basic('', 'at_nobody')]) expect(await send(path, headers)).toEqual({ status: 401, takenMb: expect.toSatisfy((mb: number) => mb <= 1) })
    expect(await send(`${path}?access_token=at_nobody`, {})).toEqual({ status: 401, takenMb: expect.toSatisfy((mb: number) => mb <= 1) })
    // What some proxy left in the header does not stand before a token in the form.
    expect((await anonymous('PUT', '/admin/api/settings.json', { headers: basic('proxy', 'secret'), body: new URLSearchParams({ access_token: world.token, multiple_users: '1' }) })).status).toBe(200)
    expect(await send('/admin/api/nothing.json', proved)).toEqual({ status: 404, takenMb: expect.toSatisfy((mb: number) => mb <= 1) })
    expect(await send(path, {}, `access_token=${world.token}&body=`)).toEqual({ status: 413, takenMb: expect.toSatisfy((mb: number) => mb >= 2 && mb <= 4) })
    // Read whole, and refused for another reason: there is no product yet.
    expect(await send(path, proved, 'name=Large&body=')).toEqual({ status: 409, takenMb: mostMb })
  })

  it('settings that do not exist are refused by name', async () => {
    const { status, json } = await world.call('PUT', '/admin/api/settings.json', { body: { public_search: true, enforce_sso: true } })
    expect([status, json]).toEqual([422, { errors: { base: ['Unknown parameters: public_search, enforce_sso.'] } }])
  })

  it('a token makes no token that goes further than itself', async () => {
    const soon = new Date(Date.now() + 3_600_000)
    const { token } = await createAccessTokenFor(world.ctx, world.member.id, { name: 'narrow', permission: 'rw', scopes: ['account_management'], expiresAt: soon })
    const make = (body: Record<string, unknown>) => world.call('POST', '/admin/api/personal/access_tokens.json', { token, body: { name: 'y', permission: 'rw', scopes: ['account_management'], expires_at: new Date(soon.getTime() - 1000).toISOString(), ...body } })
    expect((await make({})).status).toBe(201)
    expect((await make({ scopes: ['account_management', 'cms'] })).json.errors).toHaveProperty('scopes')
    expect((await make({ expires_at: new Date(soon.getTime() + 60_000).toISOString() })).json.errors).toHaveProperty('expires_at')
    expect((await make({ expires_at: undefined })).json.errors).toHaveProperty('expires_at')
  })

  it('of a suspended tenant nothing is told: 403, empty', async () => {
    const other = await makeManagement()
    await systemDb('suspends a test tenant').tenant.update({ where: { id: other.ctx.tenant.id }, data: { state: 'suspended' } })
    const { status, text } = await other.call('GET', '/admin/api/accounts.json')
    expect([status, text]).toEqual([403, ''])
  })

  async function serve(text: string, type: string) {
    const { serveManagement } = await import('@/lib/management/serve-management')
    const { managementTable } = await import('@/lib/management/routes/index')
    const hostName = `${slug}.admin.localhost`
    const path = '/admin/api/signup.json'
    const request = new Request(`http://${hostName}${path}`, { method: 'POST', body: text, headers: { 'content-type': type, authorization: `Bearer ${world.token}` } })
    return serveManagement(request, { hostName, origin: '', path, address: null, requestId: 'abcdefgh' }, managementTable)
  }
})
