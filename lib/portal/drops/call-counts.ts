import type { Ctx } from '@/lib/tenants/context'

const DAY_MS = 86_400_000

/** Hits in production of applications, by id: since the first of this month (UTC), and in the last 30 days, today included. Two queries. */
export async function listCallCounts(ctx: Pick<Ctx, 'db' | 'now'>, applications: { id: bigint; productId: bigint }[]): Promise<Map<number, { month: number; days30: number }>> {
  const productIds = [...new Set(applications.map(({ productId }) => productId))]
  const hits = await ctx.db.metric.findMany({ where: { productId: { in: productIds }, systemName: 'hits' }, select: { id: true } })
  const today = new Date(ctx.now.toISOString().slice(0, 10))
  const monthStart = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1))
  const firstDay = new Date(today.getTime() - 29 * DAY_MS)
  const rows = await ctx.db.usageDay.findMany({
    where: { environment: 'production', productId: { in: productIds }, applicationId: { in: applications.map(({ id }) => id) }, metricId: { in: hits.map(({ id }) => id) }, dayOn: { gte: monthStart < firstDay ? monthStart : firstDay } },
    select: { applicationId: true, dayOn: true, value: true },
  })
  const counts = new Map<number, { month: number; days30: number }>()
  for (const { applicationId, dayOn, value } of rows) {
    const count = counts.get(Number(applicationId)) ?? { month: 0, days30: 0 }
    if (dayOn >= monthStart) count.month += Number(value)
    if (dayOn >= firstDay) count.days30 += Number(value)
    counts.set(Number(applicationId), count)
  }
  return counts
}
