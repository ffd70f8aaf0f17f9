import { Prisma } from '@/lib/db/generated/client'
import { kindOfOutcome } from '@/lib/metering/outcome-kind'
import { bucketsInSlots, type Slot, usageInSlots } from '@/lib/metering/usage-slots'
import { matches, type UsageFilter } from '@/lib/metering/usage-within'
import type { Ctx } from '@/lib/tenants/context'

/** Two stretches of time that are compared; `before` ends where `now` begins, or earlier. */
export type Compared = { before: Slot; now: Slot }

/** What was used in each of the two. */
export type Change = { now: number; before: number }

type ReadCtx = Pick<Ctx, 'db'>

export type MetricTotal = Change & { metricId: number }

/** Usage of each metric that was used in either stretch. */
export async function listMetricTotals(ctx: ReadCtx, filter: UsageFilter, { before, now }: Compared): Promise<MetricTotal[]> {
  return ctx.db.$queryRaw<MetricTotal[]>`
    SELECT "metricId"::float8 AS "metricId", ${NOW_AND_BEFORE} FROM ${usageInSlots(filter, [before, now])} AS used GROUP BY 1 ORDER BY now DESC, 1`
}

/** A list that stops somewhere: how many there are and what they used together is always told. */
export type Ranking<Item> = { items: Item[]; count: number; total: Change }

/** Without a name: it was deleted since, and its usage stays. */
export type ApplicationTotal = Change & { applicationId: number; name: string | null; state: string | null; accountId: number | null; accountName: string | null; planName: string | null }

/** Applications of partners that used a metric, the busiest first. */
export async function listApplicationTotals(ctx: ReadCtx, filter: UsageFilter & { metricIds: readonly bigint[] }, { before, now }: Compared, limit: number): Promise<Ranking<ApplicationTotal>> {
  const rows = await ctx.db.$queryRaw<Ranked<ApplicationTotal>[]>`
    SELECT top.*, a.name, a.state, c.id::float8 AS "accountId", c."orgName" AS "accountName", p.name AS "planName"
    FROM (
      SELECT "applicationId"::float8 AS "applicationId", ${NOW_AND_BEFORE}, ${WHOLE}
      FROM ${usageInSlots(filter, [before, now])} AS used GROUP BY used."applicationId" ORDER BY now DESC, before DESC, used."applicationId" LIMIT ${limit}
    ) AS top
    LEFT JOIN applications AS a ON a.id = top."applicationId"::int8
    LEFT JOIN accounts AS c ON c.id = a."accountId"
    LEFT JOIN plans AS p ON p.id = a."planId"
    ORDER BY top.now DESC, top.before DESC, top."applicationId"`
  return rankingOf(rows)
}

/** `accountId` null: of applications that were deleted since. */
export type AccountTotal = Change & { accountId: number | null; name: string | null; state: string | null; applications: number }

/** The same by partner: an account with all its applications together. */
export async function listAccountTotals(ctx: ReadCtx, filter: UsageFilter & { metricIds: readonly bigint[] }, { before, now }: Compared, limit: number): Promise<Ranking<AccountTotal>> {
  const rows = await ctx.db.$queryRaw<Ranked<AccountTotal>[]>`
    SELECT top.*, c."orgName" AS name, c.state
    FROM (
      SELECT a."accountId"::float8 AS "accountId", count(*) FILTER (WHERE used.now > 0)::float8 AS applications,
        sum(used.now)::float8 AS now, sum(used.before)::float8 AS before,
        count(*) OVER ()::float8 AS count, sum(sum(used.now)) OVER ()::float8 AS "totalNow", sum(sum(used.before)) OVER ()::float8 AS "totalBefore"
      FROM (SELECT used."applicationId", ${NOW_AND_BEFORE} FROM ${usageInSlots(filter, [before, now])} AS used GROUP BY 1) AS used
      LEFT JOIN applications AS a ON a.id = used."applicationId"
      GROUP BY a."accountId" ORDER BY 3 DESC, 4 DESC, a."accountId" LIMIT ${limit}
    ) AS top
    LEFT JOIN accounts AS c ON c.id = top."accountId"::int8
    ORDER BY top.now DESC, top.before DESC, top."accountId"`
  return rankingOf(rows)
}

type Ranked<Item> = Item & { count: number; totalNow: number; totalBefore: number }

function rankingOf<Item>(rows: Ranked<Item>[]): Ranking<Item> {
  const first = rows[0]
  return {
    items: rows.map(({ count: _count, totalNow: _now, totalBefore: _before, ...item }) => item as Item),
    count: first?.count ?? 0,
    total: { now: first?.totalNow ?? 0, before: first?.totalBefore ?? 0 },
  }
}

/** Split usage over time: `values` along the slots. */
export type SplitSeries<Key> = { key: Key; values: number[] }[]

/** Usage of metrics by slot, one line each, zeros included. */
export async function usageByMetric(ctx: ReadCtx, filter: UsageFilter, slots: readonly Slot[]): Promise<SplitSeries<number>> {
  const rows = await ctx.db.$queryRaw<Point[]>`
    SELECT slot, "metricId"::float8 AS key, sum(value)::float8 AS value FROM ${usageInSlots(filter, slots)} AS used GROUP BY 1, 2`
  return spread(rows, slots.length)
}

/** Usage of a metric by slot, one line for each application named and one for all others together, under the key 0. */
export async function usageByApplication(ctx: ReadCtx, filter: UsageFilter & { metricIds: readonly bigint[] }, slots: readonly Slot[], applicationIds: readonly bigint[]): Promise<SplitSeries<number>> {
  const rows = await ctx.db.$queryRaw<Point[]>`
    SELECT slot, CASE WHEN "applicationId" = ANY (${[...applicationIds]}::int8[]) THEN "applicationId" ELSE 0 END::float8 AS key, sum(value)::float8 AS value
    FROM ${usageInSlots(filter, slots)} AS used GROUP BY 1, 2`
  return spread(rows, slots.length)
}

type Point = { slot: number; key: number; value: number }

function spread(rows: readonly Point[], length: number): SplitSeries<number> {
  const valuesOf = new Map<number, number[]>()
  for (const { slot, key, value } of rows) {
    let values = valuesOf.get(key)
    if (!values) valuesOf.set(key, (values = Array<number>(length).fill(0)))
    values[slot] = value
  }
  return [...valuesOf].map(([key, values]) => ({ key, values }))
}

export type OutcomeTotal = { outcome: string; now: number; before: number; /** Mean time to answer; null without calls. */ averageMs: number | null; averageMsBefore: number | null }

/** Calls by how they ended: `2xx` ... `5xx`, or a refusal code, the most frequent first. */
export async function listOutcomeTotals(ctx: ReadCtx, filter: Omit<UsageFilter, 'metricIds'>, { before, now }: Compared): Promise<OutcomeTotal[]> {
  const { slot, within } = bucketsInSlots([before, now])
  return ctx.db.$queryRaw<OutcomeTotal[]>`
    SELECT outcome, coalesce(sum(calls) FILTER (WHERE slot = 1), 0)::float8 AS now, coalesce(sum(calls) FILTER (WHERE slot = 0), 0)::float8 AS before,
      (sum(ms) FILTER (WHERE slot = 1) / nullif(sum(calls) FILTER (WHERE slot = 1), 0))::float8 AS "averageMs",
      (sum(ms) FILTER (WHERE slot = 0) / nullif(sum(calls) FILTER (WHERE slot = 0), 0))::float8 AS "averageMsBefore"
    FROM (SELECT ${slot} AS slot, u.outcome, u.calls, u."durationMsSum" AS ms FROM call_buckets AS u WHERE ${matches(filter)} AND ${within}) AS ended
    GROUP BY 1 ORDER BY now DESC, before DESC, outcome`
}

/** Calls by slot: answered, refused, failed. */
export async function callsByKind(ctx: ReadCtx, filter: Omit<UsageFilter, 'metricIds'>, slots: readonly Slot[]): Promise<{ answered: number[]; refused: number[]; failed: number[] }> {
  const { slot, within } = bucketsInSlots(slots)
  const rows = await ctx.db.$queryRaw<{ slot: number; outcome: string; calls: number }[]>`
    SELECT ${slot} AS slot, u.outcome, sum(u.calls)::float8 AS calls FROM call_buckets AS u WHERE ${matches(filter)} AND ${within} GROUP BY 1, 2`
  const zeros = () => Array<number>(slots.length).fill(0)
  const sums = { answered: zeros(), refused: zeros(), failed: zeros() }
  for (const row of rows) sums[kindOfOutcome(row.outcome)][row.slot]! += row.calls
  return sums
}

/** Calls by slot with these outcomes (`2xx` ... `5xx`, refusal codes) together. */
export async function callsWithOutcomes(ctx: ReadCtx, filter: Omit<UsageFilter, 'metricIds'>, slots: readonly Slot[], outcomes: readonly string[]): Promise<number[]> {
  const { slot, within } = bucketsInSlots(slots)
  const rows = await ctx.db.$queryRaw<{ slot: number; calls: number }[]>`
    SELECT ${slot} AS slot, sum(u.calls)::float8 AS calls FROM call_buckets AS u WHERE ${matches(filter)} AND u.outcome = ANY (${[...outcomes]}::text[]) AND ${within} GROUP BY 1`
  const values = Array<number>(slots.length).fill(0)
  for (const row of rows) values[row.slot] = row.calls
  return values
}

/** `[weekday][hour]`, Monday first, as a clock in the zone shows them. The doubled hour of autumn is one hour of the day. */
export type HeatMap = number[][]

/** In which hours of the week a metric was used. */
export async function readHeatMap(ctx: ReadCtx, filter: UsageFilter & { metricIds: readonly bigint[] }, span: Slot, timezone: string): Promise<HeatMap> {
  const { within } = bucketsInSlots([span])
  const rows = await ctx.db.$queryRaw<{ day: number; hour: number; value: number }[]>`
    SELECT extract(isodow FROM local)::int4 AS day, extract(hour FROM local)::int4 AS hour, sum(value)::float8 AS value
    FROM (
      SELECT u."bucketAt" AT TIME ZONE ${timezone}::text AS local, sum(u.value) AS value FROM usage_buckets AS u WHERE ${matches(filter)} AND ${within} GROUP BY u."bucketAt"
    ) AS quarters GROUP BY 1, 2`
  const map: HeatMap = Array.from({ length: 7 }, () => Array<number>(24).fill(0))
  for (const { day, hour, value } of rows) map[day - 1]![hour] = value
  return map
}

const NOW_AND_BEFORE = Prisma.sql`coalesce(sum(used.value) FILTER (WHERE used.slot = 1), 0)::float8 AS now, coalesce(sum(used.value) FILTER (WHERE used.slot = 0), 0)::float8 AS before`

const WHOLE = Prisma.sql`count(*) OVER ()::float8 AS count,
  sum(coalesce(sum(used.value) FILTER (WHERE used.slot = 1), 0)) OVER ()::float8 AS "totalNow",
  sum(coalesce(sum(used.value) FILTER (WHERE used.slot = 0), 0)) OVER ()::float8 AS "totalBefore"`
