import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { endUserCountersInput, type EndUserCountersInput } from '@/lib/plans/schema'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Shared (the default): an end user's limits hold over all applications of the product. Per application: each
 * application counts its end users for itself. Counters of the other way stay and end with their windows.
 */
export async function setEndUserCounters(ctx: Ctx, raw: EndUserCountersInput): Promise<void> {
  const { productId, counters } = endUserCountersInput.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const product = await tx.product.findUnique({ where: { id: productId }, select: { name: true, endUserCounters: true } })
    if (!product) throw notFound()
    if (product.endUserCounters === counters) return
    await tx.product.update({ where: { id: productId }, data: { endUserCounters: counters }, select: { id: true } })
    await recordAudit(tx, ctx.audit, { action: 'product.changed', object: { kind: 'product', id: productId, name: product.name }, before: { endUserCounters: product.endUserCounters }, after: { endUserCounters: counters } })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'product', subjectId: productId })
  })
}
