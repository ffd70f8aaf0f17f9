import { invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { registrationInput, type RegistrationInput } from '@/lib/plans/schema'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Manual end-user registration. On (the default): an unknown id is refused. Off: it is registered on first sight, on
 * the default end-user plan; without one this throws `invalid`, for nobody could be registered (reference gateway 1.5).
 */
export async function setEndUserRegistration(ctx: Ctx, raw: RegistrationInput): Promise<void> {
  const { productId, required } = registrationInput.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const product = await tx.product.findUnique({ where: { id: productId }, select: { name: true, defaultEndUserPlanId: true, endUserRegistrationRequired: true } })
    if (!product) throw notFound()
    if (!required && product.defaultEndUserPlanId === null) throw invalid({ required: ['Choose a default end-user plan first: end users seen for the first time are placed on it.'] })
    await tx.product.update({ where: { id: productId }, data: { endUserRegistrationRequired: required } })
    await recordAudit(tx, ctx.audit, {
      action: 'product.changed',
      object: { kind: 'product', id: productId, name: product.name },
      before: { endUserRegistrationRequired: product.endUserRegistrationRequired },
      after: { endUserRegistrationRequired: required },
    })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'product', subjectId: productId })
  })
}
