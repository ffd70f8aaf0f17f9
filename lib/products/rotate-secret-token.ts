import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { productRef, secretTokenInput, type ProductRef, type SecretTokenInput } from '@/lib/products/schema'
import { newSecretToken, openSecretToken, sealSecretToken } from '@/lib/products/secrets-of-product'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/** A new secret token, made here or given. Staging sends it at once, production after the next promotion. */
export async function rotateSecretToken(ctx: Ctx, raw: SecretTokenInput): Promise<{ secretToken: string }> {
  const { productId, secretToken = newSecretToken() } = secretTokenInput.parse(raw)
  return writeProduct(ctx, productId, 'product.changed', async (tx) => {
    await tx.product.update({ where: { id: productId }, data: { secretTokenCipher: sealSecretToken(ctx.tenant.id, productId, secretToken) } })
    return { result: { secretToken }, after: { secretTokenRotatedAt: ctx.now } }
  })
}

/** The secret token in the clear, for the person who asks to see it; the audit log notes who did. */
export async function revealSecretToken(ctx: Ctx, raw: ProductRef): Promise<{ secretToken: string }> {
  const { productId } = productRef.parse(raw)
  return ctx.db.$transaction(async (tx) => {
    const product = await tx.product.findUnique({ where: { id: productId }, select: { name: true, secretTokenCipher: true } })
    if (!product) throw notFound()
    await recordAudit(tx, ctx.audit, { action: 'product.secret_token_revealed', object: { kind: 'product', id: productId, name: product.name } })
    return { secretToken: openSecretToken(ctx.tenant.id, productId, product.secretTokenCipher) }
  })
}
