import { invalid, notFound } from '@/lib/errors'
import { metricEditInput, type MetricEditInput } from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/** Name, description and (of metrics) unit. The system name stays: callers and limits know it. Throws `not_found`, `invalid`. */
export async function editMetric(ctx: Ctx, raw: MetricEditInput): Promise<void> {
  const { metricId, name, description, unit } = metricEditInput.parse(raw)
  const found = await ctx.db.metric.findUnique({ where: { id: metricId }, select: { productId: true } })
  if (!found) throw notFound()
  await writeProduct(ctx, found.productId, 'metric.changed', async (tx) => {
    const metric = await tx.metric.findUnique({ where: { id: metricId } })
    if (!metric || metric.retiredAt) throw notFound()
    if (metric.backendMetricId !== null) throw invalid({ name: ['This one comes from a mounted backend. Change it there.'] }, 'This one comes from a mounted backend. Change it there.')
    const sameName = await tx.metric.count({ where: { productId: metric.productId, id: { not: metricId }, retiredAt: null, name: { equals: name, mode: 'insensitive' } } })
    if (sameName > 0) throw invalid({ name: ['There is a method or metric with this name already.'] })
    const data = { name, description: description ?? metric.description, unit: metric.parentId === null ? (unit ?? metric.unit) : metric.unit }
    await tx.metric.update({ where: { id: metricId }, data })
    return {
      result: undefined,
      object: { kind: 'metric', id: metricId, name },
      before: { name: metric.name, description: metric.description, unit: metric.unit },
      after: data,
      data: { metricId: Number(metricId) },
    }
  })
}
