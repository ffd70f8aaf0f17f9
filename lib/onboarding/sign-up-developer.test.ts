import { beforeEach, describe, expect, it } from 'vitest'
import { activateAccount } from '@/lib/accounts/activate-account'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createField } from '@/lib/fields/create-field'
import { signUpDeveloper, type DeveloperSignUp } from '@/lib/onboarding/sign-up-developer'
import { createPlan } from '@/lib/plans/create-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { createProduct } from '@/lib/products/create-product'
import { verifyPassword } from '@/lib/passwords/hash-password'
import type { Ctx } from '@/lib/tenants/context'
import { visitorOf } from '@/lib/tenants/member.fixture'
import { editPortalSettings } from '@/lib/tenants/portal-settings'

describe('sign-up of developers', () => {
  testDatabase()
  let ctx: Ctx
  let visitor: Ctx
  let productId: bigint
  let plans: Record<'basic' | 'pro' | 'hidden' | 'asked', bigint>

  beforeEach(async () => {
    ctx = await makeTenant()
    visitor = visitorOf(ctx, null)
    productId = (await createProduct(ctx, { name: 'API', systemName: 'api' })).id
    const plan = async (name: string, more = {}) => (await createPlan(ctx, { productId, name, state: 'published', ...more })).id
    plans = { basic: await plan('Basic'), pro: await plan('Pro'), hidden: await plan('Secret', { state: 'hidden' }), asked: await plan('Asked', { approvalRequired: true }) }
    await setDefaultPlan(ctx, { productId, planId: plans.basic })
  })

  const form = (more: Partial<DeveloperSignUp> = {}): DeveloperSignUp => ({
    user: { email: 'ada@widgets.example', password: 'violet tram over Lyon', ...more.user },
    account: { org_name: 'Widget Works', ...more.account },
    application: more.application ?? {},
    planIds: more.planIds ?? [],
  })
  const planOf = async (applicationId: bigint | null) => (await ctx.db.application.findUniqueOrThrow({ where: { id: applicationId! } })).planId
  const eventTypes = async () => (await ctx.db.event.findMany({ orderBy: { id: 'asc' } })).map(({ type }) => type).filter((type) => /^(account|developer|application)\./.test(type))

  it('makes account, admin and an application with its keys, all before anybody confirmed anything', async () => {
    const made = await signUpDeveloper(visitor, form({ user: { email: ' Ada@Widgets.example ', password: 'violet tram over Lyon', password_confirmation: 'violet tram over Lyon' } }))
    expect(made.state).toBe('pending')
    const account = await ctx.db.account.findUniqueOrThrow({ where: { id: made.accountId! }, include: { developers: true, applications: { include: { credentials: true } } } })
    expect(account).toMatchObject({ orgName: 'Widget Works', state: 'pending' })
    expect(account.developers).toMatchObject([{ id: made.developerId, email: 'Ada@Widgets.example', emailNormal: 'ada@widgets.example', role: 'admin', state: 'pending', emailConfirmedAt: null }])
    expect(await verifyPassword(account.developers[0]!.passwordHash, 'violet tram over Lyon')).toBe(true)
    expect(account.applications).toMatchObject([{ id: made.applicationId, name: "Widget Works's App", state: 'live', planId: plans.basic }])
    expect(account.applications[0]!.credentials.map(({ kind }) => kind)).toEqual(['user_key', 'app_key'])
    expect(await eventTypes()).toEqual(['application.created', 'account.created', 'developer.created', 'developer.confirmation_requested'])
    expect(await ctx.db.event.findFirst({ where: { type: 'account.created' } })).toMatchObject({ data: { accountId: Number(made.accountId), developerId: Number(made.developerId), applicationId: Number(made.applicationId) } })
    expect(await ctx.db.auditEntry.findFirst({ where: { action: 'account.created' } })).toMatchObject({ actorKind: 'visitor' })
  })

  it('the first active admin makes the account live, or leaves it waiting where accounts need approval', async () => {
    const confirm = async (email: string, accountApprovalRequired: boolean) => {
      const { accountId, developerId } = await signUpDeveloper(visitor, form({ user: { email, password: 'violet tram over Lyon' } }))
      return ctx.db.$transaction(async (tx) => {
        await tx.developer.update({ where: { id: developerId! }, data: { state: 'active' } })
        return activateAccount(tx, visitor, accountId!, { accountApprovalRequired })
      })
    }
    expect(await confirm('one@widgets.example', false)).toBe('approved')
    expect(await confirm('two@widgets.example', true)).toBe('pending')
    expect(await ctx.db.account.count({ where: { state: 'approved' } })).toBe(1)
    expect(await ctx.db.event.findMany({ where: { type: 'account.approved' } })).toMatchObject([{ data: { automatic: true } }])
  })

  it('ISO-10 only published plans are chosen; other ids count for nothing', async () => {
    const other = await makeTenant()
    const theirProduct = await createProduct(other, { name: 'API', systemName: 'api' })
    const theirs = await createPlan(other, { productId: theirProduct.id, name: 'Theirs', state: 'published' })
    const cases: [bigint[], bigint][] = [
      [[plans.pro], plans.pro],
      [[plans.hidden], plans.basic],
      [[theirs.id], plans.basic],
      [[plans.hidden, 999_999n, plans.pro, plans.basic], plans.pro],
      [[], plans.basic],
    ]
    for (const [index, [planIds, expected]] of cases.entries())
      expect(await planOf((await signUpDeveloper(visitor, form({ planIds, user: { email: `case${index}@widgets.example`, password: 'violet tram over Lyon' } }))).applicationId)).toBe(expected)
  })

  it('a hidden plan may be the default one, and a plan with approval makes the application wait', async () => {
    await setDefaultPlan(ctx, { productId, planId: plans.hidden })
    expect(await planOf((await signUpDeveloper(visitor, form())).applicationId)).toBe(plans.hidden)
    const { applicationId } = await signUpDeveloper(visitor, form({ planIds: [plans.asked], user: { email: 'two@widgets.example', password: 'violet tram over Lyon' } }))
    expect(await ctx.db.application.findUniqueOrThrow({ where: { id: applicationId! } })).toMatchObject({ planId: plans.asked, state: 'pending' })
  })

  it('without a default plan there is an account and no application', async () => {
    await setDefaultPlan(ctx, { productId, planId: null })
    await createField(ctx, { target: 'application', name: 'type', label: 'Type', required: true })
    expect((await signUpDeveloper(visitor, form())).applicationId).toBeNull()
  })

  it('one application for each product where partners see several, the default product alone otherwise', async () => {
    const second = await createProduct(ctx, { name: 'Second', systemName: 'second' })
    await createProduct(ctx, { name: 'Without plans', systemName: 'none' })
    const planId = (await createPlan(ctx, { productId: second.id, name: 'Start', state: 'published' })).id
    await setDefaultPlan(ctx, { productId: second.id, planId })
    const one = await signUpDeveloper(visitor, form({ planIds: [planId] }))
    await editPortalSettings(ctx, { multipleProducts: true })
    const two = await signUpDeveloper(visitor, form({ planIds: [plans.pro], user: { email: 'two@widgets.example', password: 'violet tram over Lyon' } }))
    const plansOf = async (accountId: bigint | null) => (await ctx.db.application.findMany({ where: { accountId: accountId! }, orderBy: { id: 'asc' } })).map((application) => application.planId)
    expect(await plansOf(one.accountId)).toEqual([plans.basic])
    expect(await plansOf(two.accountId)).toEqual([plans.pro, planId])
  })

  it('extra fields are stored where they belong; ISO-9 nothing else is', async () => {
    await createField(ctx, { target: 'user', name: 'first_name', builtIn: true, required: true })
    await createField(ctx, { target: 'account', name: 'city', builtIn: true })
    await createField(ctx, { target: 'account', name: 'rank', label: 'Rank', readOnly: true })
    await createField(ctx, { target: 'application', name: 'type', label: 'Type', required: true, choices: ['mobile', 'web'] })
    const { accountId } = await signUpDeveloper(visitor, {
      user: { first_name: 'Ada', email: 'ada@widgets.example', password: 'violet tram over Lyon', role: 'member', state: 'active', emailConfirmedAt: '2026-01-01' },
      account: { org_name: 'Widget Works', city: 'Lyon', rank: 'gold', state: 'approved', tenantId: '1', id: '7' },
      application: { name: 'My App', type: 'web', description: 'not asked for', state: 'suspended', planId: String(plans.hidden) },
      planIds: [],
    })
    const account = await ctx.db.account.findUniqueOrThrow({ where: { id: accountId! }, include: { developers: true, applications: true } })
    expect(account).toMatchObject({ state: 'pending', extra: { city: 'Lyon' } })
    expect(account.developers).toMatchObject([{ firstName: 'Ada', role: 'admin', state: 'pending', extra: {} }])
    expect(account.applications).toMatchObject([{ name: 'My App', description: '', state: 'live', extra: { type: 'web' } }])
  })

  it('PW-1 tells every problem at once, each at its field, and writes nothing', async () => {
    await createField(ctx, { target: 'user', name: 'first_name', builtIn: true, required: true })
    await createField(ctx, { target: 'application', name: 'type', label: 'Type', required: true })
    const empty = signUpDeveloper(visitor, { user: { email: 'nobody', password: 'short' }, account: {}, application: {}, planIds: [] })
    await expect(empty).rejects.toMatchObject({ code: 'invalid' })
    expect(Object.keys(await empty.catch((error: { fields: object }) => error.fields))).toEqual(['user.email', 'user.first_name', 'account.org_name', 'application.type', 'user.password'])
    await expect(signUpDeveloper(visitor, form({ user: { email: 'a@b.example', first_name: 'A', password: 'violet tram over Lyon', password_confirmation: 'another' }, application: { type: 'x' } }))).rejects.toMatchObject({ fields: { 'user.password_confirmation': [expect.any(String)] } })
    expect(await ctx.db.account.count()).toBe(0)
  })

  it('PW-3 a taken e-mail makes nothing and answers like success; its owner is told by mail', async () => {
    const first = await signUpDeveloper(visitor, form())
    const again = await signUpDeveloper(visitor, form({ user: { email: 'ＡDA@widgets.example', password: 'another violet tram' }, account: { org_name: 'Copycat' } }))
    expect(again).toEqual({ accountId: null, developerId: null, applicationId: null, state: first.state })
    expect([await ctx.db.account.count(), await ctx.db.application.count({ where: { kind: 'partner' } }), await ctx.db.developer.count()]).toEqual([1, 1, 1])
    expect((await eventTypes()).slice(4)).toEqual(['developer.registration_repeated'])
    expect(await verifyPassword((await ctx.db.developer.findFirstOrThrow()).passwordHash, 'violet tram over Lyon')).toBe(true)
  })

  it('IDM-2 the same form sent twice at once makes one account', async () => {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => signUpDeveloper(visitor, form())))
    expect(outcomes.filter(({ accountId }) => accountId !== null)).toHaveLength(1)
    expect([await ctx.db.account.count(), await ctx.db.developer.count()]).toEqual([1, 1])
    expect((await eventTypes()).filter((type) => type === 'developer.confirmation_requested')).toHaveLength(1)
  })

  it('a taken user name is said at its field', async () => {
    await createField(ctx, { target: 'user', name: 'username', builtIn: true })
    await signUpDeveloper(visitor, form({ user: { email: 'ada@widgets.example', username: 'Ada.L', password: 'violet tram over Lyon' } }))
    await expect(signUpDeveloper(visitor, form({ user: { email: 'eve@widgets.example', username: 'ada.l', password: 'violet tram over Lyon' } }))).rejects.toMatchObject({ fields: { 'user.username': [expect.any(String)] } })
  })

  it('closed is closed', async () => {
    await editPortalSettings(ctx, { signupsEnabled: false })
    await expect(signUpDeveloper(visitor, form())).rejects.toMatchObject({ code: 'forbidden' })
  })
})
