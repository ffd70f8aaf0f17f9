import type { TenantTx } from '@/lib/db/tenant-db'
import type { Plan } from '@/lib/db/generated/client'
import { isMethodEnabled, isRead } from '@/lib/plans/method-enabled'

export type EffectiveMethod = { metricId: bigint; read: boolean; explicit: boolean; enabled: boolean }

/** Every living method of the plan's product and what the plan says about it today. Three queries, whatever the number of methods. */
export async function effectiveMethods(tx: Pick<TenantTx, 'metric' | 'mappingRule' | 'planMethod'>, plan: Pick<Plan, 'id' | 'productId' | 'newMethods'>): Promise<EffectiveMethod[]> {
  // What has methods below it only sums them up, as a mounted backend's hits do.
  const methods = await tx.metric.findMany({ where: { productId: plan.productId, parentId: { not: null }, retiredAt: null, children: { none: { retiredAt: null } } }, select: { id: true, verb: true } })
  const rules = await tx.mappingRule.findMany({ where: { productId: plan.productId }, select: { metricId: true, verb: true } })
  const words = await tx.planMethod.findMany({ where: { planId: plan.id }, select: { metricId: true, enabled: true } })
  const verbsOf = Map.groupBy(rules, (rule) => rule.metricId)
  const wordOf = new Map(words.map((word) => [word.metricId, word.enabled]))
  return methods.map((method) => {
    const read = isRead(method.verb, (verbsOf.get(method.id) ?? []).map((rule) => rule.verb))
    const explicit = wordOf.get(method.id)
    return { metricId: method.id, read, explicit: explicit !== undefined, enabled: isMethodEnabled({ newMethods: plan.newMethods, explicit, read }) }
  })
}
