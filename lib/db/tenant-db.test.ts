import { expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
testDatabase()
it('x', async () => {
  const t=performance.now()
  const ctx = await makeTenant()
  await ctx.db.account.create({ data: { tenantId: ctx.tenant.id, orgName: 'x' } })
  expect(await ctx.db.account.count()).toBe(1)
  console.log(performance.now()-t)
})
