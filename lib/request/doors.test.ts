import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { AppError, notFound } from '@/lib/errors'
import { logger } from '@/lib/logger'
import { runAdminAction } from '@/lib/request/admin-action'
import { findAdminSession, getAdminTenant } from '@/lib/request/admin-context'
import { adminRoute } from '@/lib/request/admin-route'
import { csrfTokenFor, newPreSession, preSessionToken } from '@/lib/request/csrf'
import { readIncoming } from '@/lib/request/incoming'
import { answerPreSessionToken } from '@/lib/request/pre-session-route'
import { runPublicAction } from '@/lib/request/public-action'
import type { Ctx, Permission } from '@/lib/tenants/context'
import { makeMember } from '@/lib/tenants/member.fixture'
import { cookieNames, encodeSessionCookie } from '@/lib/tenants/session-cookie'
import { createSession, revokeSession, rotateSession } from '@/lib/tenants/sessions'
import { windows } from '@/lib/throttle/buckets'
import { throttle } from '@/lib/throttle/throttle'

testDatabase()

// The failures below are meant; they would only fill the screen.
beforeAll(() => void (logger.level = 'silent'))

type Wanted = { role?: 'admin' | 'member'; permissions?: Permission[] }

async function signedIn(wanted: Wanted = {}) {
  const ctx = await makeTenant()
  const member = await makeMember(ctx, wanted)
  const at = { realm: 'admin', tenantId: ctx.tenant.id } as const
  const { id, sid } = await createSession(at, { memberId: member.id }, { address: null, userAgent: '' }, new Date())
  const host = `${ctx.tenant.slug}.admin.localhost:3000`
  const headers = {
    host,
    origin: `http://${host}`,
    'x-csrf-token': csrfTokenFor({ tenantId: ctx.tenant.id, id }),
    cookie: `${cookieNames(at).session}=${await encodeSessionCookie(at, sid)}`,
  }
  return { ctx, member, id, sid, host, at, headers }
}

const input = z.object({ name: z.string().min(1, 'Write a name.') })
const anything = { can: undefined, input } as const

function act(headers: Record<string, string>, options: Parameters<typeof runAdminAction<typeof input, unknown>>[1] = anything, raw: unknown = { name: 'x' }, work: (ctx: Ctx, input: { name: string }) => Promise<unknown> = async (_ctx, given) => given) {
  return runAdminAction(readIncoming(new Headers(headers), 'POST'), options, work, raw)
}

describe('the action door', () => {
  it('hands the context of host and session to the work', async () => {
    const { ctx, member, id, headers } = await signedIn()
    const result = await act({ ...headers, 'x-forwarded-for': '203.0.113.9', 'x-request-id': 'abcdefgh12345678' }, anything, { name: 'x' }, async (given) => ({ tenant: given.tenant.id, actor: given.actor, audit: given.audit }))
    expect(result).toEqual({
      ok: true,
      data: {
        tenant: Number(ctx.tenant.id),
        actor: { kind: 'member', id: Number(member.id), name: member.name, email: member.email, role: 'admin', sessionId: Number(id) },
        audit: { tenantId: Number(ctx.tenant.id), actor: { kind: 'member', id: Number(member.id), name: member.name }, address: '203.0.113.9', requestId: 'abcdefgh12345678' },
      },
    })
  })

  it('CSRF-1 refuses a write without own Origin, own Sec-Fetch-Site and the session’s token, and does nothing', async () => {
    const a = await signedIn()
    const b = await signedIn()
    const { origin: _origin, ...noOrigin } = a.headers
    const { 'x-csrf-token': _token, ...noToken } = a.headers
    const bad: Record<string, string>[] = [
      noOrigin,
      noToken,
      { ...a.headers, origin: 'null' },
      { ...a.headers, origin: 'http://evil.example' },
      { ...a.headers, origin: b.headers.origin },
      { ...a.headers, origin: `https://${a.host}` },
      { ...a.headers, origin: `http://${a.host}0` },
      { ...a.headers, 'sec-fetch-site': 'same-site' },
      { ...a.headers, 'sec-fetch-site': 'cross-site' },
      { ...a.headers, 'sec-fetch-site': 'none' },
      { ...a.headers, 'x-csrf-token': '' },
      { ...a.headers, 'x-csrf-token': 'x'.repeat(43) },
      { ...a.headers, 'x-csrf-token': b.headers['x-csrf-token'] },
      { ...a.headers, 'x-csrf-token': csrfTokenFor({ tenantId: b.ctx.tenant.id, id: a.id }) },
    ]
    let done = 0
    for (const headers of bad) expect(await act(headers, anything, { name: 'x' }, async () => ++done), JSON.stringify(headers)).toMatchObject({ ok: false, error: { code: 'csrf_failed' } })
    expect(done).toBe(0)
    expect(await act({ ...a.headers, 'sec-fetch-site': 'same-origin' })).toMatchObject({ ok: true })
  })

  it('CSRF-1 the token outlives the new session id of a step-up', async () => {
    const { ctx, id, at, headers } = await signedIn()
    const sid = await rotateSession(ctx.tenant.id, id, new Date())
    const cookie = `${cookieNames(at).session}=${await encodeSessionCookie(at, sid!)}`
    expect(await act(headers)).toMatchObject({ error: { code: 'unauthenticated' } })
    expect(await act({ ...headers, cookie })).toMatchObject({ ok: true })
  })

  it('SES-2 two cookies of the session’s name are no session', async () => {
    const { headers } = await signedIn()
    expect(await act({ ...headers, cookie: `${headers.cookie}; theme=dark` })).toMatchObject({ ok: true })
    expect(await act({ ...headers, cookie: `${headers.cookie}; ${headers.cookie}` })).toMatchObject({ ok: false, error: { code: 'unauthenticated' } })
    expect(await act({ ...headers, cookie: `${headers.cookie.split('=')[0]}=planted; ${headers.cookie}` })).toMatchObject({ ok: false, error: { code: 'unauthenticated' } })
  })

  it('SES-3 a revoked cookie is refused with the next request', async () => {
    const { ctx, id, headers } = await signedIn()
    await revokeSession(ctx.tenant.id, id, new Date())
    expect(await act(headers)).toMatchObject({ ok: false, error: { code: 'unauthenticated' } })
  })

  it('SES-1 the tenant comes from the host: a cookie of A is nobody at B, under either cookie’s name', async () => {
    const a = await signedIn()
    const b = await signedIn()
    const value = a.headers.cookie.split('=').slice(1).join('=')
    const atB = { ...a.headers, host: b.host, origin: b.headers.origin }
    expect(await act(atB)).toMatchObject({ error: { code: 'unauthenticated' } })
    expect(await act({ ...atB, cookie: `${cookieNames(b.at).session}=${value}` })).toMatchObject({ error: { code: 'unauthenticated' } })
  })

  it('ISO-5 unknown hosts, portal hosts and things that are no host answer alike', async () => {
    const { ctx, headers } = await signedIn()
    const answers = []
    for (const host of ['nobody.admin.localhost:3000', `${ctx.tenant.slug}.portal.localhost:3000`, 'localhost:3000', '', 'a@b', `${ctx.tenant.slug}.admin.localhost.evil.example`])
      answers.push(JSON.stringify(await act({ ...headers, host, origin: `http://${host}` })))
    expect(new Set(answers)).toEqual(new Set([JSON.stringify({ ok: false, error: { code: 'not_found', message: 'Not found.' } })]))
  })

  it('checks the permission at the door, which admins always hold', async () => {
    const clerk = await signedIn({ role: 'member', permissions: ['plans'] })
    const admin = await signedIn()
    expect(await act(clerk.headers, { can: 'plans', input })).toMatchObject({ ok: true })
    expect(await act(clerk.headers, { can: 'settings', input })).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    expect(await act(admin.headers, { can: 'settings', input })).toMatchObject({ ok: true })
  })

  it('PW-6 asks for the password again where the action says so', async () => {
    const { ctx, id, at, headers } = await signedIn()
    const options = { ...anything, stepUp: true }
    expect(await act(headers, options)).toMatchObject({ ok: false, error: { code: 'step_up_required' } })
    const cookieAfter = async (now: Date) => `${cookieNames(at).session}=${await encodeSessionCookie(at, (await rotateSession(ctx.tenant.id, id, now, { stepUp: true }))!)}`
    expect(await act({ ...headers, cookie: await cookieAfter(new Date()) }, options)).toMatchObject({ ok: true })
    expect(await act({ ...headers, cookie: await cookieAfter(new Date(Date.now() - 11 * 60_000)) }, options)).toMatchObject({ error: { code: 'step_up_required' } })
  })

  it('PLAT-4 ISO-9 validates and drops what the schema does not know, from objects and from forms', async () => {
    const { headers } = await signedIn()
    expect(await act(headers, anything, { name: 'x', tenantId: 7, role: 'admin', __proto__: { name: 'y' } })).toEqual({ ok: true, data: { name: 'x' } })
    expect(await act(headers, anything, { name: '' })).toEqual({ ok: false, error: { code: 'invalid', message: 'Please mend the fields marked below.', fields: { name: ['Write a name.'] } } })
    expect(await act(headers, anything, null)).toMatchObject({ ok: false, error: { code: 'invalid' } })
    const form = new FormData()
    form.append('name', 'x')
    form.append('name[not]', 'y')
    form.append('__proto__', 'z')
    form.append('$ACTION_ID_1', '')
    expect(await act(headers, anything, form)).toEqual({ ok: true, data: { name: 'x' } })
    form.append('name', 'twice')
    expect(await act(headers, anything, form)).toMatchObject({ ok: false, error: { code: 'invalid' } })
  })

  it('PLAT-4 answers plain values only: ids as numbers, no instances, no functions', async () => {
    const { headers } = await signedIn()
    const at = new Date('2026-11-23T10:00:00Z')
    expect(await act(headers, anything, { name: 'x' }, async () => ({ id: 12n, list: [{ id: 13n }], at, none: undefined }))).toEqual({ ok: true, data: { id: 12, list: [{ id: 13 }], at, none: undefined } })
    for (const leak of [new Map(), new (class Row {})(), () => 1, { deep: [new Error('x')] }, 2n ** 60n]) expect(await act(headers, anything, { name: 'x' }, async () => leak)).toMatchObject({ ok: false, error: { code: 'internal_error' } })
  })

  it('HTTP-7 says nothing of an unknown error but a request id', async () => {
    const { headers } = await signedIn()
    const result = await act({ ...headers, 'x-request-id': 'abcdefgh12345678' }, anything, { name: 'x' }, async () => {
      throw new Error('duplicate key value violates unique constraint "members_email" at /srv/app/lib/x.ts')
    })
    expect(result).toMatchObject({ ok: false, error: { code: 'internal_error', requestId: 'abcdefgh12345678' } })
    expect(JSON.stringify(result)).not.toMatch(/duplicate|constraint|srv/)
    expect(await act(headers, anything, { name: 'x' }, async () => Promise.reject(new AppError('conflict', { publicMessage: 'Taken.', cause: new Error('secret cause'), details: { sql: 'select' } })))).toEqual({ ok: false, error: { code: 'conflict', message: 'Taken.' } })
  })

  it('IDM-2 knows what the database says: a double click is a conflict, a foreign id is not found, silence is unavailable', async () => {
    const { ctx, headers } = await signedIn()
    const failing = (work: () => Promise<unknown>) => act(headers, anything, { name: 'x' }, work)
    const twin = { tenantId: ctx.tenant.id, email: 'twin@example.com', emailNormal: 'twin@example.com', name: 'Twin' }
    expect(await failing(() => Promise.all([ctx.db.member.create({ data: twin }), ctx.db.member.create({ data: twin })]))).toMatchObject({ error: { code: 'conflict' } })
    expect(await failing(() => ctx.db.member.update({ where: { id: 999_999n }, data: { name: 'x' } }))).toMatchObject({ error: { code: 'not_found' } })
    expect(await failing(() => Promise.reject(Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' })))).toMatchObject({ error: { code: 'unavailable', retryAfterSeconds: 5 } })
    expect(await failing(async () => z.object({ email: z.string('Write an e-mail.') }).parse({}))).toMatchObject({ error: { code: 'invalid', fields: { email: ['Write an e-mail.'] } } })
  })

  it('lets Next’s own signals pass', async () => {
    const { headers } = await signedIn()
    const signal = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;push;/plans;307;' })
    await expect(act(headers, anything, { name: 'x' }, async () => Promise.reject(signal))).rejects.toBe(signal)
  })
})

describe('the route door', () => {
  const schema = z.object({ id: z.coerce.number(), q: z.string().optional(), name: z.string().optional() })
  const route = adminRoute({ can: undefined, input: schema }, async (ctx, given) => {
    if (given.id === 404) throw notFound()
    if (given.id === 429) throw new AppError('too_many_requests', { retryAfterSeconds: 7 })
    return { tenant: ctx.tenant.id, ...given }
  })
  const call = (headers: Record<string, string>, { method = 'GET', path = '/things?q=a', body, id = '5' }: { method?: string; path?: string; body?: string; id?: string } = {}) =>
    route(new Request(`http://localhost:3000${path}`, { method, headers, body }), { params: Promise.resolve({ tenant: 'acme', id }) })

  it('answers JSON with ids as numbers and is never cached', async () => {
    const { ctx, headers } = await signedIn()
    const response = await call(headers)
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([200, 'application/json; charset=utf-8', 'private, no-store'])
    expect(await response.json()).toEqual({ tenant: Number(ctx.tenant.id), id: 5, q: 'a' })
  })

  it('ISO-9 the path wins over query and body', async () => {
    const { headers } = await signedIn()
    expect(await (await call(headers, { path: '/things?id=6&id=7' })).json()).toMatchObject({ id: 5 })
    expect(await (await call({ ...headers, 'content-type': 'application/json' }, { method: 'POST', body: '{"id":6,"name":"n","tenantId":1}' })).json()).toMatchObject({ id: 5, name: 'n' })
  })

  it('answers failures in one shape, with status and Retry-After', async () => {
    const { headers } = await signedIn()
    const named = { ...headers, 'x-request-id': 'abcdefgh12345678' }
    const unknown = await call(named, { id: '404' })
    expect([unknown.status, await unknown.json()]).toEqual([404, { error: { code: 'not_found', message: 'Not found.' }, request_id: 'abcdefgh12345678' }])
    const slow = await call(named, { id: '429' })
    expect([slow.status, slow.headers.get('retry-after')]).toEqual([429, '7'])
    const wrong = await call(named, { id: 'x' })
    expect([wrong.status, (await wrong.json()).error.fields]).toEqual([422, { id: [expect.any(String)] }])
    expect((await call({ ...headers, cookie: '' })).status).toBe(401)
    expect((await call({ ...headers, host: 'nobody.admin.localhost' })).status).toBe(404)
  })

  it('CSRF-1 writes need the token, reads do not', async () => {
    const { host, headers } = await signedIn()
    expect((await call({ host, cookie: headers.cookie })).status).toBe(200)
    const { 'x-csrf-token': _token, ...noToken } = headers
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect((await call(noToken, { method })).status).toBe(403)
  })

  it('CSRF-2 demands application/json', async () => {
    const { headers } = await signedIn()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await call({ ...headers, 'content-type': type }, { method: 'POST', body: '{"name":"n"}' })).status).toBe(415)
    expect((await call({ ...headers, 'content-type': 'application/json' }, { method: 'POST', body: '{' })).status).toBe(400)
    expect((await call({ ...headers, 'content-type': 'application/json' }, { method: 'POST', body: '[1]' })).status).toBe(400)
  })
})

describe('forms before sign-in', () => {
  const host = 'localhost:3000'
  const submit = (headers: Record<string, string>) => runPublicAction(readIncoming(new Headers({ host, origin: `http://${host}`, ...headers }), 'POST'), { input }, async (_door, given) => given, { name: 'x' })

  it('CSRF-2 need a token that is bound to a cookie of this browser and to this host', async () => {
    const cookie = newPreSession()
    const token = preSessionToken(cookie, host)
    expect(await submit({ cookie: `pre=${cookie}`, 'x-csrf-token': token })).toEqual({ ok: true, data: { name: 'x' } })
    const bad: Record<string, string>[] = [
      {},
      { 'x-csrf-token': token },
      { cookie: `pre=${cookie}` },
      { cookie: `pre=${newPreSession()}`, 'x-csrf-token': token },
      { cookie: `pre=${cookie}; pre=${cookie}`, 'x-csrf-token': token },
      { cookie: `pre=${cookie}`, 'x-csrf-token': preSessionToken(cookie, 'acme.admin.localhost:3000') },
      { cookie: `pre=${cookie}`, 'x-csrf-token': token, origin: 'http://evil.example' },
      { cookie: `pre=${cookie}`, 'x-csrf-token': token, 'sec-fetch-site': 'cross-site' },
    ]
    for (const headers of bad) expect(await submit(headers), JSON.stringify(headers)).toMatchObject({ ok: false, error: { code: 'csrf_failed' } })
  })

  it('PW-2 one address cannot flood them, and is told when to come again', async () => {
    const address = '203.0.113.201'
    for (let i = 0; i < windows.address_flood.limit; i++) await throttle().take('address_flood', address)
    expect(await submit({ 'x-forwarded-for': address })).toMatchObject({ ok: false, error: { code: 'too_many_requests', retryAfterSeconds: expect.any(Number) } })
    const refused = await answerPreSessionToken(new Request('http://localhost:3000/api/auth/token', { headers: { host, 'x-forwarded-for': address } }))
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect(await submit({ 'x-forwarded-for': '203.0.113.202' })).toMatchObject({ error: { code: 'csrf_failed' } })
  })

  it('CSRF-2 the token endpoint keeps the browser’s cookie and gives one to who has none', async () => {
    const ask = (headers: Record<string, string>) => answerPreSessionToken(new Request('http://localhost:3000/api/auth/token', { headers: { host, ...headers } }))
    const first = await ask({})
    const [cookie] = /^pre=([A-Za-z0-9_-]{43}); Path=\/; HttpOnly; SameSite=Lax$/.exec(first.headers.get('set-cookie') ?? '')!.slice(1)
    expect((await first.json()).token).toBe(preSessionToken(cookie!, host))
    const second = await ask({ cookie: `pre=${cookie}` })
    expect(second.headers.get('set-cookie')).toBeNull()
    expect((await second.json()).token).toBe(preSessionToken(cookie!, host))
  })
})

describe('the context', () => {
  it('is nobody without a cookie, and the tenant must be active', async () => {
    const { ctx, host } = await signedIn()
    const incoming = readIncoming(new Headers({ host }))
    const tenant = await getAdminTenant(incoming)
    expect(tenant.id).toBe(ctx.tenant.id)
    expect(await findAdminSession(incoming, tenant, new Date())).toBeNull()
    await ctx.db.tenant.update({ where: { id: ctx.tenant.id }, data: { state: 'suspended' } })
    await expect(getAdminTenant(incoming)).rejects.toMatchObject({ code: 'not_found' })
  })
})
