import { featuresInput, type FeaturesInput } from '@/lib/plans/schema'
import { writePlan } from '@/lib/plans/write-plan'
import type { Ctx } from '@/lib/tenants/context'

/** Replaces the list of what the plan offers, in this order. Throws `not_found`, a validation error. */
export async function setFeatures(ctx: Ctx, raw: FeaturesInput): Promise<void> {
  const { planId, features } = featuresInput.parse(raw)
  await writePlan(ctx, planId, 'plan.changed', async (tx, plan) => {
    const before = await tx.planFeature.findMany({ where: { planId }, orderBy: { position: 'asc' }, select: { name: true } })
    // A line that names a feature of the product stands for it.
    const known = new Map((await tx.feature.findMany({ where: { productId: plan.productId }, select: { id: true, name: true } })).map((feature) => [feature.name, feature.id]))
    await tx.planFeature.deleteMany({ where: { planId } })
    await tx.planFeature.createMany({ data: features.map((name, index) => ({ tenantId: ctx.tenant.id, planId, name, featureId: known.get(name) ?? null, position: index + 1 })) })
    return { result: undefined, before: { features: before.map((each) => each.name) }, after: { features } }
  })
}
