import { beforeAll, describe, expect, it } from 'vitest'
import { makeDeveloper } from '@/lib/accounts/developer.fixture'
import { createApplication } from '@/lib/applications/create-application'
import { customizePlan, decustomizePlan } from '@/lib/applications/customize-plan'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createPlan } from '@/lib/plans/create-plan'
import { deletePlan } from '@/lib/plans/delete-plan'
import { listPlanChoices, listPlans } from '@/lib/plans/queries'
import { replaceLimits } from '@/lib/plans/set-limits'
import { makeTestProduct } from '@/lib/plans/test-product'
import type { Ctx } from '@/lib/tenants/context'

testDatabase()

describe('a plan for one application', () => {
  let ctx: Ctx
  let productId: bigint
  let planId: bigint
  let applicationId: bigint
  beforeAll(async () => {
    ctx = await makeTenant()
    const made = await makeTestProduct(ctx, { systemName: 'api' })
    productId = made.productId
    planId = (await createPlan(ctx, { productId, name: 'Basic', state: 'published', features: ['Support'] })).id
    await replaceLimits(ctx, { planId, metricId: made.hitsId, limits: [{ period: 'day', value: 10 }] })
    const { account } = await makeDeveloper(ctx)
    applicationId = (await createApplication(ctx, { accountId: account.id, planId, name: 'App' })).id
  })

  it('begins as a copy, stands in no list, and goes when the application returns', async () => {
    const custom = await customizePlan(ctx, { applicationId })
    const plan = await ctx.db.plan.findUniqueOrThrow({ where: { id: custom.planId }, include: { limits: true, features: true } })
    expect(plan).toMatchObject({ name: 'Basic (custom)', state: 'hidden', originalId: planId, limits: [{ period: 'day', value: 10n }], features: [{ name: 'Support' }] })
    expect((await listPlans(ctx, productId)).plans.map(({ name }) => name)).toEqual(['Basic'])
    expect((await listPlanChoices(ctx))[0]!.plans.map(({ name }) => name)).toEqual(['Basic'])
    await expect(customizePlan(ctx, { applicationId })).rejects.toMatchObject({ code: 'conflict' })
    await expect(deletePlan(ctx, { planId })).rejects.toMatchObject({ code: 'in_use' })

    expect(await decustomizePlan(ctx, { applicationId })).toEqual({ planId })
    expect(await ctx.db.plan.findUnique({ where: { id: custom.planId } })).toBeNull()
    await expect(decustomizePlan(ctx, { applicationId })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('does not keep its original from being deleted once its application is gone', async () => {
    await customizePlan(ctx, { applicationId })
    await ctx.db.application.delete({ where: { id: applicationId } })
    await deletePlan(ctx, { planId })
    expect(await ctx.db.plan.count()).toBe(0)
  })
})
