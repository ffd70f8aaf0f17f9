import type { Ctx } from '@/lib/tenants/context'
import { periods, windowOf, type Period } from '@/lib/metering/periods'
import type { Environment } from '@/lib/products/gateway-config'

/** One limit and how much of it is used in its present window. `resetsAt` is null for eternity. */
export type LimitUsage = { metricId: number; metric: string; systemName: string; verb: string | null; period: Period; limit: number; used: number; resetsAt: Date | null }

/**
 * Usage against each limit of a plan, of an application (`app:<id>`) or an end user (`user:<id>`). Read from the
 * durable counters, which follow the gateway by a second or two. Hits first, then by name, then by period.
 */
export async function readLimitUsage(ctx: Ctx, { subject, planId, environment = 'production' }: { subject: string; planId: bigint; environment?: Environment }): Promise<LimitUsage[]> {
  return (await readLimitUsages(ctx, [{ subject, planId }], environment)).get(subject) ?? []
}

/** The same for several at once, by subject: two queries, however many there are. */
export async function readLimitUsages(ctx: Ctx, of: { subject: string; planId: bigint }[], environment: Environment = 'production'): Promise<Map<string, LimitUsage[]>> {
  const planIds = [...new Set(of.map(({ planId }) => planId))]
  const limits = await ctx.db.limit.findMany({ where: { planId: { in: planIds }, metric: { retiredAt: null } }, include: { metric: { select: { name: true, systemName: true, verb: true } } } })
  if (limits.length === 0) return new Map(of.map(({ subject }) => [subject, []]))
  const at = ctx.now.getTime()
  const windows = new Map(periods.map((period) => [period as string, windowOf(period, at)]))
  const counters = await ctx.db.limitCounter.findMany({
    where: { environment, subject: { in: of.map(({ subject }) => subject) }, windowAt: { in: [...windows.values()].map((window) => new Date(window.start)) } },
  })
  const used = new Map(counters.map((counter) => [`${counter.subject}|${counter.metricId}|${counter.period}|${counter.windowAt.getTime()}`, Number(counter.value)]))
  limits.sort((one, other) => rank(one) - rank(other) || one.metric.name.localeCompare(other.metric.name, 'en') || periods.indexOf(one.period as Period) - periods.indexOf(other.period as Period))
  const limitsOf = Map.groupBy(limits, (limit) => limit.planId)
  const usageOf = (subject: string, planId: bigint) =>
    (limitsOf.get(planId) ?? []).map(({ metricId, metric, period, value }) => {
      const { start, end } = windows.get(period)!
      return { metricId: Number(metricId), metric: metric.name, systemName: metric.systemName, verb: metric.verb, period: period as Period, limit: Number(value), used: used.get(`${subject}|${metricId}|${period}|${start}`) ?? 0, resetsAt: end === null ? null : new Date(end) }
    })
  return new Map(of.map(({ subject, planId }) => [subject, usageOf(subject, planId)]))
}

const rank = ({ metric }: { metric: { systemName: string } }) => (metric.systemName === 'hits' ? 0 : 1)
