import { AppError, invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import { productDeletionInput, productRef, type ProductDeletionInput, type ProductRef } from '@/lib/products/schema'
import type { Ctx } from '@/lib/tenants/context'

/** What goes with the product; for the dialog that asks for the typed confirmation. */
export async function countDeletionImpact(ctx: Ctx, raw: ProductRef): Promise<{ applications: number; plans: number; methods: number; isLast: boolean }> {
  const { productId } = productRef.parse(raw)
  const [product, applications, plans, methods, products] = await Promise.all([
    ctx.db.product.findUnique({ where: { id: productId }, select: { id: true } }),
    ctx.db.application.count({ where: { productId, kind: 'partner' } }),
    ctx.db.plan.count({ where: { productId } }),
    ctx.db.metric.count({ where: { productId, retiredAt: null, parentId: { not: null } } }),
    ctx.db.product.count(),
  ])
  if (!product) throw notFound()
  return { applications, plans, methods, isLast: products === 1 }
}

/**
 * Deletes a product with everything of it; its hosts answer 404 within a second. `confirmation` must be the system
 * name. One product always remains; the oldest of the others becomes the default. Throws `invalid` and `conflict`.
 */
export async function deleteProduct(ctx: Ctx, raw: ProductDeletionInput): Promise<void> {
  const { productId, confirmation } = productDeletionInput.parse(raw)
  const tenantId = ctx.tenant.id
  await ctx.db.$transaction(async (tx) => {
    // All of them are locked, so that two tabs cannot delete the last two.
    await tx.$queryRaw`SELECT 1 FROM products WHERE "tenantId" = ${tenantId} ORDER BY id FOR UPDATE`
    const products = await tx.product.findMany({ orderBy: { id: 'asc' }, select: { id: true, name: true, systemName: true, isDefault: true } })
    const product = products.find(({ id }) => id === productId)
    if (!product) throw notFound()
    if (confirmation !== product.systemName) throw invalid({ confirmation: [`Type ${product.systemName} to delete this product.`] })
    const heir = products.find(({ id }) => id !== productId)
    if (!heir) throw new AppError('conflict', { publicMessage: 'This is your only product. Create another one first.' })

    // Plans may not go while somebody is on them, so those go first.
    await tx.endUser.deleteMany({ where: { productId } })
    await tx.application.deleteMany({ where: { productId } })
    await tx.host.deleteMany({ where: { productId } })
    await tx.domain.deleteMany({ where: { productId } })
    await tx.product.delete({ where: { id: productId } })
    if (product.isDefault) await tx.product.update({ where: { id: heir.id }, data: { isDefault: true } })

    await recordEvent(tx, { tenantId, type: 'product.deleted', data: { productId: Number(productId) } })
    await recordAudit(tx, ctx.audit, { action: 'product.deleted', object: { kind: 'product', id: productId, name: product.name }, before: { name: product.name, systemName: product.systemName } })
    await recordChange(tx, { tenantId, topic: 'product', subjectId: productId })
    await recordChange(tx, { tenantId, topic: 'host', subjectId: null })
  })
}
