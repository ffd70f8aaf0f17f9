import { decryptSecret } from '@/lib/crypto'
import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { productRef, type ProductRef } from '@/lib/products/schema'
import { makeServiceToken, serviceTokenPlace } from '@/lib/products/secrets-of-product'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/** With which other gateways ask about calls and report usage of this product; the audit log notes who looked. Throws `not_found`. */
export async function revealServiceToken(ctx: Ctx, raw: ProductRef): Promise<{ serviceToken: string }> {
  const { productId } = productRef.parse(raw)
  return ctx.db.$transaction(async (tx) => {
    const product = await tx.product.findUnique({ where: { id: productId }, select: { name: true, serviceTokenCipher: true } })
    if (!product?.serviceTokenCipher) throw notFound()
    await recordAudit(tx, ctx.audit, { action: 'product.service_token_revealed', object: { kind: 'product', id: productId, name: product.name } })
    return { serviceToken: decryptSecret(product.serviceTokenCipher, serviceTokenPlace(ctx.tenant.id, productId)) }
  })
}

/** A new service token; gateways with the old one are refused within a second. Throws `not_found`. */
export async function rotateServiceToken(ctx: Ctx, raw: ProductRef): Promise<void> {
  const { productId } = productRef.parse(raw)
  await writeProduct(ctx, productId, 'product.changed', async (tx) => {
    await tx.product.update({ where: { id: productId }, data: makeServiceToken(ctx.tenant.id, productId), select: { id: true } })
    return { result: undefined, after: { serviceTokenRotatedAt: ctx.now } }
  })
}
