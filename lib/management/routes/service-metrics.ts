import { z } from 'zod'
import type { Metric } from '@/lib/db/generated/client'
import { invalid, notFound } from '@/lib/errors'
import { requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { getProductRow, metricAnswer, metricJson, ownMetrics } from '@/lib/management/product-json'
import { createMetrics } from '@/lib/products/create-metrics'
import { deleteMetrics } from '@/lib/products/delete-metrics'
import { editMetric } from '@/lib/products/edit-metric'
import { getHits } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'

const errorNames = { name: 'friendly_name', systemName: 'system_name', 'items.0.name': 'friendly_name', 'items.0.systemName': 'system_name', 'items.0.unit': 'unit', metricIds: 'base' }
const common = { scope: 'account_management', may: 'products', formats: ['json', 'xml'], tag: 'Metrics', errorNames } as const
const one = (name: 'metric' | 'method', status: 200 | 201) => ({ kind: 'one', name, schema: metricAnswer, status }) as const
const ofMetrics = '/admin/api/services/:service_id/metrics'
const ofMethods = `${ofMetrics}/:metric_id/methods`
const empty = z.object({})

/** `name` is what 3scale's oldest clients call the system name. */
const words = { friendly_name: text().optional(), name: text().optional(), system_name: text().optional(), unit: text(40).optional(), description: text(2000).optional() }

export const serviceMetricRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: ofMetrics,
    summary: 'List the metrics and methods of a product',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'metrics', each: 'metric', schema: metricAnswer },
    async handle({ ctx, ids, page, origin }) {
      const { id } = await getProductRow(ctx, ids.service_id!)
      const rows = await ctx.db.metric.findMany({ where: ownMetrics(id), orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => tell(row, origin)), total: await ctx.db.metric.count({ where: ownMetrics(id) }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: ofMetrics,
    summary: 'Create a metric',
    input: z.object({ ...words, friendly_name: requiredText() }),
    answers: one('metric', 201),
    async handle({ ctx, ids, input, origin }) {
      const created = await create(ctx, ids.service_id!, 'metric', input)
      return tell(created, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: `${ofMetrics}/:metric_id`,
    summary: 'Read a metric',
    input: empty,
    answers: one('metric', 200),
    handle: async ({ ctx, ids, origin }) => tell(await getMetric(ctx, ids.service_id!, ids.metric_id!), origin),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${ofMetrics}/:metric_id`,
    summary: 'Change a metric',
    input: z.object(words),
    answers: one('metric', 200),
    handle: async ({ ctx, ids, input, origin }) => tell(await edit(ctx, await getMetric(ctx, ids.service_id!, ids.metric_id!), input), origin),
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${ofMetrics}/:metric_id`,
    summary: 'Delete a metric',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id, productId } = await getMetric(ctx, ids.service_id!, ids.metric_id!)
      await deleteMetrics(ctx, { productId, metricIds: [id] })
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: ofMethods,
    summary: 'List the methods of a product',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'methods', each: 'method', schema: metricAnswer },
    async handle({ ctx, ids, page, origin }) {
      const parent = await getMetric(ctx, ids.service_id!, ids.metric_id!)
      const where = { ...ownMetrics(parent.productId), parentId: parent.id }
      const rows = await ctx.db.metric.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => tell(row, origin)), total: await ctx.db.metric.count({ where }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: ofMethods,
    summary: 'Create a method',
    input: z.object({ ...words, friendly_name: requiredText() }),
    answers: one('method', 201),
    async handle({ ctx, ids, input, origin }) {
      const parent = await getMetric(ctx, ids.service_id!, ids.metric_id!)
      if (parent.id !== (await getHits(ctx.db, parent.productId)).id) throw invalid({ base: ['Methods stand below the metric hits only.'] })
      return tell(await create(ctx, parent.productId, 'method', input), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: `${ofMethods}/:id`,
    summary: 'Read a method',
    input: empty,
    answers: one('method', 200),
    handle: async ({ ctx, ids, origin }) => tell(await getMethod(ctx, ids), origin),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${ofMethods}/:id`,
    summary: 'Change a method',
    input: z.object(words),
    answers: one('method', 200),
    handle: async ({ ctx, ids, input, origin }) => tell(await edit(ctx, await getMethod(ctx, ids), input), origin),
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${ofMethods}/:id`,
    summary: 'Delete a method',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id, productId } = await getMethod(ctx, ids)
      await deleteMetrics(ctx, { productId, metricIds: [id] })
    },
  }),
]

type Words = { friendly_name?: string; name?: string; system_name?: string; unit?: string; description?: string }

async function create(ctx: Ctx, productId: bigint, kind: 'metric' | 'method', { friendly_name: name = '', name: older, system_name: systemName = older, unit, description }: Words): Promise<Metric> {
  await getProductRow(ctx, productId)
  const { ids } = await createMetrics(ctx, { productId, kind, items: [{ name, systemName, unit, description }] })
  return ctx.db.metric.findUniqueOrThrow({ where: { id: ids[0]! } })
}

async function edit(ctx: Ctx, metric: Metric, { friendly_name: name, unit, description }: Words): Promise<Metric> {
  await editMetric(ctx, { metricId: metric.id, name: name || metric.name, unit, description })
  return ctx.db.metric.findUniqueOrThrow({ where: { id: metric.id } })
}

async function getMetric(ctx: Ctx, productId: bigint, metricId: bigint): Promise<Metric> {
  const metric = await ctx.db.metric.findFirst({ where: { ...ownMetrics(productId), id: metricId } })
  if (!metric) throw notFound()
  return metric
}

async function getMethod(ctx: Ctx, ids: Record<string, bigint>): Promise<Metric> {
  const method = await getMetric(ctx, ids.service_id!, ids.id!)
  if (method.parentId !== ids.metric_id) throw notFound()
  return method
}

const tell = (metric: Metric, origin: string) => metricJson(metric, `/admin/api/services/${metric.productId}`, origin)
