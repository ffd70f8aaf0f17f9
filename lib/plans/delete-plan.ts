import type { Plan } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError } from '@/lib/errors'
import { isForeignKeyViolation } from '@/lib/db/violations'
import { recordChange } from '@/lib/events/record-change'
import { planRef, type PlanRef } from '@/lib/plans/schema'
import { writePlan } from '@/lib/plans/write-plan'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Deletes a plan that nobody uses; where it was the product's default, the product has none afterwards. Throws
 * `in_use` with the number of users in `details` (`{ applications, endUsers }`), so that the screen offers to move them.
 */
export async function deletePlan(ctx: Ctx, raw: PlanRef): Promise<void> {
  const { planId } = planRef.parse(raw)
  await writePlan(ctx, planId, 'plan.deleted', async (tx, plan) => {
    // Made for one application each: those whose application is gone go with their original.
    await tx.plan.deleteMany({ where: { originalId: planId, applications: { none: {} } } })
    const applications = await tx.application.count({ where: { OR: [{ planId }, { plan: { originalId: planId } }] } })
    const endUsers = await tx.endUser.count({ where: { planId } })
    if (applications + endUsers > 0) throw inUse(applications, endUsers)
    if (await isOpenDoor(tx, plan)) throw new AppError('in_use', { publicMessage: 'Unknown end users are registered on this plan. Make another plan the default first.' })
    const column = plan.kind === 'end_user' ? 'defaultEndUserPlanId' : 'defaultPlanId'
    const { count } = await tx.product.updateMany({ where: { id: plan.productId, [column]: planId }, data: { [column]: null } })
    if (count > 0) await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'product', subjectId: plan.productId })
    await tx.plan.delete({ where: { id: planId } })
    return { result: undefined, before: { name: plan.name, kind: plan.kind, state: plan.state, wasDefault: count > 0 } }
  }).catch((error: unknown) => {
    // Somebody was placed on the plan between the count and the delete: the key refuses.
    if (isForeignKeyViolation(error)) throw new AppError('in_use', { publicMessage: 'Somebody has just been placed on this plan. Reload the page and try again.', cause: error })
    throw error
  })
}

/** End users seen for the first time would have no plan to be placed on. */
async function isOpenDoor(tx: TenantTx, plan: Plan): Promise<boolean> {
  if (plan.kind !== 'end_user') return false
  return (await tx.product.count({ where: { id: plan.productId, defaultEndUserPlanId: plan.id, endUserRegistrationRequired: false } })) > 0
}

function inUse(applications: number, endUsers: number): AppError {
  const count = (number: number, one: string, many: string) => (number === 0 ? [] : [`${number} ${number === 1 ? one : many}`])
  const users = [...count(applications, 'application', 'applications'), ...count(endUsers, 'end user', 'end users')].join(' and ')
  const verb = applications + endUsers === 1 ? 'uses' : 'use'
  return new AppError('in_use', { publicMessage: `${users} ${verb} this plan. Move them to another plan, then delete it.`, details: { applications, endUsers } })
}
