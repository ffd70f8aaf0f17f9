import { Prisma } from '@/lib/db/generated/client'
import { instant, matches, type TimeRange, type UsageFilter } from '@/lib/metering/usage-within'
import type { Ctx } from '@/lib/tenants/context'

export type Granularity = 'hour' | 'day' | 'month'

/** Zeros included; the range is widened to whole slots of the time zone. Times are milliseconds since 1970. */
export type UsageSeries = {
  granularity: Granularity
  timezone: string
  /** Starts of the slots. */
  startsAt: number[]
  /** One per metric asked for, in that order; `values` runs along `startsAt`. */
  series: { metricId: number; values: number[]; total: number }[]
}

export type CallSeries = {
  granularity: Granularity
  timezone: string
  startsAt: number[]
  /** By outcome: `2xx` ... `5xx`, or a refusal code. */
  series: { outcome: string; values: number[]; total: number }[]
}

type SeriesQuery = TimeRange & { granularity: Granularity; /** IANA name; the tenant's by default. */ timezone?: string }

/** Usage of metrics over time, of one application or of all partners together (the test application left out). */
export async function usageSeries(ctx: Pick<Ctx, 'db' | 'tenant'>, query: UsageFilter & SeriesQuery & { metricIds: readonly bigint[] }): Promise<UsageSeries> {
  const { granularity, timezone = ctx.tenant.timezone } = query
  const slots = slotsOf(granularity, timezone, query)
  const rows = await ctx.db.$queryRaw<{ slot: number; metric: number; value: number }[]>`
    SELECT extract(epoch FROM slot)::float8 * 1000 AS slot, "metricId"::float8 AS metric, sum(value)::float8 AS value
    FROM (${usageBySlot(granularity, timezone, query)}) AS found GROUP BY 1, 2`
  const startsAt = await startsOf(ctx, slots)
  return { granularity, timezone, startsAt, series: spread(query.metricIds.map(Number), startsAt, rows.map((row) => ({ ...row, key: row.metric }))).map(({ key, ...rest }) => ({ metricId: key, ...rest })) }
}

/** Calls by how they ended, over time. Refusals of callers nobody recognised are among them where no application is asked for. */
export async function callSeries(ctx: Pick<Ctx, 'db' | 'tenant'>, query: Omit<UsageFilter, 'metricIds'> & SeriesQuery): Promise<CallSeries> {
  const { granularity, timezone = ctx.tenant.timezone } = query
  const slots = slotsOf(granularity, timezone, query)
  const rows = await ctx.db.$queryRaw<{ slot: number; key: string; value: number }[]>`
    SELECT extract(epoch FROM ${slotOf(granularity, timezone, slots.first)})::float8 * 1000 AS slot, u.outcome AS key, sum(u.calls)::float8 AS value
    FROM call_buckets AS u WHERE ${matches(query)} AND u."bucketAt" >= ${slots.first} AND u."bucketAt" < ${slots.end} GROUP BY 1, 2`
  const startsAt = await startsOf(ctx, slots)
  const outcomes = [...new Set(rows.map(({ key }) => key))].sort()
  return { granularity, timezone, startsAt, series: spread(outcomes, startsAt, rows).map(({ key, ...rest }) => ({ outcome: key, ...rest })) }
}

function spread<Key>(keys: readonly Key[], startsAt: readonly number[], rows: readonly { key: Key; slot: number; value: number }[]): { key: Key; values: number[]; total: number }[] {
  const place = new Map(startsAt.map((at, index) => [at, index]))
  const valuesOf = new Map(keys.map((key) => [key, startsAt.map(() => 0)]))
  for (const { key, slot, value } of rows) valuesOf.get(key)![place.get(slot)!] = value
  return keys.map((key) => ({ key, values: valuesOf.get(key)!, total: valuesOf.get(key)!.reduce((sum, value) => sum + value, 0) }))
}

type Slots = { first: Prisma.Sql; end: Prisma.Sql; starts: Prisma.Sql }

/** First slot, end of the last one, and all their starts, as SQL. Hours are steps of real time, days and months of the local calendar. */
function slotsOf(granularity: Granularity, timezone: string, { from, to }: TimeRange): Slots {
  const unit = Prisma.sql`${granularity}::text`
  const step = Prisma.sql`${`1 ${granularity}`}::interval`
  const zone = Prisma.sql`${timezone}::text`
  const last = instant(Math.max(from.getTime(), to.getTime() - 1))
  const first = Prisma.sql`date_trunc(${unit}, ${instant(from)}, ${zone})`
  if (granularity === 'hour') return { first, end: Prisma.sql`(date_trunc(${unit}, ${last}, ${zone}) + ${step})`, starts: Prisma.sql`generate_series(${first}, ${last}, ${step})` }
  const local = (at: Prisma.Sql) => Prisma.sql`date_trunc(${unit}, ${at} AT TIME ZONE ${zone})`
  return {
    first,
    end: Prisma.sql`((${local(last)} + ${step}) AT TIME ZONE ${zone})`,
    starts: Prisma.sql`(SELECT start AT TIME ZONE ${zone} FROM generate_series(${local(instant(from))}, ${local(last)}, ${step}) AS start)`,
  }
}

async function startsOf(ctx: Pick<Ctx, 'db'>, { starts }: Slots): Promise<number[]> {
  const rows = await ctx.db.$queryRaw<{ at: number }[]>`SELECT extract(epoch FROM start)::float8 * 1000 AS at FROM ${starts} AS slots (start) ORDER BY 1`
  return rows.map(({ at }) => at)
}

/** The slot a quarter hour lies in. An hour is counted from the first one: truncating local time would fold the doubled hour of autumn into one. */
function slotOf(granularity: Granularity, timezone: string, first: Prisma.Sql): Prisma.Sql {
  return granularity === 'hour' ? Prisma.sql`date_bin('1 hour', u."bucketAt", ${first})` : Prisma.sql`date_trunc(${granularity}::text, u."bucketAt", ${timezone}::text)`
}

/**
 * Rows of slot, metric and value. Hours, and days of zones other than UTC, come from the quarter hours; days of UTC from
 * the day sums; months of UTC from the month sums, of other zones from the day sums where a whole UTC day lies in one
 * local month, and from the quarter hours of the few days that lie in two.
 */
function usageBySlot(granularity: Granularity, timezone: string, query: UsageFilter & TimeRange): Prisma.Sql {
  const { first, end } = slotsOf(granularity, timezone, query)
  const utc = ['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT'].includes(timezone)
  const conditions = matches(query)
  if (utc && granularity === 'day')
    return Prisma.sql`SELECT u."dayOn"::timestamp AT TIME ZONE 'UTC' AS slot, u."metricId", u.value FROM usage_days AS u WHERE ${conditions} AND u."dayOn" >= ${dateOf(first)} AND u."dayOn" < ${dateOf(end)}`
  if (utc && granularity === 'month')
    return Prisma.sql`SELECT u."monthOn"::timestamp AT TIME ZONE 'UTC' AS slot, u."metricId", u.value FROM usage_months AS u WHERE ${conditions} AND u."monthOn" >= ${dateOf(first)} AND u."monthOn" < ${dateOf(end)}`
  const buckets = Prisma.sql`SELECT ${slotOf(granularity, timezone, first)} AS slot, u."metricId", u.value FROM usage_buckets AS u WHERE ${conditions} AND u."bucketAt" >= ${first} AND u."bucketAt" < ${end}`
  if (granularity !== 'month') return buckets

  const zone = Prisma.sql`${timezone}::text`
  const dayStart = Prisma.sql`(u."dayOn"::timestamp AT TIME ZONE 'UTC')`
  const monthOf = (at: Prisma.Sql) => Prisma.sql`date_trunc('month', ${at}, ${zone})`
  const split = Prisma.sql`SELECT date_trunc('day', start, 'UTC') FROM (
    SELECT start AT TIME ZONE ${zone} AS start FROM generate_series(${first} AT TIME ZONE ${zone}, ${end} AT TIME ZONE ${zone}, interval '1 month') AS start
  ) AS months WHERE date_trunc('day', start, 'UTC') <> start`
  return Prisma.sql`
    SELECT ${monthOf(dayStart)} AS slot, u."metricId", u.value FROM usage_days AS u
    WHERE ${conditions} AND u."dayOn" >= ${dateOf(first)} AND u."dayOn" <= ${dateOf(end)}
      AND ${dayStart} >= ${first} AND ${dayStart} + interval '1 day' <= ${end} AND ${dayStart} <> ALL (ARRAY(${split}))
    UNION ALL ${buckets} AND date_trunc('day', u."bucketAt", 'UTC') = ANY (ARRAY(${split}))`
}

const dateOf = (at: Prisma.Sql) => Prisma.sql`(${at} AT TIME ZONE 'UTC')::date`

