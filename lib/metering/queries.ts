import { day, instant, matches, OWN_TENANT, quarterAfter, quarterOf, type TimeRange, type UsageFilter, usageWithin } from '@/lib/metering/usage-within'
import type { Environment } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** Totals for dashboards. Every number is a plain one; ranges are half-open and widened to whole quarter hours. */
type ReadCtx = Pick<Ctx, 'db'>

export type MetricUsage = { metricId: number; name: string; systemName: string; verb: string | null; isMethod: boolean; value: number }

/** Usage of each metric and method of a product, the busiest first, those without usage too. Of one application, or of all partners. */
export async function listUsageByMetric(ctx: ReadCtx, query: TimeRange & { productId: bigint; environment: Environment; applicationId?: bigint }): Promise<MetricUsage[]> {
  return ctx.db.$queryRaw<MetricUsage[]>`
    SELECT m.id::float8 AS "metricId", m.name, m."systemName", m.verb, m."parentId" IS NOT NULL AS "isMethod", coalesce(used.value, 0)::float8 AS value
    FROM metrics AS m
    LEFT JOIN (SELECT "metricId", sum(value) AS value FROM ${usageWithin(query, query)} AS found GROUP BY 1) AS used ON used."metricId" = m.id
    WHERE m."productId" = ${query.productId} AND (m."retiredAt" IS NULL OR used.value > 0)
    ORDER BY value DESC, m.name, m.id`
}

export type ApplicationUsage = { applicationId: number; name: string; state: string; accountId: number; accountName: string; planName: string | null; value: number }

/** The applications of partners that used a metric most; the test application is none. */
export async function listUsageByApplication(ctx: ReadCtx, query: TimeRange & { productId: bigint; environment: Environment; metricId: bigint; limit?: number }): Promise<ApplicationUsage[]> {
  const { productId, environment, metricId, limit = 10 } = query
  return ctx.db.$queryRaw<ApplicationUsage[]>`
    SELECT a.id::float8 AS "applicationId", a.name, a.state, c.id::float8 AS "accountId", c."orgName" AS "accountName", p.name AS "planName", used.value::float8 AS value
    FROM (SELECT "applicationId", sum(value) AS value FROM ${usageWithin({ productId, environment, metricIds: [metricId] }, query)} AS found GROUP BY 1) AS used
    JOIN applications AS a ON a.id = used."applicationId"
    JOIN accounts AS c ON c.id = a."accountId"
    LEFT JOIN plans AS p ON p.id = a."planId"
    WHERE used.value > 0 ORDER BY used.value DESC, a.id LIMIT ${limit}`
}

/** Usage of one metric in a range: of an application, or of all partners. */
export async function getUsageTotal(ctx: ReadCtx, query: TimeRange & UsageFilter & { metricIds: readonly bigint[] }): Promise<number> {
  const [row] = await ctx.db.$queryRaw<{ value: number }[]>`SELECT coalesce(sum(value), 0)::float8 AS value FROM ${usageWithin(query, query)} AS found`
  return row!.value
}

export type OutcomeCount = { outcome: string; calls: number; averageMs: number }

/** Calls by how they ended: `2xx` ... `5xx`, or a refusal code. */
export async function listCallsByOutcome(ctx: ReadCtx, query: TimeRange & Omit<UsageFilter, 'metricIds'>): Promise<OutcomeCount[]> {
  return ctx.db.$queryRaw<OutcomeCount[]>`
    SELECT u.outcome, sum(u.calls)::float8 AS calls, round(sum(u."durationMsSum") / sum(u.calls))::float8 AS "averageMs"
    FROM call_buckets AS u WHERE ${matches(query)} AND u."bucketAt" >= ${instant(quarterOf(query.from))} AND u."bucketAt" < ${instant(quarterAfter(query.to))}
    GROUP BY 1 ORDER BY calls DESC, outcome`
}

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

/** Whether any of a product's history is the sample a demo was filled with; of one environment, or since a day, where asked for. */
export async function hasSampleUsage(ctx: ReadCtx, productId: bigint, { environment, from }: { environment?: Environment; from?: Date } = {}): Promise<boolean> {
  return (await ctx.db.usageDay.findFirst({ where: { productId, sample: true, environment, ...(from && { dayOn: { gte: new Date(from.toISOString().slice(0, 10)) } }) }, select: { productId: true } })) !== null
}
