import { beforeAll, describe, expect, it } from 'vitest'
import { markAnalyticsOpened } from '@/lib/analytics/mark-opened'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { checklist } from '@/lib/onboarding/checklist'
import { createPlan } from '@/lib/plans/create-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { setLimit } from '@/lib/plans/set-limits'
import { addTestMethod, makeTestProduct } from '@/lib/plans/test-product'
import type { Ctx } from '@/lib/tenants/context'
import { editPortalSettings } from '@/lib/tenants/portal-settings'

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
    await setDefaultPlan(ctx, { productId: product.productId, planId: basic })
    await ctx.db.application.create({ data: { tenantId: ctx.tenant.id, productId: product.productId, kind: 'test', name: 'Test', appId: 'test', firstCallAt: new Date() } })
    expect(await checklist(ctx)).toMatchObject({ done: 0, next: { key: 'define', href: `/products/${product.productId}/methods` } })
  })

  it('each item ticks itself off as its thing comes to be, and back on when it goes', async () => {
    const tenantId = ctx.tenant.id
    const change = (data: object) => ctx.db.product.update({ where: { id: product.productId }, data })
    await addTestMethod(ctx, product, { name: 'list', verb: 'GET' })
    expect(await doneOf()).toEqual(['define'])
    await change({ lastTest: { ok: false, status: 502 }, liveVersion: 1 })
    expect(await doneOf()).toEqual(['define'])
    await change({ lastTest: { ok: true, status: 200 } })
    expect(await doneOf()).toEqual(['define', 'integrate'])
    await setLimit(ctx, { planId: basic, metricId: product.hitsId, period: 'month', value: 100 })
    expect(await doneOf()).toEqual(['define', 'integrate', 'plans', 'sign_up'])
    await editPortalSettings(ctx, { signupsEnabled: false })
    expect(await doneOf()).toEqual(['define', 'integrate', 'plans'])
    await editPortalSettings(ctx, { signupsEnabled: true })
    expect((await checklist(ctx)).next).toMatchObject({ key: 'brand', href: '/portal/theme' })
    await ctx.db.portalSettings.updateMany({ data: { theme: { preset: 'tide' } } })
    expect((await checklist(ctx)).next).toMatchObject({ key: 'documentation', href: `/products/${product.productId}/activedocs` })
    const spec = await ctx.db.apiSpec.create({ data: { tenantId, productId: product.productId, name: 'API', systemName: 'api', source: '{}', document: {}, version: '3.0' } })
    expect((await checklist(ctx)).next?.key).toBe('documentation')
    await ctx.db.apiSpec.update({ where: { id: spec.id }, data: { published: true } })
    const endpoint = await ctx.db.webhookEndpoint.create({ data: { tenantId, url: 'https://hooks.example.com', events: [], secretCipher: 'x' } })
    expect((await checklist(ctx)).next?.key).toBe('analytics')
    await markAnalyticsOpened(ctx)
    await markAnalyticsOpened({ ...ctx, now: new Date(0) })
    expect((await ctx.db.tenant.findUniqueOrThrow({ where: { id: tenantId } })).progress).toEqual({ analyticsOpenedAt: ctx.now.toISOString() })
    expect(await checklist(ctx)).toMatchObject({ done: 8, next: null })
    await ctx.db.webhookEndpoint.delete({ where: { id: endpoint.id } })
    expect((await checklist(ctx)).next?.key).toBe('webhooks')
  })
})
