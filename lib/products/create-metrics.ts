import { AppError, invalid, type FieldErrors } from '@/lib/errors'
import { getHits } from '@/lib/products/queries'
import { metricsInput, productBounds, type MetricsInput } from '@/lib/products/schema'
import { freeSystemName, systemNameOf } from '@/lib/products/system-name'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/**
 * New methods (they count towards Hits) or metrics, several at once or none. A system name that a retired one had
 * brings that one back under its new name, so that its history goes on. Throws `invalid` with fields `items.0.systemName`.
 */
export async function createMetrics(ctx: Ctx, raw: MetricsInput): Promise<{ ids: bigint[] }> {
  const { productId, kind, items } = metricsInput.parse(raw)
  return writeProduct(ctx, productId, 'metric.created', async (tx) => {
    const parentId = kind === 'method' ? (await getHits(tx, productId)).id : null
    const present = await tx.metric.findMany({ where: { productId }, select: { id: true, name: true, systemName: true, parentId: true, retiredAt: true } })
    if (present.filter((metric) => metric.retiredAt === null).length + items.length > productBounds.metricsMax)
      throw new AppError('conflict', { publicMessage: `A product has at most ${productBounds.metricsMax} methods and metrics.` })

    const fields: FieldErrors = {}
    const bySystemName = new Map(present.map((metric) => [metric.systemName, metric]))
    const taken = new Set(bySystemName.keys())
    const names = new Set(present.filter((metric) => metric.retiredAt === null).map((metric) => metric.name.toLowerCase()))
    const revived: { id: bigint; name: string; description: string; unit: string }[] = []
    const data = items.flatMap(({ name, systemName: given, description, unit }, index) => {
      if (names.has(name.toLowerCase())) fields[`items.${index}.name`] = ['There is a method or metric with this name already.']
      names.add(name.toLowerCase())
      const former = given ? bySystemName.get(given) : undefined
      if (former?.retiredAt && former.parentId === parentId && !revived.some(({ id }) => id === former.id)) {
        revived.push({ id: former.id, name, description, unit })
        return []
      }
      if (given && taken.has(given)) fields[`items.${index}.systemName`] = ['There is a method or metric with this system name already.']
      const systemName = given ?? freeSystemName(systemNameOf(name) || kind, (wanted) => taken.has(wanted))
      taken.add(systemName)
      return [{ tenantId: ctx.tenant.id, productId, parentId, name, systemName, description, unit }]
    })
    if (Object.keys(fields).length > 0) throw invalid(fields)

    for (const { id, ...words } of revived) await tx.metric.update({ where: { id }, data: { ...words, retiredAt: null } })
    const created = await tx.metric.createManyAndReturn({ data, select: { id: true } })
    const ids = [...revived, ...created].map(({ id }) => id)
    return { result: { ids }, after: { kind, names: items.map((item) => item.name) }, data: { metricIds: ids.map(Number) } }
  })
}
