import { invalid, notFound } from '@/lib/errors'
import { endUserLimitsInput, type EndUserLimitsInput } from '@/lib/plans/schema'
import { writeEndUser } from '@/lib/plans/write-end-user'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Makes these the end user's own limits and no others. One for a metric and period the plan limits holds in its place,
 * any other holds beside the plan's. In force everywhere within a second. Throws `not_found`, `invalid`.
 */
export async function setEndUserLimits(ctx: Ctx, raw: EndUserLimitsInput): Promise<void> {
  const { endUserId, limits } = endUserLimitsInput.parse(raw)
  const twice = limits.findIndex(({ metricId, period }, index) => limits.findIndex((each) => each.metricId === metricId && each.period === period) < index)
  if (twice >= 0) throw invalid({ [`limits.${twice}.period`]: ['There is a limit for this metric and period already.'] })
  await writeEndUser(ctx, endUserId, 'end_user.limits_changed', async (tx, user) => {
    const metricIds = [...new Set(limits.map(({ metricId }) => metricId))]
    const metrics = new Map((await tx.metric.findMany({ where: { id: { in: metricIds }, productId: user.productId, retiredAt: null }, select: { id: true, systemName: true } })).map(({ id, systemName }) => [id, systemName]))
    if (metrics.size < metricIds.length) throw notFound()
    const before = await tx.endUserLimit.findMany({ where: { endUserId }, orderBy: { id: 'asc' }, include: { metric: { select: { systemName: true } } } })
    await tx.endUserLimit.deleteMany({ where: { endUserId } })
    await tx.endUserLimit.createMany({ data: limits.map(({ metricId, period, value }) => ({ tenantId: ctx.tenant.id, endUserId, metricId, period, value: BigInt(value) })) })
    return {
      result: undefined,
      before: { limits: before.map(({ metric, period, value }) => ({ metric: metric.systemName, period, value: Number(value) })) },
      after: { limits: limits.map(({ metricId, period, value }) => ({ metric: metrics.get(metricId)!, period, value })) },
    }
  })
}
