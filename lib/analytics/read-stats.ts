import type { StatsWindow } from '@/lib/analytics/stats-window'
import { callsWithOutcomes, listApplicationTotals, usageByMetric } from '@/lib/metering/usage-totals'
import type { UsageFilter } from '@/lib/metering/usage-within'
import type { Ctx } from '@/lib/tenants/context'

/** `previousTotal`: of the window before; null where it was not asked for. */
export type Counted = { values: number[]; total: number; previousTotal: number | null }

/** Usage of metrics (all of the filter's together), or calls that ended in `outcome`, along the slots of a window. */
export async function readUsage(ctx: Ctx, filter: Omit<UsageFilter, 'environment'>, { slots, before }: StatsWindow, { outcome, withChange }: { outcome: string | null; withChange: boolean }): Promise<Counted> {
  const along = { ...filter, environment: 'production' } as const
  const read = async (parts: StatsWindow['slots']): Promise<number[]> => {
    if (outcome !== null) return callsWithOutcomes(ctx, along, parts, [outcome])
    const sums = Array<number>(parts.length).fill(0)
    if (filter.metricIds?.length === 0) return sums
    for (const { values } of await usageByMetric(ctx, along, parts)) values.forEach((value, index) => (sums[index]! += value))
    return sums
  }
  const values = await read(slots)
  return { values, total: sum(values), previousTotal: withChange ? sum(await read([before])) : null }
}

/** Percent with two decimals; from nothing to something is 100 (reference gateway 6.3). */
export function changeOf(total: number, previous: number): number {
  if (previous === 0) return total === 0 ? 0 : 100
  return Math.round(((total - previous) / previous) * 10_000) / 100
}

const TOP_MOST = 10

/** The applications of partners that used a metric most within a window, the busiest first; deleted ones are left out. */
export async function readTop(ctx: Ctx, productId: bigint, metricId: bigint, { slots, before }: StatsWindow) {
  const now = { from: slots[0]!.from, to: slots.at(-1)!.to }
  const { items } = await listApplicationTotals(ctx, { environment: 'production', productId, metricIds: [metricId] }, { before, now }, TOP_MOST * 2)
  const used = items.filter((item) => item.now > 0 && item.name !== null).slice(0, TOP_MOST)
  const rows = await ctx.db.application.findMany({ where: { id: { in: used.map((item) => BigInt(item.applicationId)) } }, include: { plan: { select: { id: true, name: true } }, account: { select: { id: true, orgName: true } } } })
  return used.flatMap((item) => {
    const row = rows.find(({ id }) => Number(id) === item.applicationId)
    if (!row) return []
    const { plan, account } = row
    return [{ name: row.name, id: item.applicationId, value: item.now, account: account && { id: Number(account.id), name: account.orgName }, plan: plan && { id: Number(plan.id), name: plan.name }, service: { id: Number(productId) } }]
  })
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
