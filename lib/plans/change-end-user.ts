import { notFound } from '@/lib/errors'
import { endUserPlanInput, endUserRef, type EndUserPlanInput, type EndUserRef } from '@/lib/plans/schema'
import { writeEndUser } from '@/lib/plans/write-end-user'
import type { Ctx } from '@/lib/tenants/context'

/** Refuses the calls of this end user from now on. Throws `not_found`. */
export async function suspendEndUser(ctx: Ctx, raw: EndUserRef): Promise<void> {
  await setState(ctx, raw, 'suspended', 'end_user.suspended')
}

/** Lets a suspended end user in again. Throws `not_found`. */
export async function resumeEndUser(ctx: Ctx, raw: EndUserRef): Promise<void> {
  await setState(ctx, raw, 'active', 'end_user.resumed')
}

/** Forgets the registration. Without manual registration the next call registers the id anew. Throws `not_found`. */
export async function deleteEndUser(ctx: Ctx, raw: EndUserRef): Promise<void> {
  const { endUserId } = endUserRef.parse(raw)
  await writeEndUser(ctx, endUserId, 'end_user.deleted', async (tx, user) => {
    await tx.endUser.delete({ where: { id: endUserId } })
    return { result: undefined, before: { externalId: user.externalId, planId: Number(user.planId), state: user.state } }
  })
}

/** Places the end user on another end-user plan of the same product. Throws `not_found`. */
export async function changeEndUserPlan(ctx: Ctx, raw: EndUserPlanInput): Promise<void> {
  const { endUserId, planId } = endUserPlanInput.parse(raw)
  await writeEndUser(ctx, endUserId, 'end_user.plan_changed', async (tx, user) => {
    if (!(await tx.plan.findFirst({ where: { id: planId, productId: user.productId, kind: 'end_user' }, select: { id: true } }))) throw notFound()
    await tx.endUser.update({ where: { id: endUserId }, data: { planId } })
    return { result: undefined, before: { planId: Number(user.planId) }, after: { planId: Number(planId) } }
  })
}

async function setState(ctx: Ctx, raw: EndUserRef, state: 'active' | 'suspended', action: 'end_user.suspended' | 'end_user.resumed'): Promise<void> {
  const { endUserId } = endUserRef.parse(raw)
  await writeEndUser(ctx, endUserId, action, async (tx, user) => {
    await tx.endUser.update({ where: { id: endUserId }, data: { state } })
    return { result: undefined, before: { state: user.state }, after: { state } }
  })
}
