import { z } from 'zod'
import type { Limit, Metric, PricingRule } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { answer, amount, linksOf, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { getCountedMetric, toldMetricId } from '@/lib/management/product-json'
import { getPlanRow } from '@/lib/management/routes/application-plans'
import { periods } from '@/lib/metering/periods'
import { addPricingRule, removePricingRule } from '@/lib/plans/pricing-rules'
import { addLimits, editLimit, removeLimit } from '@/lib/plans/set-limits'
import type { Ctx } from '@/lib/tenants/context'

const limits = { scope: 'account_management', may: 'plans', formats: ['json', 'xml'], tag: 'Limits', errorNames: { limits: 'period', 'limits.0.value': 'value', 'limits.0.period': 'period' } } as const
const pricing = { scope: 'account_management', may: 'plans', formats: ['json', 'xml'], tag: 'Pricing rules' } as const
const ofPlan = '/admin/api/application_plans/:plan_id'
const ofMetric = `${ofPlan}/metrics/:metric_id`
const empty = z.object({})

const limitAnswer = z.object({ id: answer.id, metric_id: answer.id, plan_id: answer.id, period: z.enum(periods), value: z.number().int(), created_at: answer.time, updated_at: answer.time, links: answer.links })
const ruleAnswer = z.object({ id: answer.id, metric_id: answer.id, plan_id: answer.id, min: z.number().int(), max: z.number().int().nullable(), cost_per_unit: z.number(), created_at: answer.time, updated_at: answer.time, links: answer.links })

const period = z.enum(periods, { error: `Choose one of ${periods.join(', ')}.` })
/** What is blank or negative means 0 to 3scale (reference gateway 1.1). */
const value = z.union([z.null(), z.literal('')]).transform(() => 0).or(wholeNumber(Number.MIN_SAFE_INTEGER).transform((given) => Math.max(0, given)))
const units = z.union([z.null(), z.literal('')]).transform(() => null).or(wholeNumber(1))

type OfMetric<Row> = Row & { metric: Metric; plan: { createdAt: Date } }
const withMetric = { metric: true, plan: { select: { createdAt: true } } } as const

/** Limits and prices by plan and metric (reference portal 8.2). */
export const limitRoutes: ManagementRoute[] = [
  managementRoute({
    ...limits,
    method: 'GET',
    path: `${ofPlan}/limits`,
    summary: 'List the limits of a plan',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'limits', each: 'limit', schema: limitAnswer },
    async handle({ ctx, ids, page, origin }) {
      const { id: planId } = await getPlanRow(ctx, ids.plan_id!)
      const rows = await ctx.db.limit.findMany({ where: { planId }, orderBy: { id: 'asc' }, skip: page.skip, take: page.take, include: withMetric })
      return { items: rows.map((row) => limitJson(row, origin)), total: await ctx.db.limit.count({ where: { planId } }) }
    },
  }),
  managementRoute({
    ...limits,
    method: 'GET',
    path: `${ofMetric}/limits`,
    summary: 'List the limits of a metric on a plan',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'limits', each: 'limit', schema: limitAnswer },
    async handle({ ctx, ids, page, origin }) {
      const where = await within(ctx, ids)
      const rows = await ctx.db.limit.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take, include: withMetric })
      return { items: rows.map((row) => limitJson(row, origin)), total: await ctx.db.limit.count({ where }) }
    },
  }),
  managementRoute({
    ...limits,
    method: 'POST',
    path: `${ofMetric}/limits`,
    summary: 'Create a limit',
    input: z.object({ period, value }),
    answers: { kind: 'one', name: 'limit', schema: limitAnswer, status: 201 },
    async handle({ ctx, ids, input, origin }) {
      const { planId, metricId } = await within(ctx, ids)
      await addLimits(ctx, { planId, metricId, limits: [input] })
      return limitJson(await ctx.db.limit.findFirstOrThrow({ where: { planId, metricId, period: input.period }, include: withMetric }), origin)
    },
  }),
  managementRoute({
    ...limits,
    method: 'GET',
    path: `${ofMetric}/limits/:id`,
    summary: 'Read a limit',
    input: empty,
    answers: { kind: 'one', name: 'limit', schema: limitAnswer, status: 200 },
    handle: async ({ ctx, ids, origin }) => limitJson(await getLimit(ctx, ids), origin),
  }),
  managementRoute({
    ...limits,
    method: 'PUT',
    path: `${ofMetric}/limits/:id`,
    summary: 'Change a limit',
    input: z.object({ period: period.optional(), value: value.optional() }),
    answers: { kind: 'one', name: 'limit', schema: limitAnswer, status: 200 },
    async handle({ ctx, ids, input, origin }) {
      const { id: limitId, planId } = await getLimit(ctx, ids)
      await editLimit(ctx, { planId, limitId, ...input })
      return limitJson(await getLimit(ctx, ids), origin)
    },
  }),
  managementRoute({
    ...limits,
    method: 'DELETE',
    path: `${ofMetric}/limits/:id`,
    summary: 'Delete a limit',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id: limitId, planId } = await getLimit(ctx, ids)
      await removeLimit(ctx, { planId, limitId })
    },
  }),
  managementRoute({
    ...pricing,
    method: 'GET',
    path: `${ofPlan}/pricing_rules`,
    summary: 'List the pricing rules of a plan',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'pricing_rules', each: 'pricing_rule', schema: ruleAnswer },
    async handle({ ctx, ids, page, origin }) {
      const { id: planId } = await getPlanRow(ctx, ids.plan_id!)
      const rows = await ctx.db.pricingRule.findMany({ where: { planId }, orderBy: { id: 'asc' }, skip: page.skip, take: page.take, include: withMetric })
      return { items: rows.map((row) => ruleJson(row, origin)), total: await ctx.db.pricingRule.count({ where: { planId } }) }
    },
  }),
  managementRoute({
    ...pricing,
    method: 'GET',
    path: `${ofMetric}/pricing_rules`,
    summary: 'List the pricing rules of a metric on a plan',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'pricing_rules', each: 'pricing_rule', schema: ruleAnswer },
    async handle({ ctx, ids, page, origin }) {
      const where = await within(ctx, ids)
      const rows = await ctx.db.pricingRule.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take, include: withMetric })
      return { items: rows.map((row) => ruleJson(row, origin)), total: await ctx.db.pricingRule.count({ where }) }
    },
  }),
  managementRoute({
    ...pricing,
    method: 'POST',
    path: `${ofMetric}/pricing_rules`,
    summary: 'Create a pricing rule',
    input: z.object({ min: units.optional(), max: units.optional(), cost_per_unit: amount() }),
    answers: { kind: 'one', name: 'pricing_rule', schema: ruleAnswer, status: 201 },
    async handle({ ctx, ids, input, origin }) {
      const { planId, metricId } = await within(ctx, ids)
      const { id } = await addPricingRule(ctx, { planId, metricId, min: input.min ?? 1, max: input.max ?? null, costPerUnit: input.cost_per_unit })
      return ruleJson(await ctx.db.pricingRule.findUniqueOrThrow({ where: { id }, include: withMetric }), origin)
    },
  }),
  managementRoute({
    ...pricing,
    method: 'DELETE',
    path: `${ofMetric}/pricing_rules/:id`,
    summary: 'Delete a pricing rule',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const where = await within(ctx, ids)
      if (!(await ctx.db.pricingRule.findFirst({ where: { ...where, id: ids.id! }, select: { id: true } }))) throw notFound()
      await removePricingRule(ctx, { planId: where.planId, pricingRuleId: ids.id! })
    },
  }),
]

/** The plan and its product's metric that the address names. Throws `not_found`. */
async function within(ctx: Ctx, ids: Record<string, bigint>): Promise<{ planId: bigint; metricId: bigint }> {
  const plan = await getPlanRow(ctx, ids.plan_id!)
  const metric = await getCountedMetric(ctx, plan.productId, ids.metric_id!)
  return { planId: plan.id, metricId: metric.id }
}

async function getLimit(ctx: Ctx, ids: Record<string, bigint>): Promise<OfMetric<Limit>> {
  const limit = await ctx.db.limit.findFirst({ where: { ...(await within(ctx, ids)), id: ids.id! }, include: withMetric })
  if (!limit) throw notFound()
  return limit
}

function limitJson({ id, planId, metric, plan, period, value }: OfMetric<Limit>, origin: string) {
  return { id, metric_id: toldMetricId(metric), plan_id: planId, period, value, created_at: plan.createdAt, updated_at: plan.createdAt, links: linksFor('limits', id, planId, metric, origin) }
}

function ruleJson({ id, planId, metric, min, max, costPerUnit, createdAt }: OfMetric<PricingRule>, origin: string) {
  return { id, metric_id: toldMetricId(metric), plan_id: planId, min, max, cost_per_unit: costPerUnit, created_at: createdAt, updated_at: createdAt, links: linksFor('pricing_rules', id, planId, metric, origin) }
}

function linksFor(what: 'limits' | 'pricing_rules', id: bigint, planId: bigint, metric: Metric, origin: string) {
  return linksOf(origin, {
    self: `/admin/api/application_plans/${planId}/metrics/${toldMetricId(metric)}/${what}/${id}`,
    metric: `/admin/api/services/${metric.productId}/metrics/${metric.id}`,
    plan: `/admin/api/services/${metric.productId}/application_plans/${planId}`,
  })
}
