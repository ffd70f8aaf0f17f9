import { copyPlanParts } from '@/lib/plans/copy-plan-parts'
import { freeCopyName } from '@/lib/plans/free-copy-name'
import { planRef, type PlanRef } from '@/lib/plans/schema'
import { writePlan } from '@/lib/plans/write-plan'
import { freeSystemName } from '@/lib/products/system-name'
import type { Ctx } from '@/lib/tenants/context'

/** "Name (copy)" at the end of the list, with the features, limits, prices, methods and state of the original. Throws `not_found`. */
export async function copyPlan(ctx: Ctx, raw: PlanRef): Promise<{ id: bigint }> {
  const { planId } = planRef.parse(raw)
  return writePlan(ctx, planId, 'plan.copied', async (tx, plan) => {
    const siblings = await tx.plan.findMany({ where: { productId: plan.productId, kind: plan.kind }, select: { name: true, systemName: true, position: true } })
    const { id: _id, createdAt: _createdAt, ...original } = plan
    const copy = await tx.plan.create({
      data: {
        ...original,
        bursts: original.bursts ?? undefined,
        originalId: null,
        name: freeCopyName(plan.name, siblings.map((each) => each.name)),
        systemName: freeSystemName(`${plan.systemName}_copy`, (name) => siblings.some((each) => each.systemName === name)),
        position: Math.max(...siblings.map((each) => each.position)) + 1,
      },
    })
    await copyPlanParts(tx, plan, copy.id)
    return { result: { id: copy.id }, after: { copyId: Number(copy.id), copyName: copy.name } }
  })
}
