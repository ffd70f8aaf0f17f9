import type { Metric } from '@/lib/db/generated/client'
import { metricRoutes } from '@/lib/management/metric-routes'
import { getProductRow, ownMetrics } from '@/lib/management/product-json'
import { createMetrics } from '@/lib/products/create-metrics'
import { deleteMetrics } from '@/lib/products/delete-metrics'
import { editMetric } from '@/lib/products/edit-metric'

const errorNames = { name: 'friendly_name', systemName: 'system_name', 'items.0.name': 'friendly_name', 'items.0.systemName': 'system_name', 'items.0.unit': 'unit', metricIds: 'base' }

/** Metrics and methods of products (reference portal 8.4). */
export const serviceMetricRoutes = metricRoutes<Metric>({
  common: { scope: 'account_management', may: 'products', formats: ['json', 'xml'], tag: 'Metrics', errorNames },
  of: 'product',
  path: '/admin/api/services',
  param: 'service_id',
  nameMax: 255,
  async list(ctx, productId, parentId, { skip, take }) {
    await getProductRow(ctx, productId)
    const where = { ...ownMetrics(productId), parentId }
    return { items: await ctx.db.metric.findMany({ where, orderBy: { id: 'asc' }, skip, take }), total: await ctx.db.metric.count({ where }) }
  },
  find: (ctx, productId, metricId) => ctx.db.metric.findFirst({ where: { ...ownMetrics(productId), id: metricId } }),
  async create(ctx, productId, kind, words) {
    await getProductRow(ctx, productId)
    const { ids } = await createMetrics(ctx, { productId, kind, items: [words] })
    return ctx.db.metric.findUniqueOrThrow({ where: { id: ids[0]! } })
  },
  async edit(ctx, metric, { name = metric.name, ...words }) {
    await editMetric(ctx, { metricId: metric.id, name, ...words })
    return ctx.db.metric.findUniqueOrThrow({ where: { id: metric.id } })
  },
  remove: (ctx, { id, productId }) => deleteMetrics(ctx, { productId, metricIds: [id] }),
})
