import { notFound } from '@/lib/errors'
import type { TenantTx } from '@/lib/db/tenant-db'
import type { Plan } from '@/lib/db/generated/client'
import type { EventType } from '@/lib/events/event-types'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/** What a write tells the audit log, and what it answers. */
export type PlanWrite<Result> = { result: Result; before?: Record<string, unknown>; after?: Record<string, unknown> }

/**
 * One write on one plan, in one transaction with its event, its audit entry and the news for the gateways' caches.
 * Throws `not_found` where the tenant has no such plan.
 */
export async function writePlan<Result>(ctx: Ctx, planId: bigint, action: EventType, write: (tx: TenantTx, plan: Plan) => Promise<PlanWrite<Result>>): Promise<Result> {
  return ctx.db.$transaction(async (tx) => {
    const plan = await tx.plan.findUnique({ where: { id: planId } })
    if (!plan) throw notFound()
    const { result, before, after } = await write(tx, plan)
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data: { planId: Number(plan.id), productId: Number(plan.productId) } })
    await recordAudit(tx, ctx.audit, { action, object: { kind: 'plan', id: plan.id, name: plan.name }, before, after })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: plan.id })
    return result
  })
}
