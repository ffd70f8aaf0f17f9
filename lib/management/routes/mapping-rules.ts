import { z } from 'zod'
import type { MappingRule } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { flag, id, requiredText, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementCall, type ManagementRoute } from '@/lib/management/management-route'
import { getCountedMetric, getProductRow, mappingRuleAnswer, mappingRuleJson, toldMetricId } from '@/lib/management/product-json'
import { createMappingRule, deleteMappingRules, editMappingRule, reorderMappingRules } from '@/lib/products/mapping-rules'
import { verbs } from '@/lib/products/schema'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'products', formats: ['json', 'xml'], tag: 'Mapping rules', errorNames: { verb: 'http_method', metricId: 'metric_id' } } as const
const one = (status: 200 | 201) => ({ kind: 'one', name: 'mapping_rule', schema: mappingRuleAnswer, status }) as const
const path = '/admin/api/services/:service_id/proxy/mapping_rules'
const empty = z.object({})

export const verbInput = z.string().trim().toUpperCase().pipe(z.enum(verbs, { error: `Choose one of ${verbs.join(', ')}.` }))
export const ruleFields = { http_method: verbInput, pattern: requiredText(), metric_id: id(), delta: wholeNumber(1).default(1), last: flag().default(false), position: wholeNumber(1).optional() }
export const ruleEditFields = { http_method: verbInput.optional(), pattern: requiredText().optional(), metric_id: id().optional(), delta: wholeNumber(1).optional(), last: flag().optional(), position: wholeNumber(1).optional() }

type Edit = z.output<z.ZodObject<typeof ruleEditFields>>

async function edit({ ctx, ids, input, origin }: ManagementCall<Edit>) {
  const rule = await getRule(ctx, ids)
  const { http_method: verb, pattern, delta, last, position } = input
  const metricId = input.metric_id === undefined ? undefined : (await getCountedMetric(ctx, rule.productId, input.metric_id)).id
  await editMappingRule(ctx, { ruleId: rule.id, verb, pattern, metricId, delta, last })
  if (position !== undefined) await placeAt(ctx, rule.productId, rule.id, position)
  return tellOne(ctx, rule.id, origin)
}

export const mappingRuleRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path,
    summary: 'List the mapping rules of a product',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'mapping_rules', each: 'mapping_rule', schema: mappingRuleAnswer },
    async handle({ ctx, ids, page, origin }) {
      const { id: productId } = await getProductRow(ctx, ids.service_id!)
      const rows = await ctx.db.mappingRule.findMany({ where: { productId }, orderBy: order, skip: page.skip, take: page.take, include: { metric: true } })
      return { items: rows.map((row, index) => mappingRuleJson({ ...row, metricId: toldMetricId(row.metric) }, page.skip + index + 1, ownerOf(row), origin)), total: await ctx.db.mappingRule.count({ where: { productId } }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path,
    summary: 'Create a mapping rule',
    input: z.object(ruleFields),
    answers: one(201),
    async handle({ ctx, ids, input: { http_method: verb, metric_id: metricId, position, ...rest }, origin }) {
      const { id: productId } = await getProductRow(ctx, ids.service_id!)
      const { id: ruleId } = await createMappingRule(ctx, { productId, verb, metricId: (await getCountedMetric(ctx, productId, metricId)).id, ...rest })
      if (position !== undefined) await placeAt(ctx, productId, ruleId, position)
      return tellOne(ctx, ruleId, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: `${path}/:id`,
    summary: 'Read a mapping rule',
    input: empty,
    answers: one(200),
    handle: async ({ ctx, ids, origin }) => tellOne(ctx, (await getRule(ctx, ids)).id, origin),
  }),
  managementRoute({ ...common, method: 'PUT', path: `${path}/:id`, summary: 'Change a mapping rule', input: z.object(ruleEditFields), answers: one(200), handle: edit }),
  // What 3scale's own command line calls by mistake: one address too short (reference portal 8.6).
  managementRoute({ ...common, method: 'PUT', path: '/admin/api/services/:service_id/mapping_rules/:id', summary: 'Change a mapping rule (an address some clients use)', input: z.object(ruleEditFields), answers: one(200), handle: edit }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Delete a mapping rule',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const rule = await getRule(ctx, ids)
      await deleteMappingRules(ctx, { productId: rule.productId, ruleIds: [rule.id] })
    },
  }),
]

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
