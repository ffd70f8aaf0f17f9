import { type Period, windowOf } from '@/lib/metering/periods'
import { day, OWN_TENANT, type TimeRange } from '@/lib/metering/usage-within'
import type { Environment } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** Totals for dashboards. Every number is a plain one; ranges are half-open and widened to whole quarter hours. */
type ReadCtx = Pick<Ctx, 'db'>

export type EndUserUsage = { endUserId: number; externalId: string; state: string; planName: string; value: number; lastDay: string | null }

/** End users of a product with what they used of a metric in the last days (UTC, today included), the busiest first, those without usage too. */
export async function listEndUserUsage(ctx: Pick<Ctx, 'db' | 'now'>, query: { productId: bigint; environment: Environment; metricId: bigint; days?: number; limit?: number; search?: string }): Promise<EndUserUsage[]> {
  const { productId, environment, metricId, days = 30, limit = 100, search = '' } = query
  return ctx.db.$queryRaw<EndUserUsage[]>`
    SELECT e.id::float8 AS "endUserId", e."externalId", e.state, p.name AS "planName", coalesce(sum(u.value), 0)::float8 AS value, max(u."dayOn")::text AS "lastDay"
    FROM end_users AS e JOIN plans AS p ON p.id = e."planId"
    LEFT JOIN end_user_usage_days AS u ON ${OWN_TENANT} AND u.environment = ${environment} AND u."productId" = e."productId" AND u."endUserId" = e.id
      AND u."metricId" = ${metricId} AND u."dayOn" > ${day(ctx.now.getTime() - days * 86_400_000)}
    WHERE e."productId" = ${productId} AND (${search} = '' OR starts_with(e."externalId", ${search}))
    GROUP BY e.id, p.id ORDER BY value DESC, e.id LIMIT ${limit}`
}

export type DayUsage = { day: string; value: number }

/** What an end user used of a metric, by UTC day, days with usage only. */
export async function listEndUserDays(ctx: ReadCtx, query: TimeRange & { productId: bigint; environment: Environment; endUserId: bigint; metricId: bigint }): Promise<DayUsage[]> {
  const { productId, environment, endUserId, metricId, from, to } = query
  return ctx.db.$queryRaw<DayUsage[]>`
    SELECT u."dayOn"::text AS day, sum(u.value)::float8 AS value FROM end_user_usage_days AS u
    WHERE ${OWN_TENANT} AND u.environment = ${environment} AND u."productId" = ${productId} AND u."endUserId" = ${endUserId} AND u."metricId" = ${metricId}
      AND u."dayOn" >= ${day(from.getTime())} AND u."dayOn" < ${day(to.getTime())}
    GROUP BY 1 ORDER BY 1`
}

export type MetricUsage = { metricId: number; metric: string; applicationId: number; application: string; value: number }

/** What an end user used in the last days (UTC, today included), by metric and application, the most used first. */
export async function listEndUserMetrics(ctx: Pick<Ctx, 'db' | 'now'>, query: { productId: bigint; environment: Environment; endUserId: bigint; days?: number }): Promise<MetricUsage[]> {
  const { productId, environment, endUserId, days = 30 } = query
  return ctx.db.$queryRaw<MetricUsage[]>`
    SELECT m.id::float8 AS "metricId", m.name AS metric, a.id::float8 AS "applicationId", a.name AS application, sum(u.value)::float8 AS value
    FROM end_user_usage_days AS u JOIN metrics AS m ON m.id = u."metricId" JOIN applications AS a ON a.id = u."applicationId"
    WHERE ${OWN_TENANT} AND u.environment = ${environment} AND u."productId" = ${productId} AND u."endUserId" = ${endUserId} AND u."dayOn" > ${day(ctx.now.getTime() - days * 86_400_000)}
    GROUP BY m.id, a.id ORDER BY value DESC, m.id, a.id LIMIT 200`
}

export type CounterValue = { metricId: number; period: Period; value: number }

/** What the limit counters of a subject hold now, as booked a moment ago; windows that have ended are left out. */
export async function listCounterValues(ctx: Pick<Ctx, 'db' | 'now'>, { environment, subject }: { environment: Environment; subject: string }): Promise<CounterValue[]> {
  const rows = await ctx.db.limitCounter.findMany({ where: { environment, subject } })
  return rows
    .filter(({ period, windowAt }) => windowAt.getTime() === windowOf(period as Period, ctx.now.getTime()).start)
    .map(({ metricId, period, value }) => ({ metricId: Number(metricId), period: period as Period, value: Number(value) }))
}

/** Whether any of a product's history is the sample a demo was filled with; of one environment, or since a day, where asked for. */
export async function hasSampleUsage(ctx: ReadCtx, productId: bigint, { environment, from }: { environment?: Environment; from?: Date } = {}): Promise<boolean> {
  return (await ctx.db.usageDay.findFirst({ where: { productId, sample: true, environment, ...(from && { dayOn: { gte: new Date(from.toISOString().slice(0, 10)) } }) }, select: { productId: true } })) !== null
}
