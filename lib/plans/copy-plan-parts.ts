import type { TenantTx } from '@/lib/db/tenant-db'

/** Features, limits, prices and methods of one plan once more for another of the same product, which has none yet. */
export async function copyPlanParts(tx: TenantTx, from: { id: bigint; tenantId: bigint }, planId: bigint): Promise<void> {
  const where = { planId: from.id }
  const of = { tenantId: from.tenantId, planId }
  const features = await tx.planFeature.findMany({ where })
  const limits = await tx.limit.findMany({ where })
  const methods = await tx.planMethod.findMany({ where })
  const prices = await tx.pricingRule.findMany({ where })
  await tx.planFeature.createMany({ data: features.map(({ name, position, featureId }) => ({ ...of, name, position, featureId })) })
  await tx.limit.createMany({ data: limits.map(({ metricId, period, value }) => ({ ...of, metricId, period, value })) })
  await tx.planMethod.createMany({ data: methods.map(({ metricId, enabled }) => ({ ...of, metricId, enabled })) })
  await tx.pricingRule.createMany({ data: prices.map(({ metricId, min, max, costPerUnit }) => ({ ...of, metricId, min, max, costPerUnit })) })
}
