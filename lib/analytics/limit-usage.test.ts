import { expect, it } from 'vitest'
import { readLimitUsage } from '@/lib/analytics/limit-usage'
import { ownerPool } from '@/lib/db/pools'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { createPlan } from '@/lib/plans/create-plan'
import { addLimits } from '@/lib/plans/set-limits'
import { makeTestProduct } from '@/lib/plans/test-product'

testDatabase()

it('usage stands against each limit of the present window, and of the asked environment only', async () => {
  const ctx = await makeTenant({ now: new Date('2026-11-23T10:30:20Z') })
  const product = await makeTestProduct(ctx, { methods: [{ name: 'list', verb: 'GET' }] })
  const { id: planId } = await createPlan(ctx, { productId: product.productId, name: 'Public' })
  await addLimits(ctx, { planId, metricId: product.methodIds.list!, limits: [{ period: 'minute', value: 15 }] })
  await addLimits(ctx, { planId, metricId: product.hitsId, limits: [{ period: 'month', value: 100 }, { period: 'eternity', value: 1000 }] })
  const book = (environment: string, metricId: bigint, period: string, windowAt: string, value: number) =>
    ownerPool().query(`INSERT INTO limit_counters ("tenantId", environment, "productId", subject, "metricId", period, "windowAt", value) VALUES ($1, $2, $3, 'app:7', $4, $5, $6, $7)`, [ctx.tenant.id, environment, product.productId, metricId, period, windowAt, value])
  await book('production', product.methodIds.list!, 'minute', '2026-11-23T10:30:00Z', 3)
  await book('production', product.methodIds.list!, 'minute', '2026-11-23T10:29:00Z', 15)
  await book('staging', product.methodIds.list!, 'minute', '2026-11-23T10:30:00Z', 9)
  await book('production', product.hitsId, 'month', '2026-11-01T00:00:00Z', 42)
  const usage = await readLimitUsage(ctx, { subject: 'app:7', planId })
  expect(usage.map(({ metric, period, limit, used, resetsAt }) => [metric, period, limit, used, resetsAt?.toISOString() ?? null])).toEqual([
    ['Hits', 'month', 100, 42, '2026-12-01T00:00:00.000Z'],
    ['Hits', 'eternity', 1000, 0, null],
    ['list', 'minute', 15, 3, '2026-11-23T10:31:00.000Z'],
  ])
  expect((await readLimitUsage(ctx, { subject: 'app:7', planId, environment: 'staging' })).at(-1)!.used).toBe(9)
  expect(await readLimitUsage(await makeTenant(), { subject: 'app:7', planId })).toEqual([])
})
