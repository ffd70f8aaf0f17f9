import { notFound } from '@/lib/errors'
import type { TenantTx } from '@/lib/db/tenant-db'
import type { EndUser } from '@/lib/db/generated/client'
import type { EventType } from '@/lib/events/event-types'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import type { PlanWrite } from '@/lib/plans/write-plan'
import type { Ctx } from '@/lib/tenants/context'

/** One write on one end user with its event, audit entry and the news for the gateways. Throws `not_found`. */
export async function writeEndUser<Result>(ctx: Ctx, endUserId: bigint, action: EventType, write: (tx: TenantTx, user: EndUser) => Promise<PlanWrite<Result>>): Promise<Result> {
  return ctx.db.$transaction(async (tx) => {
    const user = await tx.endUser.findUnique({ where: { id: endUserId } })
    if (!user) throw notFound()
    const { result, before, after } = await write(tx, user)
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data: { endUserId: Number(user.id), productId: Number(user.productId) } })
    await recordAudit(tx, ctx.audit, { action, object: { kind: 'end_user', id: user.id, name: user.externalId }, before, after })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'end_user', subjectId: user.id })
    return result
  })
}
