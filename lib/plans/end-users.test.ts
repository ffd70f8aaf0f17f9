import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { ownerPool } from '@/lib/db/pools'
import { changeEndUserPlan, deleteEndUser, moveEndUsers, resumeEndUser, suspendEndUser } from '@/lib/plans/change-end-user'
import { createEndUser } from '@/lib/plans/create-end-user'
import { createPlan } from '@/lib/plans/create-plan'
import { deletePlan } from '@/lib/plans/delete-plan'
import { getEndUser, listEndUsers } from '@/lib/plans/end-user-queries'
import { listPlans } from '@/lib/plans/queries'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { setEndUserLimits } from '@/lib/plans/set-end-user-limits'
import { setEndUserRegistration } from '@/lib/plans/set-end-user-registration'
import { addLimits } from '@/lib/plans/set-limits'
import { makeTestProduct } from '@/lib/plans/test-product'
import { setFeature } from '@/lib/tenants/set-feature'
import type { Ctx } from '@/lib/tenants/context'

describe('end users', () => {
  testDatabase()
  let ctx: Ctx
  let product: Awaited<ReturnType<typeof makeTestProduct>>
  let planId: bigint

  beforeAll(async () => {
    ctx = await makeTenant({ now: new Date('2026-11-23T10:00:00Z') })
    product = await makeTestProduct(ctx)
  })

  it('nobody is registered before there is a plan for them', async () => {
    await expect(createEndUser(ctx, { productId: product.productId, externalId: 'ada' })).rejects.toMatchObject({ code: 'invalid', fields: { planId: [expect.any(String)] } })
    await expect(setEndUserRegistration(ctx, { productId: product.productId, required: false })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('the first end-user plan becomes the default and is no application plan', async () => {
    planId = (await createPlan(ctx, { productId: product.productId, kind: 'end_user', name: 'User Limits' })).id
    await createPlan(ctx, { productId: product.productId, kind: 'end_user', name: 'More' })
    expect(await listPlans(ctx, product.productId, 'end_user')).toMatchObject({ defaultPlanId: Number(planId), plans: [{ name: 'User Limits', isDefault: true }, { name: 'More', isDefault: false }] })
    expect((await listPlans(ctx, product.productId)).plans).toEqual([])
    await expect(setDefaultPlan(ctx, { productId: product.productId, kind: 'application', planId })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('own limits stand in place of the plan’s for the same metric and period, and beside the others; each change is news for the gateways', async () => {
    const metric = (await ctx.db.metric.findFirstOrThrow({ where: { productId: product.productId, systemName: 'hits' } })).id
    await addLimits(ctx, { planId, metricId: metric, limits: [{ period: 'day', value: 10 }, { period: 'month', value: 100 }] })
    const { id } = await createEndUser(ctx, { productId: product.productId, externalId: 'limited', planId })
    const holding = async () => (await getEndUser(ctx, id)).limits.map(({ period, value, planValue, own }) => [period, value, planValue, own])
    expect(await holding()).toEqual([['day', 10, 10, false], ['month', 100, 100, false]])
    await setEndUserLimits(ctx, { endUserId: id, limits: [{ metricId: metric, period: 'day', value: 50 }, { metricId: metric, period: 'year', value: 900 }] })
    expect(await holding()).toEqual([['day', 50, 10, true], ['month', 100, 100, false], ['year', 900, null, true]])
    expect(await ctx.db.change.count({ where: { topic: 'end_user', subjectId: id } })).toBe(2)
    await expect(setEndUserLimits(ctx, { endUserId: id, limits: [{ metricId: metric, period: 'day', value: 1 }, { metricId: metric, period: 'day', value: 2 }] })).rejects.toMatchObject({ fields: { 'limits.1.period': [expect.any(String)] } })
    const other = await makeTenant()
    await expect(setEndUserLimits(other, { endUserId: id, limits: [] })).rejects.toMatchObject({ code: 'not_found' })
    const theirs = await makeTestProduct(other)
    const foreign = (await other.db.metric.findFirstOrThrow({ where: { productId: theirs.productId } })).id
    await expect(setEndUserLimits(ctx, { endUserId: id, limits: [{ metricId: foreign, period: 'day', value: 1 }] })).rejects.toMatchObject({ code: 'not_found' })
    await setEndUserLimits(ctx, { endUserId: id, limits: [] })
    expect(await holding()).toEqual([['day', 10, 10, false], ['month', 100, 100, false]])
    await deleteEndUser(ctx, { endUserId: id })
  })

  it('register, suspend, resume, change plan, delete; each is news for the gateways', async () => {
    const { id } = await createEndUser(ctx, { productId: product.productId, externalId: 'ada@example.com' })
    await suspendEndUser(ctx, { endUserId: id })
    expect((await listEndUsers(ctx, product.productId, { state: 'suspended' })).items).toMatchObject([{ externalId: 'ada@example.com', registered: 'manual', plan: { name: 'User Limits' } }])
    await resumeEndUser(ctx, { endUserId: id })
    const more = (await listPlans(ctx, product.productId, 'end_user')).plans[1]!
    await changeEndUserPlan(ctx, { endUserId: id, planId: more.id })
    await expect(deletePlan(ctx, { planId: more.id })).rejects.toMatchObject({ code: 'in_use', details: { applications: 0, endUsers: 1 } })
    await deleteEndUser(ctx, { endUserId: id })
    expect((await listEndUsers(ctx, product.productId)).total).toBe(0)
    expect(await ctx.db.change.count({ where: { topic: 'end_user', subjectId: id } })).toBe(5)
  })

  it('an id is registered once, and ids of any sensible kind are taken', async () => {
    await createEndUser(ctx, { productId: product.productId, externalId: '用户 42' })
    await expect(createEndUser(ctx, { productId: product.productId, externalId: '用户 42' })).rejects.toMatchObject({ code: 'invalid', fields: { externalId: [expect.any(String)] } })
    await expect(createEndUser(ctx, { productId: product.productId, externalId: 'line\nbreak' })).rejects.toThrow()
    await expect(createEndUser(ctx, { productId: product.productId, externalId: '' })).rejects.toThrow()
  })

  it('USE-7 a full product takes no further end user', async () => {
    await ctx.db.product.update({ where: { id: product.productId }, data: { endUsersMax: 1 } })
    await expect(createEndUser(ctx, { productId: product.productId, externalId: 'one too many' })).rejects.toMatchObject({ code: 'conflict' })
    await ctx.db.product.update({ where: { id: product.productId }, data: { endUsersMax: 100 } })
  })

  it('the list pages by 25, searches by a part of the id and sums this month’s calls', async () => {
    for (let number = 0; number < 30; number++) await createEndUser(ctx, { productId: product.productId, externalId: `user-${number}` })
    const first = await listEndUsers(ctx, product.productId, { search: 'USER-' })
    expect(first).toMatchObject({ total: 30, items: { length: 25 } })
    const second = await listEndUsers(ctx, product.productId, { search: 'user-', cursor: first.nextCursor! })
    expect(second.items).toHaveLength(5)
    expect(second.nextCursor).toBeNull()
    expect(new Set([...first.items, ...second.items].map((item) => item.id)).size).toBe(30)
    expect((await listEndUsers(ctx, product.productId, { search: 'user-', cursor: second.previousCursor! })).items).toEqual(first.items)
    const someone = second.items[0]!
    const insert = `INSERT INTO end_user_usage_days ("tenantId", environment, "productId", "endUserId", "applicationId", "metricId", "dayOn", value) VALUES ($1, $2, $3, $4, 1, $5, $6, $7)`
    const row = (environment: string, metricId: bigint, dayOn: string, value: number) => [ctx.tenant.id, environment, product.productId, someone.id, metricId, dayOn, value]
    await ownerPool().query(insert, row('production', product.hitsId, '2026-11-01', 5))
    await ownerPool().query(insert, row('production', product.hitsId, '2026-11-20', 7))
    await ownerPool().query(insert, row('production', product.hitsId, '2026-10-31', 100))
    await ownerPool().query(insert, row('staging', product.hitsId, '2026-11-20', 1000))
    expect((await listEndUsers(ctx, product.productId, { search: someone.externalId })).items.find((item) => item.id === someone.id)).toMatchObject({ callsThisMonth: 12 })
  })

  it('ISO-9 filters that are no plain words are ignored', async () => {
    const odd = { search: { contains: 'x' }, state: { not: 'active' }, planId: { gt: 0 }, cursor: 'nonsense' } as never
    expect((await listEndUsers(ctx, product.productId, odd)).total).toBe(31)
  })

  it('ISO-5 another tenant’s end user is answered like one that never was', async () => {
    const other = await makeTenant()
    const { items } = await listEndUsers(ctx, product.productId)
    for (const endUserId of [items[0]!.id, 999_999]) {
      await expect(suspendEndUser(other, { endUserId })).rejects.toMatchObject({ code: 'not_found' })
      await expect(deleteEndUser(other, { endUserId })).rejects.toMatchObject({ code: 'not_found' })
    }
    expect((await listEndUsers(other, product.productId)).items).toEqual([])
  })

  it('everybody moves to another plan of the product, and the empty one can go', async () => {
    const aside = await createPlan(ctx, { productId: product.productId, kind: 'end_user', name: 'Aside' })
    await expect(deletePlan(ctx, { planId })).rejects.toMatchObject({ code: 'in_use' })
    const { moved } = await moveEndUsers(ctx, { fromPlanId: planId, toPlanId: aside.id })
    expect(moved).toBe(31)
    expect(await ctx.db.change.count({ where: { topic: 'end_user' } })).toBeGreaterThanOrEqual(62)
    await moveEndUsers(ctx, { fromPlanId: aside.id, toPlanId: planId })
    await deletePlan(ctx, { planId: aside.id })
    const application = await createPlan(ctx, { productId: product.productId, name: 'For applications' })
    await expect(moveEndUsers(ctx, { fromPlanId: planId, toPlanId: application.id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('without manual registration the default plan has to stay', async () => {
    await setEndUserRegistration(ctx, { productId: product.productId, required: false })
    await expect(setDefaultPlan(ctx, { productId: product.productId, kind: 'end_user', planId: null })).rejects.toMatchObject({ code: 'invalid' })
    for (const { id } of await ctx.db.endUser.findMany()) await deleteEndUser(ctx, { endUserId: id })
    await expect(deletePlan(ctx, { planId })).rejects.toMatchObject({ code: 'in_use' })
    await setEndUserRegistration(ctx, { productId: product.productId, required: true })
    await setDefaultPlan(ctx, { productId: product.productId, kind: 'end_user', planId: null })
    expect((await listPlans(ctx, product.productId, 'end_user')).defaultPlanId).toBeNull()
  })

  it('the feature is a switch of the tenant beside others', async () => {
    await setFeature(ctx, { feature: 'endUserPlans', on: true })
    expect(await ctx.db.tenant.findUnique({ where: { id: ctx.tenant.id }, select: { features: true } })).toEqual({ features: { endUserPlans: true } })
    expect(await ctx.db.auditEntry.findFirst({ where: { action: 'tenant.feature_changed' } })).toMatchObject({ before: { endUserPlans: false }, after: { endUserPlans: true } })
    expect(await ctx.db.change.count({ where: { topic: 'tenant', subjectId: ctx.tenant.id } })).toBe(1)
  })
})
