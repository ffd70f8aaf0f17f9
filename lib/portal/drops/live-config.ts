import { perProcess } from '@/lib/per-process'
import type { GatewayConfig } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** Of what production serves, as much as a sample call needs. */
export type LiveConfig = Pick<GatewayConfig, 'authentication' | 'mappingRules'> & { methods: Pick<GatewayConfig['metrics'][number], 'id' | 'verb'>[] }

const KEPT_MAX = 500

/** What the products serve in production, by product id; those never promoted are left out. A version never changes, so each is read once a process. */
export async function liveConfigs(ctx: Pick<Ctx, 'db' | 'tenant'>, products: { id: bigint; liveVersion: number | null }[]): Promise<Map<number, LiveConfig>> {
  const kept = perProcess('portalLiveConfigs', () => new Map<string, LiveConfig>())
  const keyOf = (productId: bigint, version: number) => `${ctx.tenant.id}|${productId}|${version}`
  const promoted = products.flatMap(({ id, liveVersion }) => (liveVersion === null ? [] : [{ productId: id, version: liveVersion }]))
  const missing = promoted.filter(({ productId, version }) => !kept.has(keyOf(productId, version)))
  if (missing.length > 0) {
    const rows = await ctx.db.configVersion.findMany({ where: { OR: missing }, select: { productId: true, version: true, content: true } })
    for (const { productId, version, content } of rows) {
      const { authentication, mappingRules, metrics } = content as unknown as GatewayConfig
      if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value!)
      kept.set(keyOf(productId, version), { authentication, mappingRules, methods: metrics.filter(({ parentId }) => parentId !== null).map(({ id, verb }) => ({ id, verb })) })
    }
  }
  return new Map(promoted.flatMap(({ productId, version }) => {
    const config = kept.get(keyOf(productId, version))
    return config ? [[Number(productId), config] as const] : []
  }))
}
