import type { ErrorAnswers, GatewayConfig } from '@/lib/products/gateway-config'
import { defaultErrorAnswers } from '@/lib/products/gateway-config'
import { getProduct } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'
import { publicOrigin } from '@/lib/zones/public-origin'

/** What partners are told of a product's production gateway: where it is and how they prove themselves there. */
export type GatewayFacts = {
  productId: number
  productName: string
  /** Scheme, host and port, without trailing slash. */
  baseUrl: string
  /** Counts promotions: something served from these facts is stale when it changes. */
  liveVersion: number
  authentication: GatewayConfig['authentication']
  errorAnswers: ErrorAnswers
  hosts: { production: string | null; staging: string | null }
}

/** As production serves it; null before the first promotion. Throws `not_found`. */
export async function findGatewayFacts(ctx: Ctx, productId: bigint): Promise<GatewayFacts | null> {
  const product = await getProduct(ctx, productId)
  if (product.liveVersion === null || !product.hosts.production) return null
  // Of a version with thousands of rules only these two members travel.
  const [row] = await ctx.db.$queryRaw<{ authentication: GatewayConfig['authentication']; errors: Partial<ErrorAnswers> | null }[]>`
    SELECT content->'authentication' AS authentication, content->'errorAnswers' AS errors FROM config_versions
    WHERE "tenantId" = ${ctx.tenant.id} AND "productId" = ${productId} AND version = ${product.liveVersion}`
  if (!row) return null
  return {
    productId: product.id,
    productName: product.name,
    baseUrl: publicOrigin(product.hosts.production),
    liveVersion: product.liveVersion,
    authentication: row.authentication,
    errorAnswers: { ...defaultErrorAnswers, ...row.errors },
    hosts: product.hosts,
  }
}
