import { z } from 'zod'
import type { Limit } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { answer, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { getPlanMetric, listRoutes, ofMetric, planMetricLinks, withMetric, type OfMetric } from '@/lib/management/plan-metric-routes'
import { toldMetricId } from '@/lib/management/product-json'
import { periods } from '@/lib/metering/periods'
import { addLimits, editLimit, removeLimit } from '@/lib/plans/set-limits'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'plans', formats: ['json', 'xml'], tag: 'Limits', errorNames: { limits: 'period', 'limits.0.value': 'value', 'limits.0.period': 'period' } } as const
const schema = z.object({ id: answer.id, metric_id: answer.id, plan_id: answer.id, period: z.enum(periods), value: z.number().int(), created_at: answer.time, updated_at: answer.time, links: answer.links })

const period = z.enum(periods, { error: `Choose one of ${periods.join(', ')}.` })
/** What is blank or negative means 0 to 3scale (reference gateway 1.1). */
const value = z.union([z.null(), z.literal('')]).transform(() => 0).or(wholeNumber(Number.MIN_SAFE_INTEGER).transform((given) => Math.max(0, given)))

/** Limits by plan and metric (reference portal 8.2). */
export const limitRoutes: ManagementRoute[] = [
  ...listRoutes<OfMetric<Limit>>({
    common,
    name: 'limits',
    each: 'limit',
    schema,
    list: async ({ db }, where, { skip, take }) => ({ items: await db.limit.findMany({ where, orderBy: { id: 'asc' }, skip, take, include: withMetric }), total: await db.limit.count({ where }) }),
    tell,
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: `${ofMetric}/limits`,
    summary: 'Create a limit',
    input: z.object({ period, value }),
    answers: { kind: 'one', name: 'limit', schema, status: 201 },
    async handle({ ctx, ids, input, origin }) {
      const { planId, metricId } = await getPlanMetric(ctx, ids)
      await addLimits(ctx, { planId, metricId, limits: [input] })
      return tell(await ctx.db.limit.findFirstOrThrow({ where: { planId, metricId, period: input.period }, include: withMetric }), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: `${ofMetric}/limits/:id`,
    summary: 'Read a limit',
    input: z.object({}),
    answers: { kind: 'one', name: 'limit', schema, status: 200 },
    handle: async ({ ctx, ids, origin }) => tell(await getLimit(ctx, ids), origin),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${ofMetric}/limits/:id`,
    summary: 'Change a limit',
    input: z.object({ period: period.optional(), value: value.optional() }),
    answers: { kind: 'one', name: 'limit', schema, status: 200 },
    async handle({ ctx, ids, input, origin }) {
      const { id: limitId, planId } = await getLimit(ctx, ids)
      await editLimit(ctx, { planId, limitId, ...input })
      return tell(await getLimit(ctx, ids), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${ofMetric}/limits/:id`,
    summary: 'Delete a limit',
    input: z.object({}),
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id: limitId, planId } = await getLimit(ctx, ids)
      await removeLimit(ctx, { planId, limitId })
    },
  }),
]

async function getLimit(ctx: Ctx, ids: Record<string, bigint>): Promise<OfMetric<Limit>> {
  const limit = await ctx.db.limit.findFirst({ where: { ...(await getPlanMetric(ctx, ids)), id: ids.id! }, include: withMetric })
  if (!limit) throw notFound()
  return limit
}

function tell(limit: OfMetric<Limit>, origin: string) {
  const { id, planId, metric, plan, period, value } = limit
  return { id, metric_id: toldMetricId(metric), plan_id: planId, period, value, created_at: plan.createdAt, updated_at: plan.createdAt, links: planMetricLinks('limits', limit, origin) }
}
