import { keepProductMetrics } from '@/lib/backends/keep-product-metrics'
import { backendBounds, backendMetricEditInput, backendMetricInput, backendMetricRef, type BackendMetricEditInput, type BackendMetricInput, type BackendMetricRef } from '@/lib/backends/schema'
import { writeBackend } from '@/lib/backends/write-backend'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid, notFound } from '@/lib/errors'
import { removeMetrics } from '@/lib/products/delete-metrics'
import { freeSystemName, systemNameOf } from '@/lib/products/system-name'
import type { Ctx } from '@/lib/tenants/context'

/** A new method (it counts towards the backend's hits) or metric; every product that mounts the backend gets it too. Throws `invalid`. */
export async function createBackendMetric(ctx: Ctx, raw: BackendMetricInput): Promise<{ id: bigint }> {
  const { backendId, kind, name, systemName: given, description, unit } = backendMetricInput.parse(raw)
  return writeBackend(ctx, backendId, 'backend.changed', async (tx, { backend, productIds }) => {
    const present = await tx.backendMetric.findMany({ where: { backendId }, select: { id: true, name: true, systemName: true } })
    if (present.length >= backendBounds.metricsMax) throw new AppError('conflict', { publicMessage: `A backend has at most ${backendBounds.metricsMax} methods and metrics.` })
    const taken = new Set(present.map((metric) => metric.systemName))
    if (given && taken.has(given)) throw invalid({ systemName: ['There is a method or metric with this system name already.'] })
    if (present.some((metric) => metric.name.toLowerCase() === name.toLowerCase())) throw nameTaken()
    const systemName = given ?? freeSystemName(systemNameOf(name, 200) || kind, (wanted) => taken.has(wanted))
    const parentId = kind === 'method' ? present.find((metric) => metric.systemName === 'hits')!.id : null
    const id = await insertBackendMetric(tx, { tenantId: ctx.tenant.id, backendId, parentId, systemName, name, description, unit })
    for (const productId of productIds) await keepProductMetrics(tx, ctx, backend, productId)
    return { result: { id }, after: { [kind]: name, systemName }, data: { metricId: Number(id) } }
  })
}

/** Name, description and unit; the system name stays. Throws `not_found`, `invalid`. */
export async function editBackendMetric(ctx: Ctx, raw: BackendMetricEditInput): Promise<void> {
  const { metricId, ...words } = backendMetricEditInput.parse(raw)
  const { backendId } = await findMetric(ctx, metricId)
  await writeBackend(ctx, backendId, 'backend.changed', async (tx, { backend, productIds }) => {
    const metric = await tx.backendMetric.findUnique({ where: { id: metricId } })
    if (!metric) throw notFound()
    if (words.name !== undefined && (await tx.backendMetric.count({ where: { backendId, id: { not: metricId }, name: { equals: words.name, mode: 'insensitive' } } })) > 0) throw nameTaken()
    const after = { name: words.name ?? metric.name, description: words.description ?? metric.description, unit: words.unit ?? metric.unit }
    const before = { name: metric.name, description: metric.description, unit: metric.unit }
    await tx.backendMetric.update({ where: { id: metricId }, data: after })
    for (const productId of productIds) await keepProductMetrics(tx, ctx, backend, productId)
    return { result: undefined, before, after, data: { metricId: Number(metricId) } }
  })
}

/**
 * Deletes a method, or a metric with its rules, here and in every product that mounts the backend; those that a
 * promoted version or usage needs are retired there. Throws `not_found`, `invalid` for hits.
 */
export async function deleteBackendMetric(ctx: Ctx, raw: BackendMetricRef): Promise<void> {
  const { metricId } = backendMetricRef.parse(raw)
  const { backendId } = await findMetric(ctx, metricId)
  await writeBackend(ctx, backendId, 'backend.changed', async (tx, { productIds }) => {
    const metric = await tx.backendMetric.findUnique({ where: { id: metricId } })
    if (!metric) throw notFound()
    if (metric.systemName === 'hits') throw invalid({ metricId: ['Hits is counted for every call and stays.'] }, 'Hits is counted for every call and stays.')
    for (const productId of productIds) await dropMountedMetrics(tx, ctx, productId, [metricId])
    await tx.backendMetric.delete({ where: { id: metricId } })
    return { result: undefined, before: { name: metric.name, systemName: metric.systemName }, data: { metricId: Number(metricId) } }
  })
}

/** Takes the metrics that stand for these of a backend out of a product: gone, or retired where history needs them. */
export async function dropMountedMetrics(tx: TenantTx, ctx: Ctx, productId: bigint, backendMetricIds: bigint[]): Promise<void> {
  const going = await tx.metric.findMany({ where: { productId, backendMetricId: { in: backendMetricIds } }, select: { id: true } })
  const ids = going.map(({ id }) => id)
  // The tie goes first: the backend's metric may be deleted while the product's lives on in its history.
  await tx.metric.updateMany({ where: { id: { in: ids } }, data: { backendMetricId: null } })
  await removeMetrics(tx, ctx, productId, ids)
}

type NewMetric = { tenantId: bigint; backendId: bigint; parentId: bigint | null; systemName: string; name: string; description: string; unit: string }

/**
 * Ids of backend metrics come out of the sequence of product metrics: clients of 3scale name a limit's metric by
 * either, so no number may mean both.
 */
export async function insertBackendMetric(tx: TenantTx, metric: NewMetric): Promise<bigint> {
  const [next] = await tx.$queryRaw<{ id: bigint }[]>`SELECT nextval(pg_get_serial_sequence('metrics', 'id')) AS id`
  const id = BigInt(next!.id)
  await tx.backendMetric.create({ data: { id, ...metric }, select: { id: true } })
  return id
}

async function findMetric(ctx: Ctx, metricId: bigint): Promise<{ backendId: bigint }> {
  const found = await ctx.db.backendMetric.findUnique({ where: { id: metricId }, select: { backendId: true } })
  if (!found) throw notFound()
  return found
}

const nameTaken = () => invalid({ name: ['There is a method or metric with this name already.'] })
