import { productNamingInput, type ProductNamingInput } from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/** New name and description. The system name stays: hosts and API clients know it. Throws `not_found`. */
export async function renameProduct(ctx: Ctx, raw: ProductNamingInput): Promise<void> {
  const { productId, name, description } = productNamingInput.parse(raw)
  await writeProduct(ctx, productId, 'product.changed', async (tx, product) => {
    if (product.name === name && product.description === description) return { result: undefined, unchanged: true }
    await tx.product.update({ where: { id: productId }, data: { name, description } })
    return { result: undefined, before: { name: product.name, description: product.description }, after: { name, description } }
  })
}
