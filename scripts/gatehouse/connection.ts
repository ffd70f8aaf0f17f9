import { decryptSecret } from '@/lib/crypto'
import { env } from '@/lib/env'
import { serviceTokenPlace } from '@/lib/products/secrets-of-product'
import type { Ctx } from '@/lib/tenants/context'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import { findHostOf } from '@/lib/tenants/queries'
import { publicOrigin } from '@/lib/zones/public-origin'

/** How to reach a tenant and its parts; the shapes that scripts rely on (`demo.json`, `tenant create --json`). */
export type AdminBlock = { url: string; email: string; password: string; access_token: string }

/** `email` and `password` of a developer; null while the tenant has none. */
export type PortalBlock = { url: string; email: string | null; password: string | null }

export type AccountingBlock = { url: string; service_id: string; service_token: string; provider_key: string }

export async function adminUrlOf(tenant: { id: bigint; slug: string }): Promise<string> {
  return publicOrigin((await findHostOf(tenant.id, 'admin')) ?? `${tenant.slug}.${env().ADMIN_DOMAIN}`)
}

export async function portalBlock(tenant: { id: bigint; slug: string }, developer: { email: string; password: string } | null): Promise<PortalBlock> {
  return { url: await portalUrlOf(tenant), email: developer?.email ?? null, password: developer?.password ?? null }
}

/** Of one product, the default one unless another is named. */
export async function accountingBlock(ctx: Ctx, providerKey: string, productId?: bigint): Promise<AccountingBlock> {
  const product = await ctx.db.product.findFirstOrThrow({
    where: productId === undefined ? {} : { id: productId },
    orderBy: [{ isDefault: 'desc' }, { id: 'asc' }],
    select: { id: true, serviceTokenCipher: true },
  })
  const token = product.serviceTokenCipher === null ? '' : decryptSecret(product.serviceTokenCipher, serviceTokenPlace(ctx.tenant.id, product.id))
  return { url: publicOrigin(`accounting.${env().GATEWAY_DOMAIN}`), service_id: String(product.id), service_token: token, provider_key: providerKey }
}
