import { invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import { defaultPlanInput, type DefaultPlanInput } from '@/lib/plans/schema'
import type { Ctx } from '@/lib/tenants/context'

/**
 * The plan new partners, or end users seen for the first time, start on; it may be hidden. Null: nobody can sign up.
 * An end-user default cannot go while unknown users are registered on first sight. Throws `not_found`, `invalid`.
 */
export async function setDefaultPlan(ctx: Ctx, raw: DefaultPlanInput): Promise<void> {
  const { productId, kind, planId } = defaultPlanInput.parse(raw)
  const column = kind === 'end_user' ? 'defaultEndUserPlanId' : 'defaultPlanId'
  await ctx.db.$transaction(async (tx) => {
    const product = await tx.product.findUnique({ where: { id: productId } })
    if (!product) throw notFound()
    if (planId !== null && !(await tx.plan.findFirst({ where: { id: planId, productId, kind }, select: { id: true } }))) throw notFound()
    if (planId === null && kind === 'end_user' && !product.endUserRegistrationRequired)
      throw invalid({ planId: ['Unknown end users are registered on this plan. Turn manual registration on first.'] })
    await tx.product.update({ where: { id: productId }, data: { [column]: planId } })
    const idOf = (id: bigint | null) => (id === null ? null : Number(id))
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'product.default_plan_changed', data: { productId: Number(productId), kind, planId: idOf(planId) } })
    await recordAudit(tx, ctx.audit, {
      action: 'product.default_plan_changed',
      object: { kind: 'product', id: productId, name: product.name },
      before: { [column]: idOf(product[column]) },
      after: { [column]: idOf(planId) },
    })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'product', subjectId: productId })
  })
}
