import { beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '@/lib/accounts/create-account'
import { rejectApplication } from '@/lib/applications/change-application'
import { createApplication } from '@/lib/applications/create-application'
import { approveRequests, rejectRequest } from '@/lib/applications/decide-requests'
import { countOpenRequests, listDecidedRequests, listOpenRequests } from '@/lib/applications/list-requests'
import { approvePlanRequest, changePlanAsDeveloper, rejectPlanRequest, withdrawPlanRequest } from '@/lib/applications/plan-requests'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { hidePlan } from '@/lib/plans/publish-plan'
import { createPlan } from '@/lib/plans/create-plan'
import { createProduct } from '@/lib/products/create-product'
import type { Ctx } from '@/lib/tenants/context'
import { contextOf, makeMember } from '@/lib/tenants/member.fixture'

describe('plan requests', () => {
  testDatabase()
  let ctx: Ctx
  let member: Ctx
  let productId: bigint
  let plans: Record<'basic' | 'pro' | 'hidden' | 'asked' | 'other', bigint>
  let count = 0

  beforeAll(async () => {
    ctx = await makeTenant()
    member = contextOf(ctx, await makeMember(ctx, { name: 'Grace' }))
    productId = (await createProduct(ctx, { name: 'API', systemName: 'api' })).id
    const otherProduct = await createProduct(ctx, { name: 'Other', systemName: 'other' })
    const plan = async (name: string, more = {}) => (await createPlan(ctx, { productId, name, state: 'published', ...more })).id
    plans = { basic: await plan('Basic'), pro: await plan('Pro'), hidden: await plan('Secret', { state: 'hidden' }), asked: await plan('Asked', { approvalRequired: true }), other: await plan('Elsewhere', { productId: otherProduct.id }) }
  })

  const mode = (planChangeMode: string) => ctx.db.product.update({ where: { id: productId }, data: { planChangeMode } })
  async function partner() {
    const made = await createAccount(ctx, { orgName: `Partner ${++count}`, developer: { email: `dev${count}@partner.example` } })
    const application = await createApplication(ctx, { accountId: made.id, planId: plans.basic, name: `App ${count}` })
    const actor = { kind: 'developer', id: made.developerId!, name: `Dev ${count}`, email: `dev${count}@partner.example`, accountId: made.id, sessionId: 0n } as const
    const developer: Ctx = { ...ctx, actor, permissions: new Set(), audit: { ...ctx.audit, actor } }
    return { developer, applicationId: application.id, keys: () => ctx.db.credential.findMany({ where: { applicationId: application.id }, orderBy: { id: 'asc' } }) }
  }
  const planOf = async (applicationId: bigint) => (await ctx.db.application.findUniqueOrThrow({ where: { id: applicationId } })).planId
  const openOf = (applicationId: bigint) => ctx.db.planRequest.findFirstOrThrow({ where: { openApplicationId: applicationId } })

  it('a request waits, is approved, and the application moves with the keys it had', async () => {
    await mode('request')
    const { developer, applicationId, keys } = await partner()
    const before = await keys()
    expect(await changePlanAsDeveloper(developer, { applicationId, planId: plans.pro, reason: ' We grow ' })).toEqual({ outcome: 'requested' })
    expect(await planOf(applicationId)).toBe(plans.basic)
    const request = await openOf(applicationId)
    expect(request).toMatchObject({ fromPlanId: plans.basic, planId: plans.pro, reason: 'We grow', developerName: developer.actor.name })
    await approvePlanRequest(member, { requestId: request.id })
    expect(await planOf(applicationId)).toBe(plans.pro)
    expect(await keys()).toEqual(before)
    expect(await ctx.db.planRequest.findUniqueOrThrow({ where: { id: request.id } })).toMatchObject({ state: 'approved', openApplicationId: null, decidedBy: 'Grace', decidedAt: member.now })
    const events = await ctx.db.event.findMany({ where: { data: { path: ['applicationId'], equals: Number(applicationId) } }, orderBy: { id: 'asc' } })
    expect(events.map(({ type }) => type)).toEqual(['application.created', 'plan_request.created', 'application.plan_changed', 'plan_request.approved'])
    expect(events[2]).toMatchObject({ data: { planRequestId: Number(request.id), fromPlanId: Number(plans.basic), planId: Number(plans.pro) } })
    await expect(approvePlanRequest(member, { requestId: request.id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('a rejection needs an answer, which the partner can read', async () => {
    const { developer, applicationId } = await partner()
    await changePlanAsDeveloper(developer, { applicationId, planId: plans.pro })
    const { id } = await openOf(applicationId)
    await expect(rejectPlanRequest(member, { requestId: id, answer: ' ' })).rejects.toThrow()
    await rejectPlanRequest(member, { requestId: id, answer: 'Not before May.' })
    expect(await ctx.db.planRequest.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'rejected', answer: 'Not before May.' })
    expect(await planOf(applicationId)).toBe(plans.basic)
    expect(await changePlanAsDeveloper(developer, { applicationId, planId: plans.pro })).toEqual({ outcome: 'requested' })
  })

  it('IDM-2 an application has one open request, also when the form is sent twice at once', async () => {
    const { developer, applicationId } = await partner()
    const ask = () => changePlanAsDeveloper(developer, { applicationId, planId: plans.pro })
    const outcomes = await Promise.allSettled([ask(), ask(), ask()])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' })
    expect(await ctx.db.planRequest.count({ where: { applicationId } })).toBe(1)
  })

  it('of an approval and a withdrawal that come together one wins, and the plan is the winner’s', async () => {
    for (let round = 0; round < 5; round++) {
      const { developer, applicationId } = await partner()
      await changePlanAsDeveloper(developer, { applicationId, planId: plans.pro })
      const { id: requestId } = await openOf(applicationId)
      const outcomes = await Promise.allSettled([approvePlanRequest(member, { requestId }), withdrawPlanRequest(developer, { requestId })])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const { state } = await ctx.db.planRequest.findUniqueOrThrow({ where: { id: requestId } })
      expect(await planOf(applicationId)).toBe(state === 'approved' ? plans.pro : plans.basic)
    }
  })

  it('where changes are direct the plan changes at once; a plan that needs approval is requested all the same', async () => {
    const { developer, applicationId, keys } = await partner()
    await mode('request')
    await changePlanAsDeveloper(developer, { applicationId, planId: plans.pro })
    await mode('direct')
    const before = await keys()
    expect(await changePlanAsDeveloper(developer, { applicationId, planId: plans.pro })).toEqual({ outcome: 'changed' })
    expect(await planOf(applicationId)).toBe(plans.pro)
    expect(await keys()).toEqual(before)
    expect(await ctx.db.planRequest.findMany({ where: { applicationId } })).toMatchObject([{ state: 'withdrawn' }])
    expect(await changePlanAsDeveloper(developer, { applicationId, planId: plans.asked })).toEqual({ outcome: 'requested' })
    await mode('request')
  })

  it('where partners do not change plans nothing is taken', async () => {
    const { developer, applicationId } = await partner()
    await mode('none')
    await expect(changePlanAsDeveloper(developer, { applicationId, planId: plans.pro })).rejects.toMatchObject({ code: 'forbidden' })
    await mode('request')
  })

  it('ISO-10 hidden plans, plans of other products and other accounts’ applications and requests are not there', async () => {
    const { developer, applicationId } = await partner()
    const stranger = await partner()
    for (const planId of [plans.hidden, plans.other, 999_999n]) await expect(changePlanAsDeveloper(developer, { applicationId, planId })).rejects.toMatchObject({ code: 'not_found' })
    await expect(changePlanAsDeveloper(stranger.developer, { applicationId, planId: plans.pro })).rejects.toMatchObject({ code: 'not_found' })
    await changePlanAsDeveloper(developer, { applicationId, planId: plans.pro })
    const { id: requestId } = await openOf(applicationId)
    await expect(withdrawPlanRequest(stranger.developer, { requestId })).rejects.toMatchObject({ code: 'not_found' })
    await expect(changePlanAsDeveloper(stranger.developer, { applicationId: stranger.applicationId, planId: plans.basic })).rejects.toMatchObject({ code: 'invalid' })
    await withdrawPlanRequest(developer, { requestId })
  })

  it('a plan hidden since it was asked for can still be approved', async () => {
    const planId = (await createPlan(ctx, { productId, name: 'Summer', state: 'published' })).id
    const { developer, applicationId } = await partner()
    await changePlanAsDeveloper(developer, { applicationId, planId })
    await hidePlan(ctx, { planId })
    await approvePlanRequest(member, { requestId: (await openOf(applicationId)).id })
    expect(await planOf(applicationId)).toBe(planId)
  })

  it('the inbox holds sign-ups, applications and plan changes that wait, the longest waiting first, and tells them apart from the unconfirmed', async () => {
    const tenant = await makeTenant()
    const grace = contextOf(tenant, await makeMember(tenant, { name: 'Grace' }))
    const product = await createProduct(tenant, { name: 'API', systemName: 'api' })
    const from = await createPlan(tenant, { productId: product.id, name: 'From', state: 'published' })
    const to = await createPlan(tenant, { productId: product.id, name: 'To', state: 'published' })
    const make = async (orgName: string) => {
      const account = await createAccount(tenant, { orgName, developer: { email: `${orgName}@x.example`, firstName: 'Ada' } })
      return { ...account, application: await createApplication(tenant, { accountId: account.id, planId: from.id, name: `${orgName} app` }) }
    }
    const [waiting, unconfirmed, applied, grown] = [await make('waiting'), await make('unconfirmed'), await make('applied'), await make('grown')]
    await tenant.db.account.updateMany({ where: { id: { in: [waiting.id, unconfirmed.id] } }, data: { state: 'pending' } })
    await tenant.db.developer.updateMany({ where: { accountId: unconfirmed.id }, data: { state: 'pending' } })
    await tenant.db.application.updateMany({ where: { id: { in: [applied.application.id, waiting.application.id] } }, data: { state: 'pending' } })
    const actor = { kind: 'developer', id: grown.developerId!, name: 'Ada', email: '', accountId: grown.id, sessionId: 0n } as const
    await changePlanAsDeveloper({ ...tenant, actor, audit: { ...tenant.audit, actor } }, { applicationId: grown.application.id, planId: to.id, reason: 'We grow' })
    const { items, total } = await listOpenRequests(grace)
    expect(total).toBe(3)
    expect(items).toMatchObject([
      { kind: 'account', id: Number(waiting.id), who: 'Ada', toPlan: 'From' },
      { kind: 'application', id: Number(applied.application.id), application: { name: 'applied app' }, toPlan: 'From' },
      { kind: 'plan_request', account: { orgName: 'grown' }, fromPlan: 'From', toPlan: 'To', reason: 'We grow' },
    ])
    await expect(rejectRequest(grace, { kind: 'application', id: applied.application.id })).rejects.toMatchObject({ fields: { reason: [expect.any(String)] } })
    await rejectRequest(grace, { kind: 'application', id: applied.application.id, reason: 'No.' })
    expect(await tenant.db.event.findFirst({ where: { type: 'application.rejected' } })).toMatchObject({ data: { name: 'applied app', reason: 'No.', accountId: Number(applied.id) } })
    await expect(rejectApplication(grace, { applicationId: applied.application.id })).rejects.toMatchObject({ code: 'not_found' })
    const open = (await listOpenRequests(grace)).items.map(({ kind, id }) => ({ kind, id }))
    expect(await approveRequests(grace, { requests: [...open, { kind: 'application', id: applied.application.id }] })).toEqual({ approved: 2, decidedBefore: 1 })
    expect(await countOpenRequests(grace)).toBe(1)
    expect((await listOpenRequests(grace)).items).toMatchObject([{ kind: 'application', id: Number(waiting.application.id) }])
    expect((await listDecidedRequests(grace)).items).toMatchObject([
      { kind: 'plan_request', outcome: 'approved', name: 'grown app', toPlan: 'To', by: 'Grace' },
      { kind: 'account', outcome: 'approved', name: 'waiting' },
      { kind: 'application', outcome: 'rejected', name: 'applied app', answer: 'No.' },
    ])
  })
})
