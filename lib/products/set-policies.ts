import type { Prisma } from '@/lib/db/generated/client'
import { AppError, invalid } from '@/lib/errors'
import type { PolicyEntry } from '@/lib/products/gateway-config'
import { parsePolicies } from '@/lib/products/policies'
import { sealPolicySecrets } from '@/lib/products/policy-secrets'
import { policyVersion } from '@/lib/products/policy-version'
import { sameJson } from '@/lib/products/same-json'
import { policiesInput, type PoliciesInput } from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/**
 * The whole chain, in its new order. Staging follows at once, production with the next promotion. Takes APIcast's JSON,
 * a bare list or under `policies_config`. Throws `invalid` by field (`policies.1.configuration.ips.0`), `not_found`, and
 * `conflict` where the chain is no longer the one that was `seen`.
 */
export async function setPolicies(ctx: Ctx, raw: PoliciesInput): Promise<{ policies: PolicyEntry[]; version: string }> {
  const { productId, policies: given, seen } = policiesInput.parse(raw)
  const registered = await ctx.db.registryPolicy.findMany({ select: { name: true } })
  const parsed = parsePolicies(given, new Set(registered.map((policy) => policy.name)))
  const broken: Record<string, string[]> = {}
  const policies = sealPolicySecrets(ctx.tenant.id, productId, parsed, (path) => (broken[path] = ['This sealed key belongs to another product. Write the key itself.']))
  if (Object.keys(broken).length > 0) throw invalid(broken)
  return writeProduct(ctx, productId, 'product.changed', async (tx, product) => {
    const isOther = seen !== undefined && policyVersion(product.policies) !== seen
    const unchanged = sameJson(product.policies, policies)
    // Two people who did the same have no quarrel.
    if (isOther && !unchanged) throw new AppError('conflict', { publicMessage: 'Somebody else changed this chain meanwhile, or you did in another tab. Nothing was saved.' })
    if (!unchanged) await tx.product.update({ where: { id: productId }, data: { policies: policies as unknown as Prisma.InputJsonArray }, select: { id: true } })
    return { result: { policies, version: policyVersion(policies) }, unchanged, before: { policies: product.policies }, after: { policies } }
  })
}
