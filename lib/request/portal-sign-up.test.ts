import { beforeAll, describe, expect, it } from 'vitest'
import { goodPassword, makeDeveloper, makeLink } from '@/lib/accounts/developer.fixture'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { logger } from '@/lib/logger'
import { publishPlan } from '@/lib/plans/publish-plan'
import { createPlan } from '@/lib/plans/create-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { createProduct } from '@/lib/products/create-product'
import { openBrowser } from '@/lib/request/portal.fixture'
import type { Ctx } from '@/lib/tenants/context'
import { editPortalSettings } from '@/lib/tenants/portal-settings'
import { cookieNames } from '@/lib/tenants/session-cookie'

testDatabase()
beforeAll(() => void (logger.level = 'silent'))

/** A product with a method and the plans Trial (default, published), Public (published) and Partner (hidden). */
async function makeApi(ctx: Ctx) {
  const { id: productId } = await createProduct(ctx, { name: 'Orders API', systemName: 'orders' })
  const hits = await ctx.db.metric.findFirstOrThrow({ where: { productId, systemName: 'hits' } })
  await ctx.db.metric.create({ data: { tenantId: ctx.tenant.id, productId, parentId: hits.id, systemName: 'list', name: 'List' } })
  const made = new Map((await ctx.db.plan.findMany({ where: { productId } })).map((plan) => [plan.name, plan.id]))
  for (const name of ['Trial', 'Public', 'CANARY-Partner']) if (!made.has(name)) made.set(name, (await createPlan(ctx, { productId, name })).id)
  for (const name of ['Trial', 'Public']) await publishPlan(ctx, { planId: made.get(name)! }).catch(() => undefined)
  await setDefaultPlan(ctx, { productId, planId: made.get('Trial')! })
  return { productId, plan: (name: string) => made.get(name)! }
}

const person = (more: Record<string, string> = {}): Record<string, string> => ({
  'account[user][email]': 'ada@partner.example',
  'account[user][password]': goodPassword,
  'account[user][password_confirmation]': goodPassword,
  'account[org_name]': 'Analytical Engines',
  ...more,
})

describe('signing up on the portal', () => {
  it('makes account, developer and an application with a key; confirmed by one click, then signed in', async () => {
    const ctx = await makeTenant()
    const { plan } = await makeApi(ctx)
    const browser = openBrowser(ctx)
    expect((await browser.get(`/signup?plan_ids[]=${plan('Public')}`)).body).toContain('Public')
    expect(await browser.send('/signup', { ...person(), 'plan_ids[]': String(plan('Public')) })).toMatchObject({ status: 303, location: '/signup/success' })
    expect((await browser.get('/signup/success')).body).toContain('inbox')
    const developer = await ctx.db.developer.findFirstOrThrow({ where: { emailNormal: 'ada@partner.example' } })
    expect(await ctx.db.application.findMany({ where: { accountId: developer.accountId } })).toMatchObject([{ planId: plan('Public') }])
    expect((await browser.signIn('ada@partner.example')).status).toBe(401)
    const code = await makeLink(ctx, developer.id, 'confirm_email')
    const page = await browser.get(`/activate/${code}`)
    expect(page.status).toBe(200)
    // CSRF-1: opening the link has changed nothing.
    expect(await ctx.db.developer.findUnique({ where: { id: developer.id } })).toMatchObject({ state: 'pending' })
    expect(await browser.send(`/activate/${code}`, {})).toMatchObject({ status: 303, location: '/login' })
    expect((await browser.get('/login')).body).toContain('Your address is confirmed')
    expect((await browser.get('/login')).body).not.toContain('Your address is confirmed')
    expect((await browser.get(`/activate/${code}`)).status).toBe(404)
    expect(await browser.signIn('ada@partner.example')).toMatchObject({ status: 303, location: '/admin' })
  })

  it('USE keeps what was typed and says at each field what is wrong, in the order person, account, application; a password never comes back', async () => {
    const ctx = await makeTenant()
    await makeApi(ctx)
    const tenantId = ctx.tenant.id
    await ctx.db.fieldDefinition.createMany({
      data: [
        { tenantId, target: 'user', name: 'first_name', label: 'First Name', builtIn: true, required: true, position: 1 },
        { tenantId, target: 'user', name: 'email', label: 'Email', builtIn: true, required: true, position: 2 },
        { tenantId, target: 'account', name: 'org_name', label: 'Organisation', builtIn: true, required: true, position: 1 },
        { tenantId, target: 'application', name: 'name', label: 'Name', builtIn: true, required: true, position: 1 },
        { tenantId, target: 'application', name: 'kind_of', label: 'Kind', required: true, choices: ['mobile', 'web'], position: 2 },
        { tenantId, target: 'application', name: 'note', label: 'Note', position: 3 },
      ],
    })
    const browser = openBrowser(ctx)
    await browser.get('/signup')
    const answer = await browser.send('/signup', person({ 'account[user][email]': 'not an address', 'account[org_name]': '<b>Evil & Sons</b>' }))
    expect(answer.status).toBe(422)
    const order = ['account[user][first_name]', 'account[user][email]', 'account[org_name]', 'application[kind_of]', 'account[user][password]'].map((name) => answer.body.indexOf(`name="${name}"`))
    expect(order.every((at, index) => at > (order[index - 1] ?? 0))).toBe(true)
    expect(answer.body).toContain('First Name is needed.')
    expect(answer.body).toContain('Kind is needed.')
    expect(answer.body).toContain('Write an address like name@example.com.')
    expect(answer.body).toMatch(/value="&lt;b&gt;Evil &amp; Sons&lt;\/b&gt;"/)
    expect(answer.body).not.toContain(goodPassword)
    expect(answer.body).not.toContain('application[note]')
    expect(await ctx.db.account.count()).toBe(0)
  })

  it('ISO-10 of a hidden plan neither name nor id is on any page, and its id is not accepted', async () => {
    const ctx = await makeTenant()
    const { plan } = await makeApi(ctx)
    const browser = openBrowser(ctx)
    const hidden = plan('CANARY-Partner')
    for (const path of ['/', '/plans', '/docs', `/signup?plan_ids[]=${hidden}`, '/search?q=CANARY', '/search.json?q=CANARY-Partner', '/sitemap.xml']) expect((await browser.get(path)).body.replaceAll(/q=CANARY|value="CANARY"/g, ''), path).not.toMatch(/CANARY-Partner(?!["&])/)
    await browser.get('/signup')
    await browser.send('/signup', { ...person(), 'plan_ids[]': String(hidden) })
    expect(await ctx.db.application.findMany()).toEqual(expect.not.arrayContaining([expect.objectContaining({ planId: hidden })]))
    expect(await ctx.db.application.count({ where: { planId: plan('Trial') } })).toBe(1)
  })

  it('ISO-10 a hidden default plan is what one starts on, and is not named', async () => {
    const ctx = await makeTenant()
    const { productId, plan } = await makeApi(ctx)
    await setDefaultPlan(ctx, { productId, planId: plan('CANARY-Partner') })
    const browser = openBrowser(ctx)
    expect((await browser.get('/signup')).body).not.toContain('CANARY')
    await browser.send('/signup', person())
    expect(await ctx.db.application.count({ where: { planId: plan('CANARY-Partner') } })).toBe(1)
  })

  it('PW-3 a taken address gets the success page like a new one', async () => {
    const ctx = await makeTenant()
    await makeApi(ctx)
    await makeDeveloper(ctx, { email: 'ada@partner.example' })
    const browser = openBrowser(ctx)
    await browser.get('/signup')
    expect(await browser.send('/signup', person())).toMatchObject({ status: 303, location: '/signup/success' })
    expect(await ctx.db.developer.count()).toBe(1)
  })

  it('while it is closed nobody signs up, but the invited do', async () => {
    const ctx = await makeTenant()
    await editPortalSettings(ctx, { signupsEnabled: false, multipleUsers: true })
    const { account } = await makeDeveloper(ctx)
    const browser = openBrowser(ctx)
    expect(await browser.get('/signup')).toMatchObject({ status: 403, body: expect.stringContaining('closed') })
    await browser.get('/login')
    expect((await browser.send('/signup', person())).status).toBe(403)
    expect(await ctx.db.account.count()).toBe(1)
    const email = 'bo@partner.example'
    const invited = await ctx.db.developer.create({ data: { tenantId: ctx.tenant.id, accountId: account.id, email, emailNormal: email, role: 'member', state: 'pending', invitedAt: new Date() } })
    const token = await makeLink(ctx, invited.id, 'invitation')
    expect((await browser.get(`/signup/${token}`)).body).toContain('Join')
    expect((await browser.send(`/signup/${token}`, { 'user[password]': 'short' })).status).toBe(422)
    const joined = await browser.send(`/signup/${token}`, { 'user[email]': 'evil@example.com', 'user[password]': goodPassword, 'user[password_confirmation]': goodPassword })
    expect(joined).toMatchObject({ status: 303, location: '/admin' })
    expect(browser.cookies.has(cookieNames({ realm: 'portal', tenantId: ctx.tenant.id }).session)).toBe(true)
    expect(await ctx.db.developer.findUnique({ where: { id: invited.id } })).toMatchObject({ state: 'active', email, role: 'member' })
    // PW-4: once.
    expect(await openBrowser(ctx).get(`/signup/${token}`)).toMatchObject({ status: 302, location: '/login' })
  })

  it('SES-3 who joins by an invitation in somebody’s browser ends that session', async () => {
    const ctx = await makeTenant()
    const { developer, account } = await makeDeveloper(ctx)
    const browser = openBrowser(ctx)
    await browser.signIn(developer.email)
    const invited = await ctx.db.developer.create({ data: { tenantId: ctx.tenant.id, accountId: account.id, email: 'joins@partner.example', emailNormal: 'joins@partner.example', role: 'member', state: 'pending', invitedAt: new Date() } })
    const path = `/signup/${await makeLink(ctx, invited.id, 'invitation')}`
    await browser.get(path)
    expect(await browser.send(path, { 'account[user][password]': goodPassword, 'account[user][password_confirmation]': goodPassword })).toMatchObject({ status: 303, location: '/admin' })
    expect(await ctx.db.session.findMany({ where: { revokedAt: null }, select: { developerId: true } })).toEqual([{ developerId: invited.id }])
  })
})

describe('a forgotten password', () => {
  it('PW-3 PW-4 says the same for every address; the link sets a new one, once', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    const browser = openBrowser(ctx)
    const said = new Set<string>()
    for (const email of [developer.email, 'ghost@example.com']) {
      await browser.get('/admin/account/password/new')
      const answer = await browser.send('/admin/account/password', { email })
      const after = await browser.get(answer.location!)
      said.add(`${answer.status} ${answer.location} ${/<p class="message[\s\S]*?<\/p>/.exec(after.body)?.[0]}`)
    }
    expect([...said]).toEqual([expect.stringMatching(/^303 \/login .*If this address belongs to an account/s)])
    const token = await makeLink(ctx, developer.id, 'reset_password')
    const address = `/admin/account/password?password_reset_token=${token}`
    const page = await browser.get(address)
    expect(page.headers.get('referrer-policy')).toBe('same-origin')
    const next = 'quiet harbour at noon'
    const fields = { password_reset_token: token, 'user[password]': next, 'user[password_confirmation]': next }
    expect((await browser.send('/admin/account/password', { ...fields, 'user[password_confirmation]': 'other' }, { method: 'PUT' })).status).toBe(422)
    expect(await browser.send('/admin/account/password', fields, { method: 'PUT' })).toMatchObject({ status: 303, location: '/login' })
    expect((await browser.get(address)).location).toBe('/admin/account/password/new')
    expect((await browser.signIn(developer.email, next)).status).toBe(303)
  })
})
