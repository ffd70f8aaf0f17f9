import { encryptSecret } from '@/lib/crypto'
import { defaultErrorAnswers } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

export type TestMethod = { name: string; verb?: string | null; ruleVerb?: string }

/** For test files: a product with `hits` and the given methods, a mapping rule each. Ids by name. */
export async function makeTestProduct(ctx: Ctx, { systemName = 'api', methods = [] as TestMethod[] } = {}): Promise<{ productId: bigint; hitsId: bigint; methodIds: Record<string, bigint> }> {
  const tenantId = ctx.tenant.id
  const place = { tenantId, table: 'products', row: systemName, column: 'secretTokenCipher' }
  const product = await ctx.db.product.create({
    data: { tenantId, name: systemName, systemName, errorAnswers: defaultErrorAnswers, secretTokenCipher: encryptSecret('secret', place) },
  })
  const hits = await ctx.db.metric.create({ data: { tenantId, productId: product.id, systemName: 'hits', name: 'Hits' } })
  const made = { productId: product.id, hitsId: hits.id, methodIds: {} as Record<string, bigint> }
  for (const method of methods) made.methodIds[method.name] = await addTestMethod(ctx, made, method)
  return made
}

/** One more method, as an import or a person would add it. */
export async function addTestMethod(ctx: Ctx, { productId, hitsId }: { productId: bigint; hitsId: bigint }, { name, verb = null, ruleVerb }: TestMethod): Promise<bigint> {
  const tenantId = ctx.tenant.id
  const position = await ctx.db.mappingRule.count({ where: { productId } })
  const { id } = await ctx.db.metric.create({ data: { tenantId, productId, parentId: hitsId, systemName: name, name, verb } })
  if (ruleVerb) await ctx.db.mappingRule.create({ data: { tenantId, productId, metricId: id, verb: ruleVerb, pattern: `/${name}$`, position: position + 1 } })
  return id
}
