import { AppError, invalid, notFound } from '@/lib/errors'
import { isUniqueViolation } from '@/lib/db/violations'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import { planInput, type PlanInput } from '@/lib/plans/schema'
import { freeSystemName, systemNameOf } from '@/lib/products/system-name'
import type { Ctx } from '@/lib/tenants/context'

/**
 * A new plan at the end of the product's list. The first end-user plan becomes the product's default; an application
 * plan becomes the default only when the tenant says so. Throws `not_found` for a product of somebody else, `invalid`
 * for a name that is taken.
 */
export async function createPlan(ctx: Ctx, raw: PlanInput): Promise<{ id: bigint }> {
  const { features, systemName, ...input } = planInput.parse(raw)
  return ctx.db
    .$transaction(async (tx) => {
      const product = await tx.product.findUnique({ where: { id: input.productId }, select: { id: true, defaultEndUserPlanId: true } })
      if (!product) throw notFound()
      const siblings = await tx.plan.findMany({ where: { productId: input.productId, kind: input.kind }, select: { name: true, systemName: true, position: true } })
      assertNameFree(input.name, siblings)
      if (systemName !== undefined && siblings.some((each) => each.systemName === systemName)) throw invalid({ systemName: ['There is a plan with this system name already.'] })
      const plan = await tx.plan.create({
        data: {
          ...input,
          tenantId: ctx.tenant.id,
          systemName: systemName ?? freeSystemName(systemNameOf(input.name, 80) || 'plan', (name) => siblings.some((each) => each.systemName === name)),
          position: Math.max(0, ...siblings.map((each) => each.position)) + 1,
        },
      })
      if (features.length > 0)
        await tx.planFeature.createMany({ data: features.map((name, index) => ({ tenantId: ctx.tenant.id, planId: plan.id, name, position: index + 1 })) })
      if (input.kind === 'end_user' && product.defaultEndUserPlanId === null) {
        await tx.product.update({ where: { id: product.id }, data: { defaultEndUserPlanId: plan.id } })
        await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'product', subjectId: product.id })
      }
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'plan.created', data: { planId: Number(plan.id), productId: Number(product.id) } })
      await recordAudit(tx, ctx.audit, { action: 'plan.created', object: { kind: 'plan', id: plan.id, name: plan.name }, after: { ...input, productId: Number(input.productId), features } })
      await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: plan.id })
      return { id: plan.id }
    })
    .catch((error: unknown) => {
      // Two clicks at once: both saw the name free, one index says no (IDM-2).
      if (isUniqueViolation(error)) throw new AppError('conflict', { publicMessage: 'A plan with this name was made a moment ago.', cause: error })
      throw error
    })
}

/** Throws `invalid` where another plan of the list has the name, compared without case. */
export function assertNameFree(name: string, others: { name: string }[]): void {
  if (others.some((other) => other.name.toLowerCase() === name.toLowerCase())) throw invalid({ name: ['There is a plan with this name already.'] })
}
