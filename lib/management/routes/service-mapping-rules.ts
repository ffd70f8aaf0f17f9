import type { MappingRule } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { mappingRuleRoutes } from '@/lib/management/mapping-rule-routes'
import { getCountedMetric, getProductRow, mappingRuleJson, toldMetricId } from '@/lib/management/product-json'
import { createMappingRule, deleteMappingRules, editMappingRule, reorderMappingRules } from '@/lib/products/mapping-rules'
import type { Ctx } from '@/lib/tenants/context'

/** Mapping rules of products (reference portal 8.4). */
export const serviceMappingRuleRoutes = mappingRuleRoutes({
  common: { scope: 'account_management', may: 'products', formats: ['json', 'xml'], tag: 'Mapping rules', errorNames: { verb: 'http_method', metricId: 'metric_id' } },
  of: 'product',
  path: '/admin/api/services/:service_id/proxy/mapping_rules',
  // What 3scale's own command line calls by mistake: one address too short (reference portal 8.6).
  alsoEditedAt: '/admin/api/services/:service_id/mapping_rules/:id',
  async list({ ctx, ids, page, origin }) {
    const { id: productId } = await getProductRow(ctx, ids.service_id!)
    const rows = await ctx.db.mappingRule.findMany({ where: { productId }, orderBy: order, skip: page.skip, take: page.take, include: { metric: true } })
    return { items: rows.map((row, index) => mappingRuleJson({ ...row, metricId: toldMetricId(row.metric) }, page.skip + index + 1, ownerOf(row), origin)), total: await ctx.db.mappingRule.count({ where: { productId } }) }
  },
  async create({ ctx, ids, input: { http_method: verb, metric_id: metricId, position, ...rest }, origin }) {
    const { id: productId } = await getProductRow(ctx, ids.service_id!)
    const { id: ruleId } = await createMappingRule(ctx, { productId, verb, metricId: (await getCountedMetric(ctx, productId, metricId)).id, ...rest })
    if (position !== undefined) await placeAt(ctx, productId, ruleId, position)
    return tellOne(ctx, ruleId, origin)
  },
  read: async ({ ctx, ids, origin }) => tellOne(ctx, (await getRule(ctx, ids)).id, origin),
  async edit({ ctx, ids, input: { http_method: verb, metric_id: wanted, position, ...rest }, origin }) {
    const rule = await getRule(ctx, ids)
    const metricId = wanted === undefined ? undefined : (await getCountedMetric(ctx, rule.productId, wanted)).id
    await editMappingRule(ctx, { ruleId: rule.id, verb, metricId, ...rest })
    if (position !== undefined) await placeAt(ctx, rule.productId, rule.id, position)
    return tellOne(ctx, rule.id, origin)
  },
  async remove({ ctx, ids }) {
    const rule = await getRule(ctx, ids)
    await deleteMappingRules(ctx, { productId: rule.productId, ruleIds: [rule.id] })
  },
})

const order = [{ position: 'asc' }, { id: 'asc' }] as const satisfies object[]

async function getRule(ctx: Ctx, ids: Record<string, bigint>): Promise<MappingRule> {
  const rule = await ctx.db.mappingRule.findFirst({ where: { id: ids.id!, productId: ids.service_id! } })
  if (!rule) throw notFound()
  return rule
}

async function tellOne(ctx: Ctx, ruleId: bigint, origin: string) {
  const rule = await ctx.db.mappingRule.findUnique({ where: { id: ruleId }, include: { metric: true } })
  if (!rule) throw notFound()
  const before = await ctx.db.mappingRule.count({ where: { productId: rule.productId, OR: [{ position: { lt: rule.position } }, { position: rule.position, id: { lt: rule.id } }] } })
  return mappingRuleJson({ ...rule, metricId: toldMetricId(rule.metric) }, before + 1, ownerOf(rule), origin)
}

async function placeAt(ctx: Ctx, productId: bigint, ruleId: bigint, position: number): Promise<void> {
  const others = (await ctx.db.mappingRule.findMany({ where: { productId, id: { not: ruleId } }, orderBy: order, select: { id: true } })).map((rule) => rule.id)
  await reorderMappingRules(ctx, { productId, ruleIds: others.toSpliced(position - 1, 0, ruleId) })
}

const ownerOf = (rule: MappingRule) => `/admin/api/services/${rule.productId}/proxy`
