import { z } from 'zod'
import type { PricingRule } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { answer, amount, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { getPlanMetric, listRoutes, ofMetric, planMetricLinks, withMetric, type OfMetric } from '@/lib/management/plan-metric-routes'
import { toldMetricId } from '@/lib/management/product-json'
import { addPricingRule, removePricingRule } from '@/lib/plans/pricing-rules'

const common = { scope: 'account_management', may: 'plans', formats: ['json', 'xml'], tag: 'Pricing rules' } as const
const schema = z.object({ id: answer.id, metric_id: answer.id, plan_id: answer.id, min: z.number().int(), max: z.number().int().nullable(), cost_per_unit: z.number(), created_at: answer.time, updated_at: answer.time, links: answer.links })
const units = z.union([z.null(), z.literal('')]).transform(() => null).or(wholeNumber(1))

/** Prices by plan and metric (reference portal 8.2). */
export const pricingRuleRoutes: ManagementRoute[] = [
  ...listRoutes<OfMetric<PricingRule>>({
    common,
    name: 'pricing_rules',
    each: 'pricing_rule',
    schema,
    list: async ({ db }, where, { skip, take }) => ({ items: await db.pricingRule.findMany({ where, orderBy: { id: 'asc' }, skip, take, include: withMetric }), total: await db.pricingRule.count({ where }) }),
    tell,
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: `${ofMetric}/pricing_rules`,
    summary: 'Create a pricing rule',
    input: z.object({ min: units.optional(), max: units.optional(), cost_per_unit: amount() }),
    answers: { kind: 'one', name: 'pricing_rule', schema, status: 201 },
    async handle({ ctx, ids, input, origin }) {
      const { planId, metricId } = await getPlanMetric(ctx, ids)
      const { id } = await addPricingRule(ctx, { planId, metricId, min: input.min ?? 1, max: input.max ?? null, costPerUnit: input.cost_per_unit })
      return tell(await ctx.db.pricingRule.findUniqueOrThrow({ where: { id }, include: withMetric }), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${ofMetric}/pricing_rules/:id`,
    summary: 'Delete a pricing rule',
    input: z.object({}),
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const where = await getPlanMetric(ctx, ids)
      if (!(await ctx.db.pricingRule.findFirst({ where: { ...where, id: ids.id! }, select: { id: true } }))) throw notFound()
      await removePricingRule(ctx, { planId: where.planId, pricingRuleId: ids.id! })
    },
  }),
]

function tell(rule: OfMetric<PricingRule>, origin: string) {
  const { id, planId, metric, min, max, costPerUnit, createdAt } = rule
  return { id, metric_id: toldMetricId(metric), plan_id: planId, min, max, cost_per_unit: costPerUnit, created_at: createdAt, updated_at: createdAt, links: planMetricLinks('pricing_rules', rule, origin) }
}
