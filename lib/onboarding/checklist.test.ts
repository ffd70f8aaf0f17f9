import { beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '@/lib/accounts/create-account'
import { createApplication } from '@/lib/applications/create-application'
import { deleteApplication } from '@/lib/applications/change-application'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { checklist } from '@/lib/onboarding/checklist'
import { createPlan } from '@/lib/plans/create-plan'
import { setLimit } from '@/lib/plans/set-limits'
import { addTestMethod, makeTestProduct } from '@/lib/plans/test-product'
import type { Ctx } from '@/lib/tenants/context'

describe('checklist', () => {
  testDatabase()
  let ctx: Ctx
  let product: Awaited<ReturnType<typeof makeTestProduct>>
  let basic: bigint

  const doneOf = async () => (await checklist(ctx)).items.filter((item) => item.done).map((item) => item.key)

  beforeAll(async () => {
    ctx = await makeTenant()
  })

  it('a tenant without a product is led to make one', async () => {
    expect(await checklist(ctx)).toMatchObject({ done: 0, next: { key: 'define', href: '/products/new' } })
  })

  it('a fresh product with the plans everybody is given and a test application ticks nothing', async () => {
    product = await makeTestProduct(ctx)
    basic = (await createPlan(ctx, { productId: product.productId, name: 'Basic', state: 'published' })).id
    await createPlan(ctx, { productId: product.productId, name: 'Unlimited', state: 'published' })
    await ctx.db.application.create({ data: { tenantId: ctx.tenant.id, productId: product.productId, kind: 'test', name: 'Test', appId: 'test', firstCallAt: new Date() } })
    expect(await checklist(ctx)).toMatchObject({ done: 0, next: { key: 'define', href: `/products/${product.productId}/methods` } })
  })

  it('each item ticks itself off as its thing comes to be, and back on when it goes', async () => {
    await addTestMethod(ctx, product, { name: 'list', verb: 'GET' })
    expect(await doneOf()).toEqual(['define'])
    await ctx.db.product.update({ where: { id: product.productId }, data: { lastTest: { ok: false, status: 502 } } })
    expect(await doneOf()).toEqual(['define'])
    await ctx.db.product.update({ where: { id: product.productId }, data: { lastTest: { ok: true, status: 200 } } })
    await ctx.db.product.update({ where: { id: product.productId }, data: { liveVersion: 1 } })
    expect(await doneOf()).toEqual(['define', 'integrate', 'promote'])
    await setLimit(ctx, { planId: basic, metricId: product.hitsId, period: 'month', value: 100 })
    expect((await checklist(ctx)).next?.key).toBe('partner')
    const { id: accountId } = await createAccount(ctx, { orgName: 'Widget Works' })
    const { id } = await createApplication(ctx, { accountId, planId: basic, name: 'Shop' })
    expect((await checklist(ctx)).next).toMatchObject({ key: 'first_call', href: `/applications/${id}` })
    await ctx.db.application.update({ where: { id }, data: { firstCallAt: new Date() } })
    expect(await checklist(ctx)).toMatchObject({ done: 6, next: null })
    await deleteApplication(ctx, { applicationId: id, confirmation: 'Shop' })
    expect((await checklist(ctx)).next?.key).toBe('partner')
  })
})
