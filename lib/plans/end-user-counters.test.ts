import { expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { getEndUserSettings } from '@/lib/plans/end-user-queries'
import { setEndUserCounters } from '@/lib/plans/set-end-user-counters'
import { makeTestProduct } from '@/lib/plans/test-product'

testDatabase()

it('end users are counted together, or in each application anew, and only by their own tenant', async () => {
  const [ctx, other] = [await makeTenant(), await makeTenant()]
  const { productId } = await makeTestProduct(ctx)
  expect(await getEndUserSettings(ctx, productId)).toMatchObject({ countersShared: true })
  await setEndUserCounters(ctx, { productId, counters: 'per_application' })
  expect(await getEndUserSettings(ctx, productId)).toMatchObject({ countersShared: false })
  await expect(setEndUserCounters(other, { productId, counters: 'shared' })).rejects.toMatchObject({ code: 'not_found' })
})
