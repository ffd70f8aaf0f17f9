import type { TenantTx } from '@/lib/db/tenant-db'
import { invalid, notFound } from '@/lib/errors'
import { metricDeletionInput, type MetricDeletionInput } from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Deletes methods and metrics with their mapping rules; a metric takes its methods along. One that a promoted version
 * counts, or that has usage, is retired: it leaves every list and rule, while production and history go on knowing it.
 */
export async function deleteMetrics(ctx: Ctx, raw: MetricDeletionInput): Promise<{ deleted: number; retired: number }> {
  const { productId, metricIds } = metricDeletionInput.parse(raw)
  return writeProduct(ctx, productId, 'metric.deleted', async (tx) => {
    const metrics = await tx.metric.findMany({ where: { productId, retiredAt: null }, select: { id: true, name: true, systemName: true, parentId: true, backendMetricId: true } })
    const chosen = new Set(metricIds)
    if (metrics.some((metric) => chosen.has(metric.id) && metric.systemName === 'hits')) throw invalid({ metricIds: ['Hits is counted for every call and stays.'] })
    const mounted = metrics.find((metric) => chosen.has(metric.id) && metric.backendMetricId !== null)
    if (mounted) throw invalid({ metricIds: [`${mounted.name} comes from a mounted backend. Delete it there, or unmount the backend.`] })
    const going = metrics.filter((metric) => chosen.has(metric.id) || (metric.parentId !== null && chosen.has(metric.parentId)))
    if (going.length === 0) throw notFound()
    const ids = going.map(({ id }) => id)
    const result = await removeMetrics(tx, ctx, productId, ids)
    return { result, before: { names: going.map(({ name }) => name) }, after: result, data: { metricIds: ids.map(Number) } }
  })
}

/** Within a transaction that has locked the product. */
export async function removeMetrics(tx: TenantTx, ctx: Ctx, productId: bigint, ids: bigint[]): Promise<{ deleted: number; retired: number }> {
  if (ids.length === 0) return { deleted: 0, retired: 0 }
  const kept = await findPromotedOrUsed(tx, ctx, productId, ids)
  const gone = ids.filter((id) => !kept.has(id))
  await tx.mappingRule.deleteMany({ where: { productId, metricId: { in: ids } } })
  if (kept.size > 0) await tx.metric.updateMany({ where: { id: { in: [...kept] } }, data: { retiredAt: ctx.now } })
  if (gone.length > 0) await tx.metric.deleteMany({ where: { id: { in: gone } } })
  return { deleted: gone.length, retired: kept.size }
}

async function findPromotedOrUsed(tx: TenantTx, ctx: Ctx, productId: bigint, ids: bigint[]): Promise<Set<bigint>> {
  const promoted = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT DISTINCT (metric->>'id')::bigint AS id FROM config_versions v, jsonb_array_elements(v.content->'metrics') metric
    WHERE v."tenantId" = ${ctx.tenant.id} AND v."productId" = ${productId} AND (metric->>'id')::bigint = ANY(${ids}::bigint[])`
  return new Set([...promoted.map(({ id }) => BigInt(id)), ...(await findUsed(tx, ctx, productId, ids))])
}

/** Those of the metrics that any environment has ever counted. */
export async function findUsed(tx: TenantTx, ctx: Ctx, productId: bigint, ids: bigint[]): Promise<Set<bigint>> {
  const used = await tx.$queryRaw<{ id: bigint }[]>`
    SELECT wanted.id FROM unnest(${ids}::bigint[]) wanted(id)
    WHERE EXISTS (SELECT 1 FROM usage_days d WHERE d."tenantId" = ${ctx.tenant.id} AND d.environment IN ('staging', 'production') AND d."productId" = ${productId} AND d."metricId" = wanted.id)
       OR EXISTS (SELECT 1 FROM usage_months m WHERE m."tenantId" = ${ctx.tenant.id} AND m.environment IN ('staging', 'production') AND m."productId" = ${productId} AND m."metricId" = wanted.id)`
  return new Set(used.map(({ id }) => BigInt(id)))
}
