import { z } from 'zod'
import { notFound } from '@/lib/errors'
import { writePlan } from '@/lib/plans/write-plan'
import { idInput } from '@/lib/tenants/id-input'
import type { Ctx } from '@/lib/tenants/context'

const planFeatureInput = z.object({ planId: idInput, featureId: idInput })
export type PlanFeatureInput = z.input<typeof planFeatureInput>

/** The plan includes this feature of its product from now on; once more changes nothing. Throws `not_found`. */
export async function enableFeature(ctx: Ctx, raw: PlanFeatureInput): Promise<void> {
  const { planId, featureId } = planFeatureInput.parse(raw)
  await writePlan(ctx, planId, 'plan.features_changed', async (tx, plan) => {
    const feature = await tx.feature.findFirst({ where: { id: featureId, productId: plan.productId }, select: { name: true } })
    if (!feature) throw notFound()
    const { _max } = await tx.planFeature.aggregate({ where: { planId }, _max: { position: true } })
    const has = await tx.planFeature.count({ where: { planId, featureId } })
    if (has === 0) await tx.planFeature.create({ data: { tenantId: ctx.tenant.id, planId, featureId, name: feature.name, position: (_max.position ?? 0) + 1 } })
    return { result: undefined, after: { feature: feature.name } }
  })
}

/** Throws `not_found` where the plan does not include it. */
export async function disableFeature(ctx: Ctx, raw: PlanFeatureInput): Promise<void> {
  const { planId, featureId } = planFeatureInput.parse(raw)
  await writePlan(ctx, planId, 'plan.features_changed', async (tx) => {
    const line = await tx.planFeature.findFirst({ where: { planId, featureId }, select: { name: true } })
    if (!line) throw notFound()
    await tx.planFeature.deleteMany({ where: { planId, featureId } })
    return { result: undefined, before: { feature: line.name } }
  })
}
