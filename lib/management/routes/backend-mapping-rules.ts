import { createBackendRule, deleteBackendRule, editBackendRule } from '@/lib/backends/backend-mapping-rules'
import type { BackendMappingRule } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { mappingRuleRoutes } from '@/lib/management/mapping-rule-routes'
import { mappingRuleJson } from '@/lib/management/product-json'
import { getBackendRow } from '@/lib/management/routes/backend-apis'
import type { Ctx } from '@/lib/tenants/context'

/** Mapping rules of backends (reference portal 8.4). */
export const backendMappingRuleRoutes = mappingRuleRoutes({
  common: { scope: 'account_management', may: 'gateway', formats: ['json'], tag: 'Backends', errorNames: { verb: 'http_method', metricId: 'metric_id' } },
  of: 'backend',
  path: '/admin/api/backend_apis/:backend_api_id/mapping_rules',
  async list({ ctx, ids, page, origin }) {
    const { id: backendId } = await getBackendRow(ctx, ids.backend_api_id!)
    const rows = await ctx.db.backendMappingRule.findMany({ where: { backendId }, orderBy: [{ position: 'asc' }, { id: 'asc' }], skip: page.skip, take: page.take })
    return { items: rows.map((row) => tell(row, origin)), total: await ctx.db.backendMappingRule.count({ where: { backendId } }) }
  },
  async create({ ctx, ids, input: { http_method: verb, metric_id: metricId, ...rest }, origin }) {
    const { id: backendId } = await getBackendRow(ctx, ids.backend_api_id!)
    const { id } = await createBackendRule(ctx, { backendId, verb, metricId, ...rest })
    return tell(await getRule(ctx, { backend_api_id: backendId, id }), origin)
  },
  read: async ({ ctx, ids, origin }) => tell(await getRule(ctx, ids), origin),
  async edit({ ctx, ids, input: { http_method: verb, metric_id: metricId, ...rest }, origin }) {
    const rule = await getRule(ctx, ids)
    await editBackendRule(ctx, { ruleId: rule.id, verb, metricId, ...rest })
    return tell(await getRule(ctx, ids), origin)
  },
  remove: async ({ ctx, ids }) => deleteBackendRule(ctx, { ruleId: (await getRule(ctx, ids)).id }),
})

async function getRule(ctx: Ctx, ids: Record<string, bigint>): Promise<BackendMappingRule> {
  const rule = await ctx.db.backendMappingRule.findFirst({ where: { id: ids.id!, backendId: ids.backend_api_id! } })
  if (!rule) throw notFound()
  return rule
}

const tell = (rule: BackendMappingRule, origin: string) => mappingRuleJson({ ...rule, metricId: rule.backendMetricId }, rule.position, `/admin/api/backend_apis/${rule.backendId}`, origin)
