import { authenticationModeInput, type AuthenticationModeInput } from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/**
 * How callers prove themselves. Staging follows at once, production with the next promotion. `applicationsWithoutKey`:
 * partners' applications that hold no live key of the new kind yet and would be refused.
 */
export async function changeAuthenticationMode(ctx: Ctx, raw: AuthenticationModeInput): Promise<{ applicationsWithoutKey: number }> {
  const { productId, authenticationMode } = authenticationModeInput.parse(raw)
  return writeProduct(ctx, productId, 'product.changed', async (tx, product) => {
    const kind = authenticationMode === 'user_key' ? 'user_key' : 'app_key'
    const applicationsWithoutKey = await tx.application.count({ where: { productId, kind: 'partner', credentials: { none: { kind, revokedAt: null } } } })
    const unchanged = product.authenticationMode === authenticationMode
    if (!unchanged) await tx.product.update({ where: { id: productId }, data: { authenticationMode } })
    return { result: { applicationsWithoutKey }, unchanged, before: { authenticationMode: product.authenticationMode }, after: { authenticationMode } }
  })
}
