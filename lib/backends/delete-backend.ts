import { backendRef, type BackendRef } from '@/lib/backends/schema'
import { writeBackend } from '@/lib/backends/write-backend'
import { AppError } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/** Deletes a backend that no product mounts. Throws `in_use` naming the products otherwise (`details.products`). */
export async function deleteBackend(ctx: Ctx, raw: BackendRef): Promise<void> {
  const { backendId } = backendRef.parse(raw)
  await writeBackend(ctx, backendId, 'backend.deleted', async (tx, { backend, productIds }) => {
    if (productIds.length > 0) {
      const products = (await tx.product.findMany({ where: { id: { in: productIds } }, orderBy: { name: 'asc' }, select: { name: true } })).map(({ name }) => name)
      throw new AppError('in_use', { publicMessage: `${listOf(products)} ${products.length === 1 ? 'mounts' : 'mount'} this backend. Unmount it there first.`, details: { products } })
    }
    await tx.backend.delete({ where: { id: backendId } })
    return { result: undefined, before: { name: backend.name, systemName: backend.systemName, privateBaseUrl: backend.privateBaseUrl } }
  })
}

const listOf = (names: string[]) => new Intl.ListFormat('en', { type: 'conjunction' }).format(names)
