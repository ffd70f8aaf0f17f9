import { beforeAll, describe, expect, it } from 'vitest'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { bookSegments } from '@/lib/metering/book-segments'
import { addOutcome, emptyOutcomes, emptySums } from '@/lib/metering/usage-sums'
import { listAttention } from '@/lib/onboarding/list-attention'
import { makeTestProduct } from '@/lib/plans/test-product'
import { permissions, type Ctx } from '@/lib/tenants/context'

describe('what needs somebody', () => {
  testDatabase()
  let ctx: Ctx
  let productId: bigint
  const activity = (failures: number) => [{ productId: Number(productId), calls: 100, refusals: 0, failures, averageMs: 20, series: [] }]
  const keys = async (of: Ctx = ctx, failures = 0) => (await listAttention(of, activity(failures))).map(({ key }) => key)

  beforeAll(async () => {
    ctx = { ...(await makeTenant()), permissions: new Set(permissions) }
    productId = (await makeTestProduct(ctx)).productId
  })

  it('is nothing for a quiet tenant', async () => expect(await keys()).toEqual([]))

  it('names a failed test and a failing API, each where it is settled', async () => {
    await ctx.db.product.update({ where: { id: productId }, data: { lastTest: { ok: false, problem: 'Your API could not be reached.' } } })
    expect(await listAttention(ctx, activity(12))).toMatchObject([
      { tone: 'bad', detail: 'Your API could not be reached.', href: `/products/${productId}/gateway#test` },
      { tone: 'bad', title: expect.stringContaining('12 %') as string, href: `/products/${productId}/analytics?period=24h` },
    ])
    expect(await keys(ctx, 4)).toEqual([`test ${productId}`])
  })

  it('names who waits: one by name, several by number', async () => {
    const make = (orgName: string) => ctx.db.account.create({ data: { tenantId: ctx.tenant.id, orgName, state: 'pending', developers: { create: { email: `${orgName}@x.example`, emailNormal: `${orgName}@x.example`, role: 'admin', state: 'active', emailConfirmedAt: ctx.now } } } })
    await make('paper')
    expect((await listAttention(ctx, []))[1]).toMatchObject({ title: 'paper waits for your approval', href: '/requests' })
    await make('second')
    expect((await listAttention(ctx, []))[1]).toMatchObject({ title: '2 accounts wait for your approval', href: '/requests' })
    await ctx.db.account.deleteMany({ where: { state: 'pending' } })
  })

  it('names who asks for another plan', async () => {
    const tenantId = ctx.tenant.id
    const plan = (name: string) => ctx.db.plan.create({ data: { tenantId, productId, name, systemName: name.toLowerCase(), state: 'published' } })
    const [small, big] = [await plan('Small'), await plan('Big')]
    const account = await ctx.db.account.create({ data: { tenantId, orgName: 'Growing' } })
    const application = await ctx.db.application.create({ data: { tenantId, productId, accountId: account.id, planId: small.id, name: 'Shop', appId: 'growing' } })
    await ctx.db.planRequest.create({ data: { tenantId, accountId: account.id, applicationId: application.id, openApplicationId: application.id, fromPlanId: small.id, planId: big.id, developerName: 'Ines' } })
    expect((await listAttention(ctx, [])).filter(({ key }) => key.startsWith('open'))).toMatchObject([{ title: 'Growing asks for Big', detail: expect.stringContaining('stays on Small') as string, href: '/requests' }])
    await ctx.db.planRequest.deleteMany({})
  })

  it('names webhooks that fail and those we switched off', async () => {
    const make = (url: string, data: object) => ctx.db.webhookEndpoint.create({ data: { tenantId: ctx.tenant.id, url, events: [], secretCipher: 'x', ...data } })
    await make('https://fine.example/hook', {})
    const failing = await make('https://failing.example/hook', { failingSince: ctx.now })
    const gone = await make('https://gone.example/hook', { active: false, disabledBecause: 'gone' })
    await make('https://off.example/hook', { active: false })
    expect((await listAttention(ctx, [])).filter(({ key }) => key.startsWith('webhook'))).toMatchObject([
      { title: 'Webhooks to failing.example are failing', href: `/settings/webhooks/${failing.id}` },
      { title: 'Webhooks to gone.example were switched off', href: `/settings/webhooks/${gone.id}` },
    ])
    await ctx.db.webhookEndpoint.deleteMany({})
  })

  it('tells of limits that partners hit in production within a day, not the test application, not yesterday', async () => {
    const account = await ctx.db.account.create({ data: { tenantId: ctx.tenant.id, orgName: 'Busy' } })
    const make = (name: string, kind: string) => ctx.db.application.create({ data: { tenantId: ctx.tenant.id, productId, name, kind, appId: name, ...(kind === 'partner' && { accountId: account.id }) } })
    const [busy, old, test] = [await make('busy', 'partner'), await make('old', 'partner'), await make('probe', 'test')]
    const outcomes = emptyOutcomes()
    const refuse = ({ id }: { id: bigint }, hoursAgo: number, environment: 'production' | 'staging' = 'production') =>
      addOutcome(outcomes, { at: ctx.now.getTime() - hoursAgo * 3_600_000, tenantId: Number(ctx.tenant.id), productId: Number(productId), environment, applicationId: Number(id), outcome: 'limits_exceeded', durationMs: 0 }, 3, 1000)
    refuse(busy, 1)
    refuse(busy, 2)
    refuse(old, 30)
    refuse(test, 1)
    refuse(old, 1, 'staging')
    await bookSegments(ownerPool(), [{ id: 'attention', sums: emptySums(), outcomes }])
    const hits = (await listAttention(ctx, [])).filter(({ key }) => key.startsWith('limit'))
    expect(hits).toMatchObject([{ title: 'busy of Busy ran into a limit', detail: expect.stringContaining('6 calls') as string, href: `/applications/${busy.id}` }])
  })

  it('tells of levels of a limit that were reached within a day', async () => {
    const application = await ctx.db.application.findFirstOrThrow({ where: { name: 'busy' } })
    const hits = await ctx.db.metric.findFirstOrThrow({ where: { productId, systemName: 'hits' } })
    const row = { tenantId: ctx.tenant.id, productId, accountId: application.accountId!, applicationId: application.id, metricId: hits.id, period: 'day', level: 80, value: 80n, limitValue: 100n }
    const hoursAgo = (hours: number) => new Date(ctx.now.getTime() - hours * 3_600_000)
    await ctx.db.limitAlert.create({ data: { ...row, windowAt: hoursAgo(60), createdAt: hoursAgo(30) } })
    expect((await keys()).includes('alerts')).toBe(false)
    await ctx.db.limitAlert.create({ data: { ...row, windowAt: hoursAgo(2), createdAt: hoursAgo(1) } })
    expect((await listAttention(ctx, [])).filter(({ key }) => key === 'alerts')).toMatchObject([{ title: 'busy reached a level of a limit', href: '/alerts' }])
    await ctx.db.limitAlert.deleteMany({})
  })

  it('shows a member only what the member may settle', async () => {
    expect(await keys({ ...ctx, permissions: new Set(['gateway']) }, 12)).toEqual([`test ${productId}`])
    expect(await keys({ ...ctx, permissions: new Set() }, 12)).toEqual([])
  })
})
