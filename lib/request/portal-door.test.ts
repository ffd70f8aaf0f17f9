import { beforeAll, describe, expect, it } from 'vitest'
import { goodPassword, makeDeveloper } from '@/lib/accounts/developer.fixture'
import { saveFile } from '@/lib/cms/save-file'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { logger } from '@/lib/logger'
import { answerPortal, refuseMethod } from '@/lib/request/portal-door'
import { openBrowser } from '@/lib/request/portal.fixture'
import type { Ctx } from '@/lib/tenants/context'
import { makeMember } from '@/lib/tenants/member.fixture'
import { cookieNames, encodeSessionCookie } from '@/lib/tenants/session-cookie'
import { createSession } from '@/lib/tenants/sessions'

testDatabase()

// The failures below are meant; they would only fill the screen.
beforeAll(() => void (logger.level = 'silent'))

const sessionCookie = (ctx: Ctx) => cookieNames({ realm: 'portal', tenantId: ctx.tenant.id }).session

/** A page of the tenant's own, published. */
async function publish(ctx: Ctx, path: string, body: string, more: { layoutName?: string | null; liquid?: boolean; contentType?: string; draft?: string } = {}) {
  const { draft = null, layoutName = null, ...rest } = more
  await ctx.db.portalTemplate.create({ data: { tenantId: ctx.tenant.id, kind: 'page', systemName: path.slice(1).replace(/\W/g, '_'), title: 'Own', path, layoutName, published: body, draft, ...rest } })
}

async function signedIn(ctx?: Ctx) {
  const own = ctx ?? (await makeTenant())
  const person = await makeDeveloper(own)
  const browser = openBrowser(own)
  expect(await browser.signIn(person.developer.email)).toMatchObject({ status: 303, location: '/admin' })
  return { ctx: own, browser, ...person }
}

describe('the portal’s door', () => {
  it('shows the built-in home to a visitor, without a cookie', async () => {
    const ctx = await makeTenant()
    const home = await openBrowser(ctx).get('/')
    expect(home.body).toContain(ctx.tenant.name)
    expect([home.status, home.headers.get('content-type'), home.headers.get('set-cookie')]).toEqual([200, 'text/html; charset=utf-8', null])
  })

  it('ZONE-2 an unknown host, a dashboard’s host, a suspended tenant: the same fixed text, no cookie, no redirect', async () => {
    const ctx = await makeTenant()
    const gone = await makeTenant()
    await gone.db.tenant.update({ where: { id: gone.tenant.id }, data: { state: 'suspended' } })
    for (const host of ['nobody.portal.localhost', `${ctx.tenant.slug}.admin.localhost`, `${gone.tenant.slug}.portal.localhost`, 'a@b', '']) {
      const response = await answerPortal(new Request('http://localhost/', { headers: { host, 'x-gh-path': '/login' } }))
      expect([response.status, await response.text(), response.headers.get('set-cookie'), response.headers.get('cache-control')]).toEqual([404, 'Nothing lives at this address.\n', null, 'no-store'])
    }
  })

  it('ZONE-3 routes of the dashboard are not here, whoever asks', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx)
    const at = { realm: 'admin', tenantId: ctx.tenant.id } as const
    const { sid } = await createSession(at, { memberId: member.id }, { address: null, userAgent: '' }, new Date())
    const browser = openBrowser(ctx)
    browser.cookies.set(cookieNames(at).session, await encodeSessionCookie(at, sid))
    for (const path of ['/products', '/accounts', '/sign-in', '/settings/members', '/api/auth/token', '/admin/api/accounts.json', '/zone/admin/x']) expect((await browser.get(path)).status, path).toBe(404)
    expect(await browser.get('/admin')).toMatchObject({ status: 302, location: '/login?return_to=%2Fadmin' })
  })

  it('answers HEAD without a body, refuses PATCH and unknown writes', async () => {
    const browser = openBrowser(await makeTenant())
    expect(await browser.ask('/plans', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    const refused = refuseMethod()
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, PUT, DELETE'])
    await browser.get('/login')
    expect((await browser.send('/nothing/here', {})).status).toBe(404)
  })

  it('HTTP-6 what shows a person or carries a token is never stored, public pages depend on host and cookie', async () => {
    const { browser, ctx } = await signedIn()
    const visitor = openBrowser(ctx)
    const plans = await visitor.get('/plans')
    expect([plans.headers.get('cache-control'), plans.headers.get('vary')]).toEqual(['no-cache', 'Host, Cookie'])
    const login = await visitor.get('/login')
    expect([login.headers.get('cache-control'), login.headers.get('vary')]).toEqual(['private, no-store', 'Host, Cookie'])
    expect((await browser.get('/plans')).headers.get('cache-control')).toBe('private, no-store')
  })

  it('serves stylesheets with a hash for ever, without one as long as they have not changed', async () => {
    const browser = openBrowser(await makeTenant())
    const { body } = await browser.get('/')
    const address = /\/css\/portal\.css\?v=[0-9a-f]+/.exec(body)![0]
    const kept = await browser.get(address)
    expect([kept.status, kept.headers.get('content-type'), kept.headers.get('cache-control')]).toEqual([200, 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'])
    const plain = await browser.get('/css/portal.css')
    expect(plain.headers.get('cache-control')).not.toContain('immutable')
    expect((await browser.get('/css/portal.css', { 'if-none-match': plain.headers.get('etag')! })).status).toBe(304)
    expect((await browser.get(/\/css\/colours\.css\?v=[0-9a-f]+/.exec(body)![0])).body).toContain('--accent')
  })
})

describe('sessions of the portal', () => {
  it('SES-1 a cookie of one tenant, or of the dashboard, is nobody at another’s portal', async () => {
    const a = await signedIn()
    const b = await makeTenant()
    const value = a.browser.cookies.get(sessionCookie(a.ctx))!
    const atB = openBrowser(b)
    atB.cookies.set(sessionCookie(a.ctx), value).set(sessionCookie(b), value)
    expect((await atB.get('/admin')).status).toBe(302)
    const member = await makeMember(a.ctx)
    const { sid } = await createSession({ realm: 'admin', tenantId: a.ctx.tenant.id }, { memberId: member.id }, { address: null, userAgent: '' }, new Date())
    const asMember = openBrowser(a.ctx)
    asMember.cookies.set(sessionCookie(a.ctx), await encodeSessionCookie({ realm: 'portal', tenantId: a.ctx.tenant.id }, sid))
    expect((await asMember.get('/admin')).status).toBe(302)
  })

  it('SES-2 the cookie has no Domain, is HttpOnly and Lax; two of its name are no session', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    const browser = openBrowser(ctx)
    const answer = await browser.signIn(developer.email)
    const line = answer.headers.getSetCookie().find((each) => each.startsWith(sessionCookie(ctx)))!
    expect(line).toMatch(/^[^;]+; Path=\/; HttpOnly; SameSite=Lax$/)
    const kept = openBrowser(ctx)
    await kept.get('/login')
    const remembered = await kept.send('/session', { username: developer.email, password: goodPassword, remember_me: '1' })
    expect(remembered.headers.getSetCookie().find((each) => each.startsWith(sessionCookie(ctx)))).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=1209600$/)
    const value = browser.cookies.get(sessionCookie(ctx))!
    const twice = openBrowser(ctx)
    expect((await twice.get('/login', { cookie: `${sessionCookie(ctx)}=${value}` })).location).toBe('/admin')
    expect((await twice.get('/login', { cookie: `${sessionCookie(ctx)}=planted; ${sessionCookie(ctx)}=${value}` })).status).toBe(200)
  })

  it('SES-3 a new id with every sign-in, the one before dies, a sent one is never adopted, signing out ends the row', async () => {
    const { ctx, browser, developer } = await signedIn()
    const first = browser.cookies.get(sessionCookie(ctx))!
    const again = await browser.send('/session', { username: developer.email, password: goodPassword })
    // The token of the page before sign-in is not the session's.
    expect(again.status).toBe(403)
    await browser.get('/logout')
    expect((await browser.send('/session', { username: developer.email, password: goodPassword })).status).toBe(303)
    const second = browser.cookies.get(sessionCookie(ctx))!
    expect(second).not.toBe(first)
    const old = openBrowser(ctx)
    old.cookies.set(sessionCookie(ctx), first)
    expect((await old.get('/admin')).status).toBe(302)
    await browser.get('/logout')
    expect(await browser.send('/logout', {}, { method: 'DELETE' })).toMatchObject({ status: 303, location: '/logged_out' })
    expect(browser.cookies.has(sessionCookie(ctx))).toBe(false)
    old.cookies.set(sessionCookie(ctx), second)
    expect((await old.get('/admin')).status).toBe(302)
    const fixed = openBrowser(ctx)
    fixed.cookies.set(sessionCookie(ctx), await encodeSessionCookie({ realm: 'portal', tenantId: ctx.tenant.id }, 'chosen-by-somebody-else'))
    await fixed.signIn(developer.email)
    expect(await ctx.db.session.count({ where: { developerId: developer.id, revokedAt: null } })).toBe(1)
  })

  it('SES-4 a suspended developer or account is signed out with the next request', async () => {
    const one = await signedIn()
    await one.ctx.db.developer.update({ where: { id: one.developer.id }, data: { state: 'suspended' } })
    expect((await one.browser.get('/admin')).status).toBe(302)
    const other = await signedIn(one.ctx)
    await one.ctx.db.account.update({ where: { id: other.account.id }, data: { state: 'suspended' } })
    expect((await other.browser.get('/admin')).status).toBe(302)
  })
})

describe('writes of the portal', () => {
  it('CSRF-1 need own Origin, own Sec-Fetch-Site and the session’s token; nothing happens without', async () => {
    const { ctx, browser, developer } = await signedIn()
    const other = await signedIn(ctx)
    await browser.get('/logout')
    await other.browser.get('/logout')
    const bad: Record<string, string>[] = [{ origin: 'null' }, { origin: 'http://evil.example' }, { origin: 'http://other.portal.localhost:3000' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'cross-site' }]
    for (const headers of bad) expect((await browser.send('/logout', {}, { headers })).status, JSON.stringify(headers)).toBe(403)
    const own = browser.token
    for (const token of ['', 'x'.repeat(43), other.browser.token]) {
      browser.token = token
      expect((await browser.send('/logout', {})).status).toBe(403)
    }
    browser.token = own
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await browser.ask('/logout', { method })).status, method).toBe(403)
    expect((await browser.ask('/logout', { method: 'POST', headers: { 'x-csrf-token': own, 'content-type': 'text/plain' }, body: 'x' })).status).toBe(415)
    expect(await ctx.db.session.count({ where: { developerId: developer.id, revokedAt: null } })).toBe(1)
    expect((await browser.ask('/logout', { method: 'DELETE', headers: { 'x-csrf-token': own, 'sec-fetch-site': 'same-origin' } })).status).toBe(303)
  })

  it('CSRF-1 GET changes nothing: no method by query, no sign-out by link', async () => {
    const { ctx, browser, developer } = await signedIn()
    for (const path of ['/logout', '/logout?_method=delete', '/session?_method=delete']) await browser.get(path)
    expect(await ctx.db.session.count({ where: { developerId: developer.id, revokedAt: null } })).toBe(1)
  })

  it('CSRF-2 before sign-in the token is bound to a cookie of this browser and to this host', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    const browser = openBrowser(ctx)
    const victim = openBrowser(ctx)
    await browser.get('/login')
    victim.token = browser.token
    const form = { username: developer.email, password: goodPassword }
    expect((await victim.send('/session', form)).status).toBe(403)
    await victim.get('/plans')
    victim.token = browser.token
    expect((await victim.send('/session', form)).status).toBe(403)
    const elsewhere = openBrowser(await makeTenant())
    elsewhere.cookies.set('pre', browser.cookies.get('pre')!)
    elsewhere.token = browser.token
    expect((await elsewhere.send('/session', form)).status).toBe(403)
    expect((await browser.send('/session', form)).status).toBe(303)
  })

  it('ISO-9 a form is bounded, and no name of a field reaches a prototype', async () => {
    const browser = openBrowser(await makeTenant())
    await browser.get('/login')
    const many = Array.from({ length: 501 }, (_each, at): [string, string] => [`f${at}`, 'x'])
    expect((await browser.send('/session', many)).status).toBe(400)
    await browser.send('/session', { '__proto__[polluted]': 'yes', 'constructor[prototype][polluted]': 'yes', username: 'a', password: 'b' })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect((await browser.ask('/session', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `a=${'x'.repeat(2_100_000)}` })).status).toBe(413)
  })

  it('RED-1 after signing in one goes to a page of this portal and nowhere else', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    const go = async (wanted: string) => {
      const browser = openBrowser(ctx)
      await browser.get(`/login?return_to=${encodeURIComponent(wanted)}`)
      const hidden = /name="return_to"[^>]*value="([^"]*)"/.exec((await browser.get(`/login?return_to=${encodeURIComponent(wanted)}`)).body)?.[1]
      return (await browser.send('/session', { username: developer.email, password: goodPassword, ...(hidden !== undefined && { return_to: wanted }) })).location
    }
    expect(await go('/admin/applications?page=2')).toBe('/admin/applications?page=2')
    for (const evil of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/\t/evil.example', '/.//evil.example']) expect(await go(evil), evil).toBe('/admin')
  })
})

describe('the tenant’s own content', () => {
  it('CSP-2 UP-1 pages carry the portal’s policy, files one that lets them run nothing', async () => {
    const ctx = await makeTenant()
    await saveFile(ctx, { path: '/logo.svg', bytes: new TextEncoder().encode('<svg onload="alert(1)"></svg>') })
    const browser = openBrowser(ctx)
    const policyOf = async (path: string) => (await browser.get(path)).headers.get('content-security-policy')
    expect(await policyOf('/logo.svg')).toBe("sandbox; default-src 'none'")
    for (const path of ['/', '/login', '/nothing/here', '/admin']) expect(await policyOf(path), path).toBe("object-src 'none'; base-uri 'self'; frame-ancestors 'self'")
    expect(refuseMethod().headers.get('content-security-policy')).toContain("object-src 'none'")
  })

  it('LQ-5 routes of the portal win over pages at their paths', async () => {
    const ctx = await makeTenant()
    for (const path of ['/login', '/admin', '/signup', '/plans', '/session']) await publish(ctx, path, 'HIJACKED')
    const browser = openBrowser(ctx)
    for (const path of ['/login', '/admin', '/signup', '/plans', '/login/']) expect((await browser.get(path)).body, path).not.toContain('HIJACKED')
  })

  it('shows a visitor and a partner different text with {% if current_user %}', async () => {
    const { ctx, browser } = await signedIn()
    await publish(ctx, '/partners', '{% if current_user %}Hello {{ current_user.email }}{% else %}For partners only{% endif %}')
    expect((await openBrowser(ctx).get('/partners')).body).toBe('For partners only')
    expect((await browser.get('/partners')).body).toMatch(/^Hello partner\d+@example\.com$/)
  })

  it('sends a page with Liquid off as it was written, in a layout too', async () => {
    const ctx = await makeTenant()
    const raw = 'var a = {{ b }}; {% not a tag %} {{'
    await publish(ctx, '/raw.js', raw, { liquid: false, contentType: 'text/javascript' })
    await publish(ctx, '/raw', raw, { liquid: false, layoutName: 'main_layout' })
    const browser = openBrowser(ctx)
    const script = await browser.get('/raw.js')
    expect([script.body, script.headers.get('content-type')]).toEqual([raw, 'text/javascript; charset=utf-8'])
    const page = await browser.get('/raw')
    expect([page.status, page.body.includes(raw), page.body.includes('</html>')]).toEqual([200, true, true])
  })

  it('LQ-1 a template that fails shows visitors a plain page and the tenant template, line and reason', async () => {
    const ctx = await makeTenant()
    await publish(ctx, '/broken', 'line one\n{% for x in %}\n')
    const answer = await openBrowser(ctx).get('/broken')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8'])
    expect(answer.body).toContain('This page could not be rendered')
    expect(answer.body).not.toMatch(/for x|pages\//)
    const { listTemplateProblems } = await import('@/lib/portal/template-problems')
    expect(await listTemplateProblems(ctx)).toMatchObject([{ template: 'pages/broken', line: 2, path: '/broken', reason: expect.any(String) }])
  })

  it('ISO-6 a page of one tenant is nothing at another’s portal', async () => {
    const ctx = await makeTenant()
    await publish(ctx, '/secret', 'CANARY')
    expect(await openBrowser(await makeTenant()).get('/secret')).toMatchObject({ status: 404 })
    expect((await openBrowser(ctx).get('/secret')).body).toBe('CANARY')
  })

  it('CSP-2 a signed link shows drafts for ten minutes, to its tenant, for looking only', async () => {
    const { makePreviewToken } = await import('@/lib/cms/preview-token')
    const { ctx, browser, developer } = await signedIn()
    await publish(ctx, '/news', 'published', { draft: '<body>draft {{ current_user.email }}</body>' })
    const token = makePreviewToken(ctx)
    const late = makePreviewToken({ ...ctx, now: new Date(Date.now() - 11 * 60_000) })
    const foreign = makePreviewToken(await makeTenant())
    const visitor = openBrowser(ctx)
    const shown = await visitor.get(`/news?preview=${token}`)
    expect(shown.body).toMatch(/draft .*Preview of the draft/s)
    expect([shown.headers.getSetCookie(), shown.headers.get('cache-control')]).toEqual([[], 'private, no-store'])
    for (const bad of [late, foreign, `${token}x`, '', 'a.b']) expect((await visitor.get(`/news?preview=${encodeURIComponent(bad)}`)).body, bad).toBe('published')
    expect((await visitor.get('/news')).body).toBe('published')
    const asPartner = await visitor.get(`/news?preview=${makePreviewToken(ctx, { developerId: developer.id })}`)
    expect(asPartner.body).toContain(`draft ${developer.email}`)
    // ROLE-1: not for a member who may not see partners.
    const clerk = await makeMember(ctx, { role: 'member', permissions: ['portal'] })
    const asClerk = makePreviewToken({ ...ctx, actor: { kind: 'member', id: clerk.id, name: '', email: '', role: 'member', sessionId: 0n } }, { developerId: developer.id })
    expect((await visitor.get(`/news?preview=${asClerk}`)).body).not.toContain(developer.email)
    expect((await visitor.get('/admin')).status).toBe(302)
    await browser.get('/logout')
    expect((await browser.send(`/logout?preview=${token}`, {})).status).toBe(403)
    expect(await ctx.db.session.count({ where: { developerId: developer.id, revokedAt: null } })).toBe(1)
  })
})
