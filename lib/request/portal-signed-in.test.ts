import { beforeAll, describe, expect, it } from 'vitest'
import { createSpec } from '@/lib/activedocs/create-spec'
import { makePreviewToken } from '@/lib/cms/preview-token'
import { testDatabase } from '@/lib/db/test-database'
import { logger } from '@/lib/logger'
import { makeApplication, makePortal, makeVisit } from '@/lib/portal/pages/signed-in.fixture'
import { openBrowser } from '@/lib/request/portal.fixture'

testDatabase()
beforeAll(() => void (logger.level = 'silent'))

/** A partner in a browser, through the door and the theme. */
async function signedIn(settings: Parameters<typeof makePortal>[0] = { multipleUsers: true, multipleApplications: true }) {
  const portal = await makePortal(settings)
  const visit = await makeVisit(portal)
  const browser = openBrowser(portal.ctx)
  expect((await browser.signIn(visit.developer.email)).location).toBe('/admin')
  return { ...portal, visit, browser }
}

describe('the signed-in pages, rendered', () => {
  it('a partner makes an application, copies a call that works, and finds everything about it', async () => {
    const { ctx, visit, browser, open, productId } = await signedIn()
    expect((await browser.get('/admin')).body).toContain('No application yet')
    const form = await browser.get('/admin/applications/new')
    expect([form.status, form.body.includes('Public'), form.body.includes('Secret plan')]).toEqual([200, true, false])
    const made = await browser.send(`/admin/applications?service_id=${productId}`, { 'application[name]': 'Maps <b>', 'application[plan_id]': String(open) })
    expect(made.status).toBe(303)
    const page = await browser.get(made.location!)
    const { id } = await ctx.db.application.findFirstOrThrow({ where: { accountId: visit.developer.accountId } })
    expect(page.body).toContain('Maps &lt;b&gt;')
    expect(page.body).not.toContain('Maps <b>')
    expect(page.body).toMatch(/\/list\?user_key=uk_[0-9A-Za-z]{36}/)
    expect(page.headers.get('cache-control')).toBe('private, no-store')
    expect((await browser.get('/admin')).body).toMatch(/data-secret>uk_[0-9A-Za-z]{36}</)

    const key = /uk_[0-9A-Za-z]{36}/.exec(page.body)![0]
    expect((await browser.send(`/admin/applications/${id}/user_key`, {}, { method: 'PUT' })).location).toBe(`/admin/applications/${id}`)
    expect((await browser.get(`/admin/applications/${id}`)).body).not.toContain(key)
  })

  it('CSP-2 a preview shows the partner’s pages with the keys covered, and writes nothing', async () => {
    const { ctx, visit, productId, trial } = await signedIn()
    const { id } = await makeApplication(ctx, visit, trial)
    const document = { openapi: '3.0.3', info: { title: 'API', version: '1' }, paths: { '/list': { get: { parameters: [{ name: 'user_key', in: 'query', schema: { type: 'string' }, 'x-data-threescale-name': 'user_keys' }], responses: { 200: { description: 'ok' } } } } } }
    await createSpec(ctx, { productId, name: 'API', systemName: 'api', source: JSON.stringify(document), published: true })
    const entries = await ctx.db.auditEntry.count()
    const token = makePreviewToken(ctx, { developerId: visit.developer.id })
    for (const path of ['/admin', `/admin/applications/${id}`, '/docs', '/docs/api/viewer.json', '/swagger/spec/api.json', '/api_docs/account_data.json']) {
      const page = await openBrowser(ctx).get(`${path}?preview=${token}`)
      expect(page.status, path).toBe(200)
      expect(page.body, path).not.toMatch(/[ua]k_[0-9A-Za-z]{36}/)
    }
    expect((await openBrowser(ctx).get(`/admin/applications/${id}?preview=${token}`)).body).toContain('Weather app')
    expect(await ctx.db.auditEntry.count()).toBe(entries)
  })

  it('ISO-9 a NUL in a form is refused in words, not by a 500', async () => {
    const { ctx, visit, browser, trial, open } = await signedIn()
    const { id } = await makeApplication(ctx, visit, trial)
    await browser.get('/admin')
    expect((await browser.send(`/admin/contracts/${id}`, { plan_id: String(open), reason: 'a\u0000b' }, { method: 'PUT' })).status).toBe(422)
    expect(await ctx.db.planRequest.count()).toBe(0)
  })

  it('every page of the area renders, without a word of Liquid’s errors', async () => {
    const { ctx, visit, browser, trial, open } = await signedIn()
    const { id } = await makeApplication(ctx, visit, trial)
    const colleague = await makeVisit({ ctx, settings: visit.settings }, { role: 'member', accountId: visit.developer.accountId })
    await browser.get('/admin')
    await browser.send(`/admin/contracts/${id}`, { plan_id: String(open), reason: 'Growth' }, { method: 'PUT' })
    await browser.send('/admin/account/invitations', { 'invitation[email]': 'friend@example.org' })
    const pages: [string, string][] = [
      ['/admin', 'You asked for'],
      ['/admin/applications', 'Weather app'],
      ['/admin/applications/new', 'New application'],
      [`/admin/applications/${id}`, 'You asked for'],
      [`/admin/applications/${id}/edit`, 'Weather app'],
      [`/admin/applications/${id}/alerts`, 'All quiet'],
      ['/admin/account', 'Partner'],
      ['/admin/account/edit', 'account[org_name]'],
      ['/admin/account/users', colleague.developer.email],
      [`/admin/account/users/${colleague.developer.id}/edit`, 'user[role]'],
      ['/admin/account/invitations', 'friend@example.org'],
      ['/admin/account/invitations/new', 'invitation[email]'],
      ['/admin/account/personal_details', 'user[current_password]'],
      ['/admin/account/personal_details', 'This one'],
      ['/admin/account/plan_changes', 'You asked for'],
    ]
    for (const [path, text] of pages) {
      const page = await browser.get(path)
      expect([path, page.status]).toEqual([path, 200])
      expect(page.body, path).toContain(text)
      expect(page.body, path).not.toMatch(/Liquid (syntax )?error|form_tag error|unknown form/)
    }
  })

  it('a form with mistakes comes back with what was typed and what is wrong', async () => {
    const { browser } = await signedIn()
    await browser.get('/admin/account/invitations/new')
    const again = await browser.send('/admin/account/invitations', { 'invitation[email]': 'no address' })
    expect([again.status, again.body.includes('no address'), again.body.includes('name@example.com')]).toEqual([422, true, true])
    await browser.get('/admin/account/personal_details')
    const refused = await browser.send('/admin/account/personal_details', { 'user[email]': 'else@example.org', 'user[current_password]': 'not it' }, { method: 'PUT' })
    expect([refused.status, refused.body.includes('This is not your password.')]).toEqual([422, true])
  })

  it('what is not built answers like what never was, and a member finds an admin’s page forbidden', async () => {
    const { ctx, visit, browser } = await signedIn()
    for (const path of ['/admin/messages', '/admin/messages/received', '/admin/account/invoices', '/admin/applications/999999', '/admin/applications/abc']) expect((await browser.get(path)).status, path).toBe(404)
    const member = await makeVisit({ ctx, settings: visit.settings }, { role: 'member', accountId: visit.developer.accountId })
    const other = openBrowser(ctx)
    await other.signIn(member.developer.email)
    for (const path of ['/admin/account/edit', '/admin/account/users', '/admin/account/invitations']) expect((await other.get(path)).status, path).toBe(403)
    expect((await other.get('/admin/account')).status).toBe(200)
  })
})
