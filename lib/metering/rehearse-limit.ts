import { z } from 'zod'
import { Prisma } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { type Period, periods, windowOf } from '@/lib/metering/periods'
import { day, instant, OWN_TENANT } from '@/lib/metering/usage-within'
import { idInput } from '@/lib/tenants/id-input'
import type { Ctx } from '@/lib/tenants/context'

/** A limit that is thought about; `days` back from now, 90 at most. */
export const rehearsalInput = z.object({ planId: idInput, metricId: idInput, period: z.enum(periods), value: z.number().int().min(0), days: z.number().int().min(1).max(90).default(30) })
export type RehearsalInput = z.input<typeof rehearsalInput>

export type RehearsedApplication = {
  id: number
  name: string
  accountName: string
  /** How many windows went beyond the limit. */
  windowsExceeded: number
  /** What would not have fitted, in units of the metric: with one unit a call, calls. */
  refusedCalls: number
  /** The most that was used in one window. */
  worstValue: number
  /** When the limit would first have been passed: the quarter hour, of weeks and longer periods the day (ISO 8601). */
  firstAt: string
}

export type Rehearsal = {
  /** Those the limit would have refused, the most refused first; 200 at the most. */
  applications: RehearsedApplication[]
  /** How many applications are on the plan. */
  applicationsOnPlan: number
  exact: boolean
  /** For people: what the figures stand on. */
  note: string
}

/**
 * Who on a plan would have been refused in the last days, had this limit held (production). Whole windows are looked at,
 * the one that was running when the time began included. Usage is kept by quarter hours: hours and longer are exact;
 * minutes are what an even quarter hour would have, so real peaks refuse more. Throws `not_found`.
 */
export async function rehearseLimit(ctx: Pick<Ctx, 'db' | 'now'>, raw: RehearsalInput): Promise<Rehearsal> {
  const { planId, metricId, period, value, days } = rehearsalInput.parse(raw)
  const plan = await ctx.db.plan.findUnique({ where: { id: planId }, select: { productId: true, kind: true } })
  const metric = plan && (await ctx.db.metric.findFirst({ where: { id: metricId, productId: plan.productId }, select: { id: true } }))
  if (!plan || !metric) throw notFound()
  if (plan.kind !== 'application') return { applications: [], applicationsOnPlan: 0, exact: false, note: 'Limits of end users cannot be rehearsed: their usage is kept by day only.' }
  const from = windowOf(period, ctx.now.getTime() - days * 86_400_000).start
  const [applications, applicationsOnPlan] = await Promise.all([
    ctx.db.$queryRaw<RehearsedApplication[]>`
      WITH held AS (
        SELECT a.id, a.name, c."orgName" AS account FROM applications AS a JOIN accounts AS c ON c.id = a."accountId"
        WHERE a."planId" = ${planId} AND a.kind = 'partner'
      ), used AS (
        SELECT u.application, u.at, u.value, u.starts, sum(u.value) OVER (PARTITION BY u.application, u.starts ORDER BY u.at) AS upto
        FROM (${usageBy(period, plan.productId, metricId, from)}) AS u
      ), windows AS (
        SELECT application, starts, sum(value) AS total, min(at) FILTER (WHERE upto > ${BigInt(boundOf(period, value))}) AS passed FROM used GROUP BY 1, 2
      )
      SELECT h.id::float8 AS id, h.name, h.account AS "accountName", ${period === 'minute' ? Prisma.sql`(count(*) * 15)` : Prisma.sql`count(*)`}::float8 AS "windowsExceeded",
        sum(w.total - ${BigInt(boundOf(period, value))})::float8 AS "refusedCalls",
        ${period === 'minute' ? Prisma.sql`ceil(max(w.total) / 15.0)` : Prisma.sql`max(w.total)`}::float8 AS "worstValue",
        to_char(min(w.passed) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "firstAt"
      FROM windows AS w JOIN held AS h ON h.id = w.application WHERE w.passed IS NOT NULL
      GROUP BY h.id, h.name, h.account ORDER BY "refusedCalls" DESC, h.id LIMIT 200`,
    ctx.db.application.count({ where: { planId, kind: 'partner' } }),
  ])
  return { applications, applicationsOnPlan, exact: period !== 'minute', note: noteOf(period) }
}

/** What a slot may hold: of a minute, fifteen even ones make a quarter hour. */
const boundOf = (period: Period, value: number) => (period === 'minute' ? value * 15 : value)

/** Usage as `application, at, value, starts`; day sums where a window is made of whole days. */
function usageBy(period: Period, productId: bigint, metricId: bigint, from: number): Prisma.Sql {
  const whose = Prisma.sql`${OWN_TENANT} AND u.environment = 'production' AND u."productId" = ${productId} AND u."metricId" = ${metricId} AND u."applicationId" IN (SELECT id FROM held)`
  if (period === 'minute' || period === 'hour' || period === 'day') {
    const starts = period === 'minute' ? Prisma.sql`u."bucketAt"` : period === 'hour' ? Prisma.sql`date_trunc('hour', u."bucketAt", 'UTC')` : Prisma.sql`date_trunc('day', u."bucketAt", 'UTC')`
    return Prisma.sql`SELECT u."applicationId" AS application, u."bucketAt" AS at, u.value, ${starts} AS starts FROM usage_buckets AS u WHERE ${whose} AND u."bucketAt" >= ${instant(from)}`
  }
  const at = Prisma.sql`(u."dayOn"::timestamp AT TIME ZONE 'UTC')`
  const starts = period === 'eternity' ? Prisma.sql`'epoch'::timestamptz` : period === 'week' ? Prisma.sql`date_trunc('week', ${at}, 'UTC')` : period === 'month' ? Prisma.sql`date_trunc('month', ${at}, 'UTC')` : Prisma.sql`date_trunc('year', ${at}, 'UTC')`
  return Prisma.sql`SELECT u."applicationId" AS application, ${at} AS at, u.value, ${starts} AS starts FROM usage_days AS u WHERE ${whose} AND u."dayOn" >= ${day(from)}`
}

function noteOf(period: Period): string {
  if (period === 'minute') return 'An estimate: usage is kept by quarter hours, and calls within one are taken as even. Real peaks would have been refused more often.'
  return 'Counted from what was used in production. Calls that other limits refused then are not in it.'
}
