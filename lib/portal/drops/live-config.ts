import { perProcess } from '@/lib/per-process'
import type { AuthenticationMode, GatewayConfig } from '@/lib/products/gateway-config'
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

/** How production wants callers to prove themselves; before the first promotion, how it will. The dashboard's choice counts once it is promoted. */
export async function authenticationModeOf(ctx: Pick<Ctx, 'db' | 'tenant'>, product: { id: bigint; liveVersion: number | null; authenticationMode: string }): Promise<AuthenticationMode> {
  return modeOf(await liveConfigs(ctx, [product]), product)
}

/** The same where the configurations are at hand. */
export function modeOf(configs: ReadonlyMap<number, LiveConfig>, { id, authenticationMode }: { id: bigint; authenticationMode: string }): AuthenticationMode {
  return configs.get(Number(id))?.authentication.mode ?? (authenticationMode as AuthenticationMode)
}
