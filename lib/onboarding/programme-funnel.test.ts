import { expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { readProgrammeFunnel } from '@/lib/onboarding/programme-funnel'
import { createPlan } from '@/lib/plans/create-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { makeTestProduct } from '@/lib/plans/test-product'

testDatabase()

it('counts each account made in the last thirty days once at every step it has come to', async () => {
  const ctx = await makeTenant()
  const tenantId = ctx.tenant.id
  const { productId } = await makeTestProduct(ctx)
  const [trial, big] = [(await createPlan(ctx, { productId, name: 'Trial' })).id, (await createPlan(ctx, { productId, name: 'Big' })).id]
  await setDefaultPlan(ctx, { productId, planId: trial })
  const account = async (orgName: string, { confirmed = false, plans = [] as bigint[], called = false, createdAt = ctx.now } = {}) => {
    const { id } = await ctx.db.account.create({ data: { tenantId, orgName, createdAt } })
    for (const side of ['one', 'two']) await ctx.db.developer.create({ data: { tenantId, accountId: id, email: `${side}@${orgName}`, emailNormal: `${side}@${orgName}`, emailConfirmedAt: confirmed ? ctx.now : null } })
    for (const planId of plans) await ctx.db.application.create({ data: { tenantId, productId, accountId: id, planId, name: orgName, appId: `${orgName}${planId}`, firstCallAt: called ? ctx.now : null } })
  }
  await account('a')
  await account('b', { confirmed: true, plans: [trial] })
  await account('c', { confirmed: true, plans: [trial, big], called: true })
  await account('old', { confirmed: true, plans: [big], called: true, createdAt: new Date(ctx.now.getTime() - 31 * 86_400_000) })
  expect(await readProgrammeFunnel(ctx)).toEqual({ days: 30, accounts: 3, confirmed: 2, called: 1, grown: 1 })
  expect(await readProgrammeFunnel(await makeTenant())).toEqual({ days: 30, accounts: 0, confirmed: 0, called: 0, grown: 0 })
})
