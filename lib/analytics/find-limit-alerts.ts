import { Prisma } from '@/lib/db/generated/client'
import { systemDb } from '@/lib/db/system-db'
import { recordEvent } from '@/lib/events/record-event'
import { periods, windowOf } from '@/lib/metering/periods'
import { defaultPortalSettings } from '@/lib/tenants/portal-settings'

const MINUTE_MS = 60_000
/** Calls are booked a second or two after they were let through; a dead process's after a minute. */
const RECENT_MS = 3 * MINUTE_MS
/** A window that has just ended may have been filled in its last moment. */
const LATE_MS = 2 * MINUTE_MS
const BATCH = 500

/**
 * Tells of limits that reached a level the tenant chose (USE-6), in production, of partners' applications; limits of
 * value 0 are none. Answers how many rows it made: 0 when there is nothing more to find.
 *
 * Each level is a row once per application, metric, period and window: the unique key decides, so that any number of
 * processes may look at the same time. Several levels crossed at once become a row each, and the highest is announced.
 * So that nobody is flooded, minute windows of one hour count as one window, and an hourly limit is announced once a day
 * and level.
 *
 * `everything: false` looks at applications that called in the last minutes, which is where counters move; `true` at
 * all, for counters that were booked late, limits that were lowered, and levels that were chosen anew.
 */
export async function findLimitAlerts(now: Date, { everything = false }: { everything?: boolean } = {}): Promise<number> {
  const windows = periods.flatMap((period) => {
    const starts = new Set([now.getTime(), now.getTime() - MINUTE_MS, now.getTime() - LATE_MS].map((at) => windowOf(period, at).start))
    return [...starts].map((start) => ({ period, at: new Date(start).toISOString() }))
  })
  const since = everything ? null : new Date(now.getTime() - RECENT_MS).toISOString()
  return systemDb('limit alerts of every tenant').$transaction(
    async (tx) => {
      const made = await tx.$queryRaw<{ id: bigint }[]>`
        INSERT INTO limit_alerts ("tenantId", "productId", "accountId", "applicationId", "metricId", period, "windowAt", level, value, "limitValue", "createdAt")
        SELECT * FROM (${reachedLevels(windows, since, now)}) AS reached
        -- The highest first, so that a batch that ends between two levels of a window has told the right one. One order for all.
        ORDER BY "tenantId", "applicationId", "metricId", period, "windowAt", level DESC, value DESC LIMIT ${BATCH}
        ON CONFLICT ("tenantId", "applicationId", "metricId", period, "windowAt", level) DO NOTHING RETURNING id`
      if (made.length === 0) return 0
      const news = await tx.$queryRaw<News[]>`
        SELECT mine.id, mine."tenantId", mine."productId", mine."accountId", mine."applicationId", mine.level FROM limit_alerts AS mine
        WHERE mine.id = ANY (${made.map(({ id }) => id)}::int8[])
          AND NOT EXISTS (SELECT FROM limit_alerts AS higher WHERE ${SAME_LIMIT(Prisma.raw('higher'))} AND higher."windowAt" = mine."windowAt" AND higher.level > mine.level)
          AND NOT (mine.period = 'hour' AND EXISTS (
            SELECT FROM limit_alerts AS earlier WHERE ${SAME_LIMIT(Prisma.raw('earlier'))} AND earlier.level >= mine.level
              AND earlier."windowAt" >= date_trunc('day', mine."windowAt", 'UTC') AND earlier."windowAt" < mine."windowAt"))
        ORDER BY mine.id`
      for (const { id, tenantId, productId, accountId, applicationId, level } of news)
        await recordEvent(tx, { tenantId, type: 'limit_alert.reached', data: { alertId: Number(id), applicationId: Number(applicationId), accountId: Number(accountId), productId: Number(productId), level } })
      return made.length
    },
    { timeout: 60_000 },
  )
}

type News = { id: bigint; tenantId: bigint; productId: bigint; accountId: bigint; applicationId: bigint; level: number }

const SAME_LIMIT = (other: Prisma.Sql) =>
  Prisma.sql`${other}."tenantId" = mine."tenantId" AND ${other}."applicationId" = mine."applicationId" AND ${other}."metricId" = mine."metricId" AND ${other}.period = mine.period`

/** Levels that counters of the given windows have reached and that no row tells yet. */
function reachedLevels(windows: { period: string; at: string }[], since: string | null, now: Date): Prisma.Sql {
  return Prisma.sql`
    SELECT found."tenantId", found."productId", found."accountId", found."applicationId", found."metricId", found.period, found."windowAt", found.level, found.value, found."limitValue", ${now.toISOString()}::timestamptz
    FROM (
      SELECT a."tenantId", a."productId", a."accountId", a.id AS "applicationId", l."metricId", l.period,
        CASE l.period WHEN 'minute' THEN date_trunc('hour', c."windowAt", 'UTC') ELSE c."windowAt" END AS "windowAt", chosen.level, c.value, l.value AS "limitValue"
      FROM applications AS a
      JOIN limits AS l ON l."tenantId" = a."tenantId" AND l."planId" = a."planId" AND l.value > 0
      JOIN metrics AS m ON m."tenantId" = l."tenantId" AND m.id = l."metricId" AND m."retiredAt" IS NULL
      JOIN unnest(${windows.map(({ period }) => period)}::text[], ${windows.map(({ at }) => at)}::timestamptz[]) AS w (period, at) ON w.period = l.period
      -- One look by its whole key for each limit of each application, never a scan of the counters.
      CROSS JOIN LATERAL (
        SELECT held."windowAt", held.value FROM limit_counters AS held WHERE held."tenantId" = a."tenantId" AND held.environment = 'production' AND held.subject = 'app:' || a.id
          AND held."metricId" = l."metricId" AND held.period = l.period AND held."windowAt" = w.at LIMIT 1
      ) AS c
      LEFT JOIN portal_settings AS s ON s."tenantId" = a."tenantId"
      CROSS JOIN LATERAL unnest(coalesce(s."alertLevels", ${defaultPortalSettings.alertLevels}::int4[])) AS chosen (level)
      WHERE a.kind = 'partner' AND a."accountId" IS NOT NULL ${since === null ? Prisma.empty : Prisma.sql`AND a."lastCallAt" >= ${since}::timestamptz`} AND c.value * 100 >= l.value * chosen.level
    ) AS found
    WHERE NOT EXISTS (
      SELECT FROM limit_alerts AS told WHERE told."tenantId" = found."tenantId" AND told."applicationId" = found."applicationId" AND told."metricId" = found."metricId"
        AND told.period = found.period AND told."windowAt" = found."windowAt" AND told.level = found.level)`
}

/** Alerts older than the longest window that ends. Those of limits for ever stay: without the row they would be told again. */
export async function deleteOldLimitAlerts(now: Date): Promise<void> {
  await systemDb('limit alerts past keeping').$executeRaw`DELETE FROM limit_alerts WHERE "createdAt" < ${new Date(now.getTime() - KEPT_MS).toISOString()}::timestamptz AND period <> 'eternity'`
}

const KEPT_MS = 400 * 24 * 60 * MINUTE_MS
