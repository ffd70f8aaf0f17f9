import { AppError, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { planOrderInput, type PlanOrderInput } from '@/lib/plans/schema'
import type { Ctx } from '@/lib/tenants/context'

/** Stores the order in which plans are listed. `planIds` names every plan of the product and kind once, else `conflict`: the list on the screen was old. */
export async function orderPlans(ctx: Ctx, raw: PlanOrderInput): Promise<void> {
  const { productId, kind, planIds } = planOrderInput.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const product = await tx.product.findUnique({ where: { id: productId }, select: { id: true, name: true } })
    if (!product) throw notFound()
    const plans = await tx.plan.findMany({ where: { productId, kind, originalId: null }, select: { id: true, position: true } })
    const positionOf = new Map(plans.map((plan) => [plan.id, plan.position]))
    if (planIds.length !== plans.length || new Set(planIds).size !== plans.length || planIds.some((id) => !positionOf.has(id)))
      throw new AppError('conflict', { publicMessage: 'The list of plans has changed meanwhile. Reload the page and order them again.' })
    for (const [index, id] of planIds.entries()) if (positionOf.get(id) !== index + 1) await tx.plan.update({ where: { id }, data: { position: index + 1 } })
    await recordAudit(tx, ctx.audit, { action: 'plan.ordered', object: { kind: 'product', id: product.id, name: product.name }, after: { planIds: planIds.map(Number) } })
  })
}
