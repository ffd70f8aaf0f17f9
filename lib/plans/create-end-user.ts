import { AppError, invalid, notFound } from '@/lib/errors'
import { isUniqueViolation } from '@/lib/db/violations'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import { endUserInput, type EndUserInput } from '@/lib/plans/schema'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Registers an end user by hand, on the given plan or the product's default. Throws `not_found`, `invalid` where the id
 * is registered or no plan can be found, `conflict` where the product is full (USE-7).
 */
export async function createEndUser(ctx: Ctx, raw: EndUserInput): Promise<{ id: bigint }> {
  const input = endUserInput.parse(raw)
  return ctx.db
    .$transaction(async (tx) => {
      const product = await tx.product.findUnique({ where: { id: input.productId }, select: { id: true, defaultEndUserPlanId: true, endUsersMax: true } })
      if (!product) throw notFound()
      const planId = input.planId ?? product.defaultEndUserPlanId
      if (planId === null) throw invalid({ planId: ['Make an end-user plan first.'] })
      if (!(await tx.plan.findFirst({ where: { id: planId, productId: product.id, kind: 'end_user' }, select: { id: true } }))) throw notFound()
      if ((await tx.endUser.count({ where: { productId: product.id } })) >= product.endUsersMax)
        throw new AppError('conflict', { publicMessage: `This product holds its ${product.endUsersMax} end users already. Delete some first.` })
      const user = await tx.endUser.create({ data: { tenantId: ctx.tenant.id, productId: product.id, planId, externalId: input.externalId, registered: 'manual' } })
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'end_user.created', data: { endUserId: Number(user.id), productId: Number(product.id) } })
      await recordAudit(tx, ctx.audit, { action: 'end_user.created', object: { kind: 'end_user', id: user.id, name: user.externalId }, after: { planId: Number(planId) } })
      await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'end_user', subjectId: user.id })
      return { id: user.id }
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error)) throw invalid({ externalId: ['This id is registered already.'] })
      throw error
    })
}
