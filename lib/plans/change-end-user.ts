import { invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import { endUserPlanInput, endUserRef, moveEndUsersInput, type EndUserPlanInput, type EndUserRef, type MoveEndUsersInput } from '@/lib/plans/schema'
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

const BUNDLE = 1000

/** Moves every end user of a plan to another end-user plan of the product. Answers how many. Throws `not_found`, `invalid`. */
export async function moveEndUsers(ctx: Ctx, raw: MoveEndUsersInput): Promise<{ moved: number }> {
  const { fromPlanId, toPlanId } = moveEndUsersInput.parse(raw)
  if (fromPlanId === toPlanId) throw invalid({ toPlanId: ['Choose another plan.'] })
  const from = await ctx.db.plan.findFirst({ where: { id: fromPlanId, kind: 'end_user' } })
  const to = from && (await ctx.db.plan.findFirst({ where: { id: toPlanId, kind: 'end_user', productId: from.productId } }))
  if (!from || !to) throw notFound()
  const tenantId = ctx.tenant.id
  let moved = 0
  for (;;) {
    const bundle = await ctx.db.$transaction(async (tx) => {
      const users = await tx.endUser.findMany({ where: { planId: from.id }, take: BUNDLE, orderBy: { id: 'asc' }, select: { id: true } })
      if (users.length === 0) return 0
      await tx.endUser.updateMany({ where: { id: { in: users.map((user) => user.id) }, planId: from.id }, data: { planId: to.id } })
      // There may be a hundred thousand of them: one statement for all, and one event, about the plan.
      await tx.change.createMany({ data: users.map((user) => ({ tenantId, topic: 'end_user', subjectId: user.id })) })
      await recordChange(tx, { tenantId, topic: 'plan', subjectId: from.id })
      await recordEvent(tx, { tenantId, type: 'end_user.plan_changed', data: { productId: Number(from.productId), fromPlanId: Number(from.id), planId: Number(to.id), count: users.length } })
      await recordAudit(tx, ctx.audit, { action: 'end_user.plan_changed', object: { kind: 'plan', id: from.id, name: from.name }, before: { plan: from.name }, after: { plan: to.name, endUsers: users.length } })
      return users.length
    })
    moved += bundle
    if (bundle < BUNDLE) return { moved }
  }
}

async function setState(ctx: Ctx, raw: EndUserRef, state: 'active' | 'suspended', action: 'end_user.suspended' | 'end_user.resumed'): Promise<void> {
  const { endUserId } = endUserRef.parse(raw)
  await writeEndUser(ctx, endUserId, action, async (tx, user) => {
    await tx.endUser.update({ where: { id: endUserId }, data: { state } })
    return { result: undefined, before: { state: user.state }, after: { state } }
  })
}
