import { defaultErrorAnswers, type ErrorAnswers, type GatewayConfig } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'
import { baseUrlsOf, listServingDomains, type Addressed } from '@/lib/products/base-urls'

/** What partners are told of a product's production gateway: where it is and how they prove themselves there. */
export type GatewayFacts = {
  productId: number
  productName: string
  productDescription: string
  /** Scheme, host and port, without trailing slash. */
  baseUrl: string
  /** Counts promotions: something served from these facts is stale when it changes. */
  liveVersion: number
  authentication: GatewayConfig['authentication']
  errorAnswers: ErrorAnswers
  hosts: { production: string; staging: string | null }
}

type Row = Addressed & { id: bigint; name: string; description: string; liveVersion: number; authentication: GatewayConfig['authentication']; errors: Partial<ErrorAnswers> | null }

/** As production serves it; null before the first promotion, and for a product of somebody else. */
export async function findGatewayFacts(ctx: Ctx, productId: bigint): Promise<GatewayFacts | null> {
  return (await listGatewayFacts(ctx, productId))[0] ?? null
}

/** Of every promoted product, the default first, then by name; or of one. */
export async function listGatewayFacts(ctx: Ctx, productId: bigint | null = null): Promise<GatewayFacts[]> {
  const [rows, hosts, domains] = await Promise.all([
    // Of a version with thousands of rules only these two members travel.
    ctx.db.$queryRaw<Row[]>`
      SELECT p.id, p.name, p.description, p."liveVersion", p.deployment, p."selfManagedProductionUrl", p."selfManagedStagingUrl", c.content->'authentication' AS authentication, c.content->'errorAnswers' AS errors
      FROM products p JOIN config_versions c ON c."tenantId" = p."tenantId" AND c."productId" = p.id AND c.version = p."liveVersion"
      WHERE p."tenantId" = ${ctx.tenant.id} AND (${productId}::bigint IS NULL OR p.id = ${productId}::bigint)
      ORDER BY p."isDefault" DESC, p.name, p.id`,
    ctx.db.host.findMany({ where: { zone: 'gateway', ...(productId !== null && { productId }) }, orderBy: { id: 'asc' }, select: { productId: true, environment: true, name: true } }),
    listServingDomains(ctx.db, productId ?? undefined),
  ])
  return rows.flatMap((row) => {
    const { id, name, description, liveVersion, authentication, errors } = row
    const hostOf = (environment: string) => hosts.find((host) => host.productId === id && host.environment === environment)?.name ?? null
    const production = hostOf('production')
    if (!production) return []
    return [
      {
        productId: Number(id),
        productName: name,
        productDescription: description,
        baseUrl: baseUrlsOf(row, hosts, domains).production!,
        liveVersion,
        authentication,
        errorAnswers: { ...defaultErrorAnswers, ...errors },
        hosts: { production, staging: hostOf('staging') },
      },
    ]
  })
}
