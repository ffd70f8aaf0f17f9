import { beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '@/lib/accounts/create-account'
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
      { tone: 'bad', title: expect.stringContaining('12 %') as string, href: `/products/${productId}/usage?by=hour` },
    ])
    expect(await keys(ctx, 4)).toEqual([`test ${productId}`])
  })

  it('names who waits: one by name, several by number', async () => {
    const { id } = await createAccount(ctx, { orgName: 'Paper Crane' })
    await ctx.db.account.update({ where: { id }, data: { state: 'pending' } })
    expect((await listAttention(ctx, []))[1]).toMatchObject({ title: 'Paper Crane waits for your approval', href: `/accounts/${id}` })
    await ctx.db.account.create({ data: { tenantId: ctx.tenant.id, orgName: 'Second', state: 'pending' } })
    expect((await listAttention(ctx, []))[1]).toMatchObject({ title: '2 accounts wait for your approval', href: '/accounts?state=pending' })
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

  it('shows a member only what the member may settle', async () => {
    expect(await keys({ ...ctx, permissions: new Set(['gateway']) }, 12)).toEqual([`test ${productId}`])
    expect(await keys({ ...ctx, permissions: new Set() }, 12)).toEqual([])
  })
})
