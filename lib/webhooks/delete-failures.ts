import { recordAudit } from '@/lib/events/record-audit'
import type { Ctx } from '@/lib/tenants/context'

/** Forgets deliveries that were given up, up to a moment. Answers how many. */
export async function deleteFailures(ctx: Ctx, { until }: { until: Date }): Promise<{ deleted: number }> {
  return ctx.db.$transaction(async (tx) => {
    const { count } = await tx.webhookDelivery.deleteMany({ where: { state: 'failed', createdAt: { lte: until } } })
    if (count > 0) await recordAudit(tx, ctx.audit, { action: 'webhook_delivery.failures_deleted', after: { until, deleted: count } })
    return { deleted: count }
  })
}
