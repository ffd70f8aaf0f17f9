import { z } from 'zod'
import type { Metric } from '@/lib/db/generated/client'
import { linksOf } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute, type Page } from '@/lib/management/management-route'
import { getCountedMetric, toldMetricId } from '@/lib/management/product-json'
import { getPlanRow } from '@/lib/management/routes/application-plans'
import type { Ctx } from '@/lib/tenants/context'

/** What a plan says of a metric, a limit or a price, as it is read to be told. */
export type OfMetric<Row> = Row & { id: bigint; planId: bigint; metric: Metric; plan: { createdAt: Date } }
export const withMetric = { metric: true, plan: { select: { createdAt: true } } } as const

export type PlanMetric = { planId: bigint; metricId: bigint }

/** Where those of a plan and one metric stand: `/admin/api/application_plans/:plan_id/metrics/:metric_id`. */
export const ofPlan = '/admin/api/application_plans/:plan_id'
export const ofMetric = `${ofPlan}/metrics/:metric_id`

type Lists<Row> = {
  common: Pick<ManagementRoute, 'scope' | 'may' | 'formats' | 'tag' | 'errorNames'>
  name: 'limits' | 'pricing_rules'
  each: 'limit' | 'pricing_rule'
  schema: z.ZodType
  list(ctx: Ctx, where: { planId: bigint; metricId?: bigint }, page: { skip: number; take: number }): Promise<Page<Row>>
  tell(row: Row, origin: string): object
}

/** The two lists of limits or of prices: all of a plan, and those of one metric on it. */
export function listRoutes<Row>({ common, name, each, schema, list, tell }: Lists<Row>): ManagementRoute[] {
  const words = name.replace('_', ' ')
  const shared = { ...common, method: 'GET', input: z.object({}), paged: true, answers: { kind: 'many', name, each, schema } } as const
  const told = ({ items, total }: Page<Row>, origin: string) => ({ items: items.map((row) => tell(row, origin)), total })
  return [
    managementRoute({
      ...shared,
      path: `${ofPlan}/${name}`,
      summary: `List the ${words} of a plan`,
      handle: async ({ ctx, ids, page, origin }) => told(await list(ctx, { planId: (await getPlanRow(ctx, ids.plan_id!)).id }, page), origin),
    }),
    managementRoute({
      ...shared,
      path: `${ofMetric}/${name}`,
      summary: `List the ${words} of a metric on a plan`,
      handle: async ({ ctx, ids, page, origin }) => told(await list(ctx, await getPlanMetric(ctx, ids), page), origin),
    }),
  ]
}

/** The plan and its product's metric that the address names. Throws `not_found`. */
export async function getPlanMetric(ctx: Ctx, ids: Record<string, bigint>): Promise<PlanMetric> {
  const plan = await getPlanRow(ctx, ids.plan_id!)
  const metric = await getCountedMetric(ctx, plan.productId, ids.metric_id!)
  return { planId: plan.id, metricId: metric.id }
}

export function planMetricLinks(name: 'limits' | 'pricing_rules', { id, planId, metric }: { id: bigint; planId: bigint; metric: Metric }, origin: string) {
  return linksOf(origin, {
    self: `/admin/api/application_plans/${planId}/metrics/${toldMetricId(metric)}/${name}/${id}`,
    metric: `/admin/api/services/${metric.productId}/metrics/${metric.id}`,
    plan: `/admin/api/services/${metric.productId}/application_plans/${planId}`,
  })
}
