import { notFound } from '@/lib/errors'
import { newKey } from '@/lib/ids'
import { oauthHash } from '@/lib/oauth/token-hash'
import type { OauthScope } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

const SECONDS = 600

/** A token of ten minutes for trying staging from the dashboard: the application acts for itself, with every scope. Throws `not_found`. */
export async function makeTestToken(ctx: Ctx, productId: bigint, appId: string): Promise<string> {
  const tenantId = ctx.tenant.id
  return ctx.db.$transaction(async (tx) => {
    const application = await tx.application.findFirst({ where: { productId, appId }, select: { id: true, product: { select: { oauthScopes: true } } } })
    if (!application) throw notFound()
    const scopes = (application.product.oauthScopes as unknown as OauthScope[]).map((scope) => scope.name)
    const grant = await tx.oauthGrant.create({ data: { tenantId, productId, applicationId: application.id, environment: 'staging', endUserId: null, scopes }, select: { id: true } })
    const token = newKey('ot')
    const expiresAt = new Date(ctx.now.getTime() + SECONDS * 1000)
    await tx.oauthToken.create({ data: { tenantId, grantId: grant.id, kind: 'access', hash: oauthHash('access', productId, 'staging', token), scopes, expiresAt }, select: { id: true } })
    return token
  })
}
