import { createBackendMetric, deleteBackendMetric, editBackendMetric } from '@/lib/backends/backend-metrics'
import type { BackendMetric } from '@/lib/db/generated/client'
import { metricRoutes } from '@/lib/management/metric-routes'
import { getBackendRow } from '@/lib/management/routes/backend-apis'

/** Metrics and methods of backends (reference portal 8.4). */
export const backendMetricRoutes = metricRoutes<BackendMetric>({
  common: { scope: 'account_management', may: 'gateway', formats: ['json'], tag: 'Backends', errorNames: { name: 'friendly_name' } },
  of: 'backend',
  path: '/admin/api/backend_apis',
  param: 'backend_api_id',
  nameMax: 200,
  async list(ctx, backendId, parentId, { skip, take }) {
    await getBackendRow(ctx, backendId)
    const where = { backendId, parentId }
    return { items: await ctx.db.backendMetric.findMany({ where, orderBy: { id: 'asc' }, skip, take }), total: await ctx.db.backendMetric.count({ where }) }
  },
  find: (ctx, backendId, metricId) => ctx.db.backendMetric.findFirst({ where: { id: metricId, backendId } }),
  async create(ctx, backendId, kind, words) {
    const { id } = await createBackendMetric(ctx, { backendId, kind, ...words })
    return ctx.db.backendMetric.findUniqueOrThrow({ where: { id } })
  },
  async edit(ctx, metric, words) {
    await editBackendMetric(ctx, { metricId: metric.id, ...words })
    return ctx.db.backendMetric.findUniqueOrThrow({ where: { id: metric.id } })
  },
  remove: (ctx, { id }) => deleteBackendMetric(ctx, { metricId: id }),
})
