import { Prisma } from '@/lib/db/generated/client'
import { instant, matches, type TimeRange, type UsageFilter } from '@/lib/metering/usage-within'
import type { Ctx } from '@/lib/tenants/context'

export type Granularity = 'hour' | 'day' | 'month'

/** Zeros included; the range is widened to whole slots of the time zone. Times are milliseconds since 1970. */
export type CallSeries = {
  granularity: Granularity
  timezone: string
  startsAt: number[]
  /** By outcome: `2xx` ... `5xx`, or a refusal code. */
  series: { outcome: string; values: number[]; total: number }[]
}

type SeriesQuery = TimeRange & { granularity: Granularity; /** IANA name; the tenant's by default. */ timezone?: string }

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
