import type { Backend } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError } from '@/lib/errors'
import { getHits } from '@/lib/products/queries'
import { productBounds } from '@/lib/products/schema'
import type { Ctx } from '@/lib/tenants/context'

/** What a backend's metric is called within a product that mounts it: `hits.7` (reference gateway 1.1). */
function mountedSystemName(systemName: string, backendId: bigint | number): string {
  return `${systemName}.${backendId}`
}

/**
 * Brings a product's metrics in step with those of a backend it mounts: new ones are made, former ones (retired when
 * they were unmounted) come back with their history, words follow. The backend's hits count towards the product's,
 * its methods towards the backend's. Within a transaction that has locked backend and product.
 */
export async function keepProductMetrics(tx: TenantTx, ctx: Pick<Ctx, 'tenant'>, backend: Pick<Backend, 'id' | 'name'>, productId: bigint): Promise<void> {
  const ofBackend = await tx.backendMetric.findMany({ where: { backendId: backend.id }, orderBy: [{ parentId: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }] })
  const present = await tx.metric.findMany({ where: { productId } })
  const hits = await getHits(tx, productId)
  const bySystemName = new Map(present.map((metric) => [metric.systemName, metric]))
  const standsFor = new Map<bigint, bigint>()
  let living = present.filter((metric) => metric.retiredAt === null).length
  for (const metric of ofBackend) {
    const systemName = mountedSystemName(metric.systemName, backend.id)
    const parentId = metric.parentId === null ? (metric.systemName === 'hits' ? hits.id : null) : (standsFor.get(metric.parentId) ?? null)
    const data = { parentId, name: `${metric.name} (${backend.name})`, description: metric.description, unit: metric.unit, backendMetricId: metric.id, retiredAt: null }
    const former = bySystemName.get(systemName)
    if (former === undefined || former.retiredAt !== null) living++
    if (living > productBounds.metricsMax) throw new AppError('conflict', { publicMessage: `A product has at most ${productBounds.metricsMax} methods and metrics, those of its backends included.` })
    if (former) {
      const same = (Object.keys(data) as (keyof typeof data)[]).every((key) => former[key] === data[key])
      if (!same) await tx.metric.update({ where: { id: former.id }, data })
      standsFor.set(metric.id, former.id)
    } else {
      const { id } = await tx.metric.create({ data: { tenantId: ctx.tenant.id, productId, systemName, ...data }, select: { id: true } })
      standsFor.set(metric.id, id)
    }
  }
}
