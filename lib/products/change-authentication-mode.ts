import type { TenantTx } from '@/lib/db/tenant-db'
import type { AuthenticationMode } from '@/lib/products/gateway-config'
import { makeLoginSiteSecret } from '@/lib/products/login-site-secret'
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
    const applicationsWithoutKey = await countApplicationsWithoutKey(tx, productId, authenticationMode)
    const unchanged = product.authenticationMode === authenticationMode
    // The login site needs something to prove itself with from the first moment on.
    const secret = authenticationMode === 'oauth' && product.oauthSecretCipher === null ? makeLoginSiteSecret(ctx.tenant.id, productId) : null
    if (!unchanged) await tx.product.update({ where: { id: productId }, data: { authenticationMode, oauthSecretCipher: secret?.oauthSecretCipher } })
    return { result: { applicationsWithoutKey }, unchanged, before: { authenticationMode: product.authenticationMode }, after: { authenticationMode } }
  })
}

/** Partners' applications that would be refused in this mode, for the warning before and after the change. */
export function countApplicationsWithoutKey(db: Pick<TenantTx, 'application'>, productId: bigint, mode: AuthenticationMode): Promise<number> {
  // Who has tokens of another issuer needs no key of ours.
  if (mode === 'oidc' || mode === 'introspection') return Promise.resolve(0)
  const kind = mode === 'user_key' ? 'user_key' : 'app_key'
  return db.application.count({ where: { productId, kind: 'partner', credentials: { none: { kind, revokedAt: null } } } })
}
