import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import type { Ctx } from '@/lib/tenants/context'

/** Empties the list of one product. Throws `not_found`. */
export async function deleteIntegrationErrors(ctx: Ctx, { productId }: { productId: bigint }): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const product = await tx.product.findUnique({ where: { id: productId }, select: { name: true } })
    if (!product) throw notFound()
    const { count } = await tx.integrationError.deleteMany({ where: { productId } })
    await recordAudit(tx, ctx.audit, { action: 'integration_errors.deleted', object: { kind: 'product', id: productId, name: product.name }, after: { deleted: count } })
  })
}
