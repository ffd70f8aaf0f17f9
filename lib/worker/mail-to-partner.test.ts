import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goodPassword, makeDeveloper } from '@/lib/accounts/developer.fixture'
import { approveAccount, rejectAccount } from '@/lib/accounts/change-account-state'
import { confirmDeveloper } from '@/lib/accounts/confirm-developer'
import { inviteDeveloper } from '@/lib/accounts/invite-developer'
import { requestDeveloperPasswordReset, resetDeveloperPassword } from '@/lib/accounts/reset-developer-password'
import { changePlan } from '@/lib/applications/change-plan'
import { addAppKey, revokeCredential } from '@/lib/applications/change-credentials'
import { approveApplication, rejectApplication, suspendApplication } from '@/lib/applications/change-application'
import { approvePlanRequest, changePlanAsDeveloper, rejectPlanRequest } from '@/lib/applications/plan-requests'
import { insertApplication } from '@/lib/applications/insert-application'
import { ownerPool } from '@/lib/db/system-db'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import type { EventType } from '@/lib/events/event-types'
import { liquidPool } from '@/lib/liquid/render'
import { logger } from '@/lib/logger'
import { signUpDeveloper } from '@/lib/onboarding/sign-up-developer'
import { createPlan } from '@/lib/plans/create-plan'
import { builtInTemplates } from '@/lib/portal/built-in'
import { listPartnerMails } from '@/lib/portal/mails/list-partner-mails'
import { partnerMails } from '@/lib/portal/mails/mail-catalogue'
import { listTemplateProblems } from '@/lib/portal/template-problems'
import { createProduct } from '@/lib/products/create-product'
import type { Ctx } from '@/lib/tenants/context'
import { makeMember, visitorOf } from '@/lib/tenants/member.fixture'
import { editPortalSettings } from '@/lib/tenants/portal-settings'
import { mailToMembers, memberNoticeEvents } from '@/lib/worker/mail-to-members'
import { mailToPartner, partnerMailEvents } from '@/lib/worker/mail-to-partner'

testDatabase()
beforeAll(() => void (logger.level = 'silent'))
afterAll(() => liquidPool().stop())

/** The last event of each tenant whose jobs have run. */
const done = new Map<bigint, bigint>()

/** Runs the mail jobs of every event that has not been handed on, as the queue would. */
async function runMails(ctx: Ctx, now = new Date()): Promise<void> {
  const events = await ctx.db.event.findMany({ where: { id: { gt: done.get(ctx.tenant.id) ?? 0n } }, orderBy: { id: 'asc' } })
  for (const { id, type } of events) {
    const job = { tenantId: Number(ctx.tenant.id), eventId: Number(id), type: type as EventType }
    if (partnerMailEvents.includes(job.type)) await mailToPartner(job, { now })
    if (memberNoticeEvents.includes(job.type)) await mailToMembers(job, { now })
    done.set(ctx.tenant.id, id)
  }
}

const mails = (ctx: Ctx, where: { kind?: string; recipient?: string } = {}) => ctx.db.mail.findMany({ where, orderBy: { id: 'asc' } })

async function onlyMail(ctx: Ctx, kind: string, recipient?: string) {
  const found = await mails(ctx, { kind, recipient })
  expect(found, `${kind} to ${recipient ?? 'anybody'}`).toHaveLength(1)
  return found[0]!
}

const forget = (ctx: Ctx) => ownerPool().query('DELETE FROM mails WHERE "tenantId" = $1', [ctx.tenant.id])

const linkIn = (text: string) => /^(http\S+)$/m.exec(text)![1]!
const tokenIn = (text: string) => /(?:activate\/|signup\/|password_reset_token=)([A-Za-z0-9_-]{43})/.exec(text)![1]!

const form = (email: string, org = 'Blue Kite') => ({ user: { email, username: email.split('@')[0]!, password: goodPassword }, account: { org_name: org }, application: {}, planIds: [] })

async function makePlan(ctx: Ctx, over: { name?: string; state?: 'published' | 'hidden' } = {}) {
  const { name = 'Trial', state = 'published' } = over
  const first = await ctx.db.product.findFirst({ select: { id: true } })
  const productId = first?.id ?? (await createProduct(ctx, { name: 'Kites', systemName: 'kites' })).id
  const { id } = await createPlan(ctx, { productId, name, state })
  return { productId, plan: { id, productId, name } }
}

async function withApplication(over: { state?: 'live' | 'pending' } = {}) {
  const ctx = await makeTenant()
  const { account, developer } = await makeDeveloper(ctx, { firstName: 'Ann', lastName: 'Lee', orgName: 'Blue Kite' })
  const { plan, productId } = await makePlan(ctx)
  const application = await ctx.db.$transaction((tx) => insertApplication(tx, ctx, { accountId: account.id, plan, name: 'Kite tracker', state: over.state ?? 'live' }))
  await runMails(ctx)
  await forget(ctx)
  const asDeveloper: Ctx = { ...ctx, actor: { kind: 'developer', id: developer.id, name: 'Ann Lee', email: developer.email, accountId: account.id, sessionId: 1n } }
  return { ctx, account, developer, plan, productId, application, asDeveloper }
}

describe('mails of signing up', () => {
  it('PW-3 PW-4 ZONE-5 the activation link is of the stored host, good once, and opens the account; the tenant hears of it', async () => {
    const ctx = await makeTenant()
    const boss = await makeMember(ctx, { email: 'boss@example.com', role: 'admin' })
    await signUpDeveloper(visitorOf(ctx), form('ann@example.com'))
    await runMails(ctx)
    const mail = await onlyMail(ctx, 'signup_notification_email', 'ann@example.com')
    expect(linkIn(mail.text)).toMatch(new RegExp(`^http://${ctx.tenant.slug}\\.portal\\.localhost:\\d+/activate/[A-Za-z0-9_-]{43}$`))
    expect(mail.subject).toBe(`${ctx.tenant.name} API: confirm your e-mail address`)
    expect(mail.html).toContain(`<a href="${linkIn(mail.text)}"`)
    expect(await mails(ctx, { recipient: boss.email })).toEqual([])
    await confirmDeveloper(visitorOf({ ...ctx, now: new Date() }), { token: tokenIn(mail.text), settings: { accountApprovalRequired: false } })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'partner-signed-up', boss.email)).text).toContain('Blue Kite')
    expect(await mails(ctx, { kind: 'account_approved' })).toEqual([])
  })

  it('an account that waits: both sides are told, then the decision with its reason', async () => {
    const ctx = await makeTenant()
    await editPortalSettings(ctx, { accountApprovalRequired: true, contactEmail: 'api@acme.example' })
    const partners = await makeMember(ctx, { email: 'partners@example.com', role: 'member', permissions: ['partners'] })
    const plans = await makeMember(ctx, { email: 'plans@example.com', role: 'member', permissions: ['plans'] })
    const one = await signUpDeveloper(visitorOf(ctx), form('ann@example.com'))
    const two = await signUpDeveloper(visitorOf(ctx), form('bob@example.com', 'Red Kite'))
    await runMails(ctx)
    for (const mail of await mails(ctx, { kind: 'signup_notification_email' })) await confirmDeveloper(visitorOf({ ...ctx, now: new Date() }), { token: tokenIn(mail.text), settings: { accountApprovalRequired: true } })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'account_confirmed', 'ann@example.com')).text).toContain('Blue Kite has to wait')
    expect(await mails(ctx, { kind: 'partner-waiting', recipient: partners.email })).toHaveLength(2)
    expect(await mails(ctx, { recipient: plans.email })).toEqual([])
    await approveAccount(ctx, { accountId: one.accountId! })
    await rejectAccount(ctx, { accountId: two.accountId!, reason: 'We know no Red Kite <b>' })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'account_approved', 'ann@example.com')).replyTo).toBe('api@acme.example')
    const { text, html } = await onlyMail(ctx, 'account_rejected', 'bob@example.com')
    expect(text).toContain('The reason: We know no Red Kite &lt;b&gt;')
    expect(html).toContain('We know no Red Kite &lt;b&gt;')
  })

  it('PW-3 a taken address is told so; one that has not confirmed gets its link again', async () => {
    const ctx = await makeTenant()
    await makeDeveloper(ctx, { email: 'here@example.com' })
    await signUpDeveloper(visitorOf(ctx), form('new@example.com'))
    await signUpDeveloper(visitorOf(ctx), form('HERE@example.com', 'Other'))
    await signUpDeveloper(visitorOf(ctx), { ...form('new@example.com', 'Again'), user: { ...form('new@example.com').user, username: 'again' } })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'signup_already_registered', 'here@example.com')).text).toMatch(/\/login\n/)
    const links = await mails(ctx, { kind: 'signup_notification_email', recipient: 'new@example.com' })
    expect(links).toHaveLength(2)
    await expect(confirmDeveloper(visitorOf({ ...ctx, now: new Date() }), { token: tokenIn(links[0]!.text), settings: { accountApprovalRequired: false } })).rejects.toMatchObject({ code: 'invalid' })
    await confirmDeveloper(visitorOf({ ...ctx, now: new Date() }), { token: tokenIn(links[1]!.text), settings: { accountApprovalRequired: false } })
  })
})

describe('mails of people', () => {
  it('PW-3 PW-4 a reset tells the truth: a link to whom it knows, a word to whom it does not; then that it was changed', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx, { email: 'ann@example.com' })
    await requestDeveloperPasswordReset(visitorOf(ctx), { email: 'Ann@example.com' })
    await requestDeveloperPasswordReset(visitorOf(ctx), { email: 'stranger@example.com' })
    await runMails(ctx)
    const mail = await onlyMail(ctx, 'lost_password_email', developer.email)
    expect(linkIn(mail.text)).toContain('/admin/account/password?password_reset_token=')
    expect((await onlyMail(ctx, 'lost_password_unknown_address', 'stranger@example.com')).text).not.toMatch(/token/)
    await resetDeveloperPassword(visitorOf({ ...ctx, now: new Date() }), { token: tokenIn(mail.text), password: 'amber ferry at Oslo', settings: { accountApprovalRequired: false } })
    await runMails(ctx)
    await onlyMail(ctx, 'password_changed', developer.email)
  })

  it('PW-4 an invitation brings its link; a member’s token is no developer’s', async () => {
    const { ctx, asDeveloper } = await withApplication()
    await editPortalSettings(ctx, { multipleUsers: true })
    await inviteDeveloper(asDeveloper, { email: 'colleague@example.com' })
    await runMails(ctx)
    const mail = await onlyMail(ctx, 'invitation', 'colleague@example.com')
    expect(linkIn(mail.text)).toMatch(/\/signup\/[A-Za-z0-9_-]{43}$/)
    expect(await ctx.db.oneTimeToken.findMany({ select: { realm: true, memberId: true } })).toEqual([{ realm: 'portal', memberId: null }])
  })

  it('JOB-1 a job that runs twice makes one mail and leaves its link good; a suspended person gets none', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    const gone = await makeDeveloper(ctx, { state: 'suspended' })
    await requestDeveloperPasswordReset(visitorOf(ctx), { email: developer.email })
    await requestDeveloperPasswordReset(visitorOf(ctx), { email: gone.developer.email })
    const events = await ctx.db.event.findMany({ where: { type: 'developer.password_reset_requested' } })
    for (const round of [1, 2]) for (const { id, type } of events) await mailToPartner({ tenantId: Number(ctx.tenant.id), eventId: Number(id), type: type as EventType }, { now: new Date(Date.now() + round) })
    expect(await mails(ctx)).toHaveLength(1)
    expect(await ctx.db.oneTimeToken.count({ where: { usedAt: null } })).toBe(1)
  })

  it('ML-1 the sixth mail within an hour is not written, and the link of the fifth stays good', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    for (let i = 0; i < 6; i++) await ctx.db.event.create({ data: { tenantId: ctx.tenant.id, type: 'developer.password_reset_requested', data: { developerId: Number(developer.id), email: developer.email } } })
    await runMails(ctx)
    expect(await mails(ctx)).toHaveLength(5)
    expect(await ctx.db.oneTimeToken.count({ where: { usedAt: null } })).toBe(1)
    await resetDeveloperPassword(visitorOf({ ...ctx, now: new Date() }), { token: tokenIn((await mails(ctx))[4]!.text), password: 'amber ferry at Oslo', settings: { accountApprovalRequired: false } })
  })

  it('KEY-5 no token stands in an event', async () => {
    const ctx = await makeTenant()
    await signUpDeveloper(visitorOf(ctx), form('ann@example.com'))
    await runMails(ctx)
    const token = tokenIn((await onlyMail(ctx, 'signup_notification_email')).text)
    const { rows } = await ownerPool().query('SELECT data::text FROM events')
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  it('ML-1 a name full of links and markup is neither', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx, { firstName: '<img src=x>', lastName: 'www.evil.example https://evil.example' })
    await requestDeveloperPasswordReset(visitorOf(ctx), { email: developer.email })
    await runMails(ctx)
    const { text, html } = await onlyMail(ctx, 'lost_password_email')
    for (const part of [text, html]) expect(part).not.toMatch(/<img|www\.evil|https:\/\/evil/)
  })
})

describe('mails of applications', () => {
  it('approved, rejected with its reason, suspended: to the admins of the account, each in its state', async () => {
    const { ctx, developer, application, account, plan } = await withApplication({ state: 'pending' })
    await makeMember(ctx, { email: 'boss@example.com', role: 'admin' })
    const other = await ctx.db.$transaction((tx) => insertApplication(tx, ctx, { accountId: account.id, plan, name: 'Second', state: 'pending' }))
    await runMails(ctx)
    expect((await onlyMail(ctx, 'application-waiting', 'boss@example.com')).text).toContain('Second')
    await approveApplication(ctx, { applicationId: application.id })
    await rejectApplication(ctx, { applicationId: other.id, reason: 'Too many' })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'cinstance_messenger_accept', developer.email)).text).toContain('Kite tracker is approved on the plan Trial of')
    expect((await onlyMail(ctx, 'cinstance_messenger_reject', developer.email)).text).toMatch(/Second on the plan Trial[^]*The reason: Too many/)
    await suspendApplication(ctx, { applicationId: application.id })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'cinstance_messenger_suspended')).text).toContain(`/admin/applications/${application.id}`)
  })

  it('a plan is asked for: partner and tenant are told; approved once, rejected with the answer', async () => {
    const { ctx, asDeveloper, developer, application, productId } = await withApplication()
    await makeMember(ctx, { email: 'boss@example.com', role: 'admin' })
    await ctx.db.product.update({ where: { id: productId }, data: { planChangeMode: 'request' } })
    const bigger = await makePlan(ctx, { name: 'Public' })
    await changePlanAsDeveloper(asDeveloper, { applicationId: application.id, planId: bigger.plan.id, reason: 'We grow' })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'plans_messenger_plan_change_request_made', developer.email)).text).toMatch(/plan Public for Kite tracker[^]*What you told us: We grow/)
    expect((await onlyMail(ctx, 'plan-requested', 'boss@example.com')).text).toContain('Their reason: We grow')
    const request = await ctx.db.planRequest.findFirstOrThrow()
    await rejectPlanRequest(ctx, { requestId: request.id, answer: 'Not yet' })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'plan_change_request_rejected', developer.email)).text).toMatch(/It stays on Trial[^]*Our answer: Not yet/)
    await changePlanAsDeveloper(asDeveloper, { applicationId: application.id, planId: bigger.plan.id, reason: '' })
    const again = await ctx.db.planRequest.findFirstOrThrow({ where: { state: 'open' } })
    await approvePlanRequest(ctx, { requestId: again.id })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'plan_change_request_approved', developer.email)).text).toContain('is on the plan Public')
    expect(await mails(ctx, { kind: 'cinstance_messenger_plan_change_for_buyer' })).toEqual([])
  })

  it('ISO-10 no hidden plan is named to a partner but the own one', async () => {
    const { ctx, developer, application, plan } = await withApplication()
    const hidden = await makePlan(ctx, { name: 'Secretive', state: 'hidden' })
    const own = await makePlan(ctx, { name: 'Privateer', state: 'hidden' })
    await ctx.db.portalTemplate.create({
      data: { tenantId: ctx.tenant.id, kind: 'mail', systemName: 'cinstance_messenger_suspended', title: '', published: '{% for s in provider.services %}{% for p in s.application_plans %}[{{ p.name }}]{% endfor %}{% for p in s.plans %}[{{ p.name }}]{% endfor %}{% endfor %}{% for p in application.choosable_plans %}[{{ p.name }}]{% endfor %}{% for p in service.application_plans %}[{{ p.name }}]{% endfor %}{% debug:help %}' },
    })
    await changePlan(ctx, { applicationId: application.id, planId: own.plan.id })
    await suspendApplication(ctx, { applicationId: application.id })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'cinstance_messenger_plan_change_for_buyer', developer.email)).text).toContain('now on the plan Privateer; before it was on Trial')
    expect(hidden.plan.name).toBe('Secretive')
    const all = (await mails(ctx)).map(({ subject, text, html }) => subject + text + html).join()
    expect(all).toContain(plan.name)
    expect(all).not.toContain('Secretive')
  })

  it('a new key and a revoked one are told, by their ends only', async () => {
    const { ctx, asDeveloper, developer, application } = await withApplication()
    const made = await addAppKey(asDeveloper, { applicationId: application.id })
    await runMails(ctx)
    const { text } = await onlyMail(ctx, 'cinstance_messenger_key_created', developer.email)
    expect(text).not.toContain(made.key)
    await revokeCredential(asDeveloper, { credentialId: made.credentialId })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'cinstance_messenger_key_deleted')).text).not.toContain(made.key)
  })

  it('USE-6 a limit: to both sides, by level, and to neither where the tenant has switched it off', async () => {
    const { ctx, developer, application, account, productId } = await withApplication()
    const analyst = await makeMember(ctx, { email: 'analyst@example.com', role: 'member', permissions: ['analytics'] })
    await makeMember(ctx, { email: 'plans@example.com', role: 'member', permissions: ['plans'] })
    const metric = await ctx.db.metric.findFirstOrThrow({ where: { productId, systemName: 'hits' } })
    const reach = async (level: number, value: bigint) => {
      const windowAt = new Date()
      const alert = await ctx.db.limitAlert.create({ data: { tenantId: ctx.tenant.id, productId, accountId: account.id, applicationId: application.id, metricId: metric.id, period: 'month', windowAt, level, value, limitValue: 100n } })
      await ctx.db.event.create({ data: { tenantId: ctx.tenant.id, type: 'limit_alert.reached', data: { alertId: Number(alert.id), applicationId: Number(application.id), accountId: Number(account.id), productId: Number(productId), level } } })
      await runMails(ctx)
    }
    await reach(80, 83n)
    await reach(100, 100n)
    expect((await onlyMail(ctx, 'alert_messenger_limit_alert_for_buyer', developer.email)).text).toContain('has used 83 % of a limit of its plan Trial')
    await onlyMail(ctx, 'alert_messenger_limit_violation_for_buyer', developer.email)
    expect(await mails(ctx, { kind: 'limit-reached', recipient: analyst.email })).toHaveLength(2)
    expect(await mails(ctx, { recipient: 'plans@example.com' })).toEqual([])
    await editPortalSettings(ctx, { alertDevelopers: false, alertMembers: false })
    await reach(120, 130n)
    expect(await mails(ctx)).toHaveLength(4)
  })

  it('a webhook that was switched off: to members who look after settings', async () => {
    const ctx = await makeTenant()
    const member = await makeMember(ctx, { email: 'settings@example.com', role: 'member', permissions: ['settings'] })
    const endpoint = await ctx.db.webhookEndpoint.create({ data: { tenantId: ctx.tenant.id, url: 'https://crm.example.com/hook?key=secret', active: false, events: [], secretCipher: '', disabledBecause: 'gone' } })
    await ctx.db.event.create({ data: { tenantId: ctx.tenant.id, type: 'webhook_endpoint.disabled', data: { endpointId: Number(endpoint.id), because: 'gone' } } })
    await runMails(ctx)
    const { text } = await onlyMail(ctx, 'webhook-disabled', member.email)
    expect(text).toContain('gone for good')
    expect(text).not.toContain('secret')
  })
})

describe('the tenant’s own mails', () => {
  const publish = (ctx: Ctx, systemName: string, published: string) => ctx.db.portalTemplate.create({ data: { tenantId: ctx.tenant.id, kind: 'mail', systemName, title: '', published } })
  const ask = async (ctx: Ctx, email: string) => {
    await requestDeveloperPasswordReset(visitorOf(ctx), { email })
    await runMails(ctx)
  }

  it('a published version is sent, with the headers it asks for; a draft is not', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    await ctx.db.portalTemplate.create({ data: { tenantId: ctx.tenant.id, kind: 'mail', systemName: 'password_changed', title: '', draft: 'Draft text' } })
    await publish(ctx, 'lost_password_email', "{% email %}{% subject = 'Kites & {{ provider.name }}' %}{% reply_to = 'help@kites.example' %}{% cc = 'nobody@kites.example' %}{% endemail %}Own text\n{{ url }}\n")
    await ask(ctx, developer.email)
    const mail = await onlyMail(ctx, 'lost_password_email', developer.email)
    expect(mail).toMatchObject({ subject: `Kites & ${ctx.tenant.name}`, replyTo: 'help@kites.example' })
    expect(mail.text).toContain('Own text')
    // The link is for its person alone.
    expect(await mails(ctx, { recipient: 'nobody@kites.example' })).toEqual([])
    await resetDeveloperPassword(visitorOf({ ...ctx, now: new Date() }), { token: tokenIn(mail.text), password: 'amber ferry at Oslo', settings: { accountApprovalRequired: false } })
    await runMails(ctx)
    expect((await onlyMail(ctx, 'password_changed')).text).not.toContain('Draft text')
  })

  it('LQ-1 a version that does not render costs nobody the mail: ours goes out, and the tenant sees template, line, reason', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    await publish(ctx, 'lost_password_email', '\n{% for a in (1..20000) %}{% endfor %}')
    await ask(ctx, developer.email)
    expect((await onlyMail(ctx, 'lost_password_email')).text).toContain('/admin/account/password?password_reset_token=')
    expect(await listTemplateProblems(ctx)).toMatchObject([{ template: 'mails/lost_password_email', line: 2, path: 'a mail' }])
    const listed = async () => (await listPartnerMails(ctx)).find(({ systemName }) => systemName === 'lost_password_email')
    expect(await listed()).toMatchObject({ state: 'own', problem: { line: 2 } })
    await ctx.db.portalTemplate.updateMany({ where: { kind: 'mail' }, data: { published: 'mended', updatedAt: new Date(Date.now() + 60_000) } })
    expect(await listed()).toMatchObject({ state: 'own', problem: null })
  })

  it('do_not_send is kept, and voids no link', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    await publish(ctx, 'password_changed', '{% email %}{% do_not_send %}{% endemail %}')
    await ctx.db.event.create({ data: { tenantId: ctx.tenant.id, type: 'developer.password_changed', data: { developerId: Number(developer.id) } } })
    await runMails(ctx)
    expect(await mails(ctx)).toEqual([])
  })

  it('ML-1 copies go to addresses the template names, each as a mail of its own', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    await publish(ctx, 'password_changed', "{% email %}{% cc = 'a@kites.example' 'no address' %}{% bcc = 'b@kites.example' %}{% endemail %}x")
    await ctx.db.event.create({ data: { tenantId: ctx.tenant.id, type: 'developer.password_changed', data: { developerId: Number(developer.id) } } })
    await runMails(ctx)
    expect((await mails(ctx)).map((mail) => mail.recipient)).toEqual([developer.email, 'a@kites.example', 'b@kites.example'])
  })

  it('ML-1 From is ours until a domain is proved; then the contact address, and never one of somebody else', async () => {
    const ctx = await makeTenant()
    const { developer } = await makeDeveloper(ctx)
    await editPortalSettings(ctx, { contactEmail: 'api@acme.example' })
    await ask(ctx, developer.email)
    expect(await onlyMail(ctx, 'lost_password_email')).toMatchObject({ sender: `${ctx.tenant.name} via Gatehouse <no-reply@gatehouse.localhost>`, replyTo: 'api@acme.example' })
    await forget(ctx)
    const domain = await ctx.db.domain.create({ data: { tenantId: ctx.tenant.id, name: 'acme.example', token: 't', state: 'waiting' } })
    await ask(ctx, developer.email)
    expect((await onlyMail(ctx, 'lost_password_email')).sender).toContain('no-reply@')
    await forget(ctx)
    await ctx.db.domain.update({ where: { id: domain.id }, data: { state: 'proved' } })
    await ask(ctx, developer.email)
    expect((await onlyMail(ctx, 'lost_password_email')).sender).toBe(`${ctx.tenant.name} <api@acme.example>`)
    await forget(ctx)
    await publish(ctx, 'lost_password_email', "{% email %}{% from = 'Boss <boss@bank.example>' %}{% endemail %}{{ url }}")
    await ask(ctx, developer.email)
    expect((await onlyMail(ctx, 'lost_password_email')).sender).toBe('Boss via Gatehouse <no-reply@gatehouse.localhost>')
  })
})

describe('the catalogue', () => {
  it('every mail has its template, every template its place in the list, every event its names', () => {
    const templates = builtInTemplates().filter(({ kind }) => kind === 'mail')
    expect(templates.map(({ systemName }) => systemName).toSorted()).toEqual(partnerMails.map(({ systemName }) => systemName).toSorted())
    expect(templates.find(({ systemName }) => systemName === 'invitation')!.title).toBe('Invitation of a colleague')
  })
})
