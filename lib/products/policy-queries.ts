import { notFound } from '@/lib/errors'
import type { PolicyEntry } from '@/lib/products/gateway-config'
import { completeConfig } from '@/lib/products/gateway-config'
import { policyVersion } from '@/lib/products/policy-version'
import { sameJson } from '@/lib/products/same-json'
import type { Ctx } from '@/lib/tenants/context'

export type PolicyChain = {
  policies: PolicyEntry[]
  /** To be sent with the next one. */
  version: string
  /** Null: production serves nothing yet. `same`: it serves this very chain. */
  production: { version: number; same: boolean } | null
  /** Policies of the tenant's own gateways, by name. */
  registered: { name: string; version: string }[]
}

/** The chain as staging runs it, and whether production does too. Throws `not_found`. */
export async function getPolicyChain(ctx: Ctx, productId: bigint): Promise<PolicyChain> {
  const [product, registered] = await Promise.all([
    ctx.db.product.findUnique({ where: { id: productId }, select: { policies: true, liveVersion: true } }),
    ctx.db.registryPolicy.findMany({ select: { name: true, version: true }, orderBy: [{ name: 'asc' }, { version: 'asc' }] }),
  ])
  if (!product) throw notFound()
  const policies = product.policies as unknown as PolicyEntry[]
  const version = policyVersion(policies)
  if (product.liveVersion === null) return { policies, version, production: null, registered }
  const live = await ctx.db.configVersion.findFirst({ where: { productId, version: product.liveVersion }, select: { content: true } })
  return { policies, version, production: { version: product.liveVersion, same: live !== null && sameJson(completeConfig(live.content).policies, policies) }, registered }
}
