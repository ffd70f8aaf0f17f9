import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid, notFound } from '@/lib/errors'
import { assertPattern } from '@/lib/products/pattern'
import { isNewOrder } from '@/lib/products/rule-order'
import {
  mappingRuleDeletionInput,
  mappingRuleEditInput,
  mappingRuleInput,
  mappingRuleOrderInput,
  productBounds,
  type MappingRuleDeletionInput,
  type MappingRuleEditInput,
  type MappingRuleInput,
  type MappingRuleOrderInput,
} from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/** A new rule at the end of the list. Throws `invalid` for a pattern, or a metric of another product. */
export async function createMappingRule(ctx: Ctx, raw: MappingRuleInput): Promise<{ id: bigint }> {
  const { productId, ...rule } = mappingRuleInput.parse(raw)
  assertPattern(rule.pattern)
  return writeProduct(ctx, productId, 'mapping_rule.created', async (tx) => {
    await assertMetric(tx, productId, rule.metricId)
    const { _count, _max } = await tx.mappingRule.aggregate({ where: { productId }, _count: true, _max: { position: true } })
    if (_count >= productBounds.mappingRulesMax) throw new AppError('conflict', { publicMessage: `A product has at most ${productBounds.mappingRulesMax} mapping rules.` })
    const { id } = await tx.mappingRule.create({ data: { tenantId: ctx.tenant.id, productId, ...rule, position: (_max.position ?? 0) + 1 }, select: { id: true } })
    return { result: { id }, object: { kind: 'mapping_rule', id, name: `${rule.verb} ${rule.pattern}` }, after: rule, data: { mappingRuleId: Number(id) } }
  })
}

/** Changes what is given. A rule made by an import is the tenant's own from then on: the next import leaves it alone. */
export async function editMappingRule(ctx: Ctx, raw: MappingRuleEditInput): Promise<void> {
  const { ruleId, ...change } = mappingRuleEditInput.parse(raw)
  if (change.pattern !== undefined) assertPattern(change.pattern)
  const found = await ctx.db.mappingRule.findUnique({ where: { id: ruleId }, select: { productId: true } })
  if (!found) throw notFound()
  await writeProduct(ctx, found.productId, 'mapping_rule.changed', async (tx) => {
    const rule = await tx.mappingRule.findUnique({ where: { id: ruleId } })
    if (!rule) throw notFound()
    if (change.metricId !== undefined) await assertMetric(tx, found.productId, change.metricId)
    const { verb, pattern, metricId, delta, last } = rule
    const before = { verb, pattern, metricId, delta, last }
    const after = { ...before, ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) }
    if (Object.entries(after).every(([field, value]) => value === before[field as keyof typeof before])) return { result: undefined, unchanged: true }
    await tx.mappingRule.update({ where: { id: ruleId }, data: { ...after, imported: false } })
    return { result: undefined, object: { kind: 'mapping_rule', id: ruleId, name: `${after.verb} ${after.pattern}` }, before, after, data: { mappingRuleId: Number(ruleId) } }
  })
}

/** Deletes the rules; their metrics stay. Throws `not_found` where none of them is this product's. */
export async function deleteMappingRules(ctx: Ctx, raw: MappingRuleDeletionInput): Promise<{ deleted: number }> {
  const { productId, ruleIds } = mappingRuleDeletionInput.parse(raw)
  return writeProduct(ctx, productId, 'mapping_rule.deleted', async (tx) => {
    const going = await tx.mappingRule.findMany({ where: { productId, id: { in: ruleIds } }, select: { id: true, verb: true, pattern: true } })
    if (going.length === 0) throw notFound()
    await tx.mappingRule.deleteMany({ where: { productId, id: { in: going.map(({ id }) => id) } } })
    return { result: { deleted: going.length }, before: { rules: going.map(({ verb, pattern }) => `${verb} ${pattern}`) }, data: { mappingRuleIds: going.map(({ id }) => Number(id)) } }
  })
}

/** Puts the rules in the given order. Throws `conflict` where the list is not the product's present one. */
export async function reorderMappingRules(ctx: Ctx, raw: MappingRuleOrderInput): Promise<void> {
  const { productId, ruleIds } = mappingRuleOrderInput.parse(raw)
  await writeProduct(ctx, productId, 'mapping_rule.changed', async (tx) => {
    const present = await tx.mappingRule.findMany({ where: { productId }, orderBy: [{ position: 'asc' }, { id: 'asc' }], select: { id: true } })
    if (!isNewOrder(present.map(({ id }) => id), ruleIds)) return { result: undefined, unchanged: true }
    await setPositions(tx, ctx, ruleIds)
    return { result: undefined, after: { order: ruleIds.map(Number) }, data: { reordered: true } }
  })
}

/** Positions 1, 2, 3, ... in the order of `ids`, in one statement. */
export async function setPositions(tx: TenantTx, ctx: Pick<Ctx, 'tenant'>, ids: bigint[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE mapping_rules r SET position = wanted.position FROM unnest(${ids}::bigint[]) WITH ORDINALITY AS wanted(id, position)
    WHERE r."tenantId" = ${ctx.tenant.id} AND r.id = wanted.id AND r.position <> wanted.position`
}

async function assertMetric(tx: TenantTx, productId: bigint, metricId: bigint): Promise<void> {
  const metric = await tx.metric.findUnique({ where: { id: metricId }, select: { productId: true, retiredAt: true } })
  if (!metric || metric.retiredAt || metric.productId !== productId) throw invalid({ metricId: ['Choose a method or metric of this product.'] })
}
