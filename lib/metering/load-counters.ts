import type pg from 'pg'
import { type Clock, systemClock } from '@/lib/clock'
import { AppError, isAppError } from '@/lib/errors'
import type { CounterSubject, LoadCounters, StoredCounter } from '@/lib/metering/counter-store'
import type { Journal } from '@/lib/metering/journal'
import { type Period, windowOf } from '@/lib/metering/periods'

/**
 * What is stored of a subject: `limit_counters` plus what the journal has not booked yet. Which batches are booked is
 * read in the same statement, hence the same snapshot, as the counters: no record is missed and none is added twice.
 *
 * A limit without a counter in its present window may be new: it goes on from the usage booked since the window began,
 * which is written down as its counter at once, before anybody counts on. Of minutes there is no usage that fine; hours
 * of end users neither. Rejects with `AppError('unavailable')`.
 */
export function createCounterLoader({ pool, journal, clock = systemClock }: { pool: pg.Pool; journal: Pick<Journal, 'pendingOf' | 'whenComplete'>; clock?: Clock }): LoadCounters {
  return async (asked) => {
    try {
      const { tenantId, environment, subject } = asked
      await journal.whenComplete(WAIT_MS)
      // Taken before Postgres is asked: what is booked in between is recognised by its id.
      const { batches } = journal.pendingOf(environment, subject)
      const values = [tenantId, environment, subject, batches.map(({ id }) => id), ...seedValues(asked, clock.now())]
      const query: pg.QueryConfig & { query_timeout: number } = { name: 'load-counters', text: SQL, values, query_timeout: QUERY_MS }
      const { rows } = await pool.query<Row>(query)
      const booked = new Set(rows.filter(({ batch }) => batch !== null).map(({ batch }) => batch))
      const counters = new Map<string, StoredCounter>()
      const add = ({ metricId, period, windowStart, value }: StoredCounter) => {
        const key = `${metricId}:${period}:${windowStart}`
        const same = counters.get(key)
        if (same) same.value += value
        else counters.set(key, { metricId, period, windowStart, value })
      }
      for (const { batch, metricId, period, windowStart, value } of rows) if (batch === null) add({ metricId, period, windowStart, value })
      for (const { id, counters: pending } of batches) if (!booked.has(id)) pending.forEach(add)
      return [...counters.values()]
    } catch (error) {
      if (isAppError(error)) throw error
      throw new AppError('unavailable', { retryAfterSeconds: 2, cause: error })
    }
  }
}

const WAIT_MS = 5_000
const QUERY_MS = 2_000

type Row = { batch: string | null; metricId: number; period: Period; windowStart: number; value: number }

/** $5 on: product, application (0: an end user's over all of them), end user (0: none), start of the hour, then the limits as columns. */
function seedValues({ productId, subject, limits }: CounterSubject, now: number): unknown[] {
  const [kind, id, within] = subject.split(':')
  const [applicationId, endUserId] = kind === 'app' ? [id, 0] : [within ?? 0, id]
  const seeded = limits.filter(({ period }) => period !== 'minute' && (kind === 'app' || period !== 'hour'))
  const starts = seeded.map(({ period }) => new Date(windowOf(period, now).start))
  return [productId, applicationId, endUserId, new Date(windowOf('hour', now).start), seeded.map(({ metricId }) => metricId), seeded.map(({ period }) => period), starts]
}

const OF_APPLICATION = `u."tenantId" = $1 AND u.environment = $2 AND u."productId" = $5 AND u."applicationId" = $6 AND u."metricId" = w.metric`

const SQL = `
WITH wanted AS (
  SELECT * FROM unnest($9::int8[], $10::text[], $11::timestamptz[]) AS w (metric, period, starts)
  WHERE NOT EXISTS (SELECT 1 FROM limit_counters c WHERE c."tenantId" = $1 AND c.environment = $2 AND c.subject = $3 AND c."metricId" = w.metric AND c.period = w.period AND c."windowAt" = w.starts)
), used AS (
  SELECT w.metric, w.period, w.starts, CASE
    WHEN $7::int8 > 0 THEN (
      SELECT sum(u.value) FROM end_user_usage_days u
      WHERE u."tenantId" = $1 AND u.environment = $2 AND u."productId" = $5 AND u."endUserId" = $7 AND u."metricId" = w.metric AND ($6::int8 = 0 OR u."applicationId" = $6) AND u."dayOn" >= (w.starts AT TIME ZONE 'UTC')::date)
    WHEN w.period = 'hour' THEN (SELECT sum(u.value) FROM usage_buckets u WHERE ${OF_APPLICATION} AND u."bucketAt" >= $8::timestamptz AND u."bucketAt" < $8::timestamptz + interval '1 hour')
    WHEN w.period IN ('year', 'eternity') THEN (SELECT sum(u.value) FROM usage_months u WHERE ${OF_APPLICATION} AND u."monthOn" >= (w.starts AT TIME ZONE 'UTC')::date)
    ELSE (SELECT sum(u.value) FROM usage_days u WHERE ${OF_APPLICATION} AND u."dayOn" >= (w.starts AT TIME ZONE 'UTC')::date)
  END::int8 AS value FROM wanted AS w
), seeded AS (
  INSERT INTO limit_counters ("tenantId", environment, "productId", subject, "metricId", period, "windowAt", value)
  SELECT $1, $2, $5, $3, metric, period, starts, value FROM used WHERE value > 0 ORDER BY metric, period
  ON CONFLICT DO NOTHING
)
SELECT NULL AS batch, "metricId", period, (extract(epoch FROM "windowAt") * 1000)::int8 AS "windowStart", value FROM (
  SELECT DISTINCT ON ("metricId", period) "metricId", period, "windowAt", value FROM limit_counters
  WHERE "tenantId" = $1 AND environment = $2 AND subject = $3 ORDER BY "metricId", period, "windowAt" DESC
) AS latest
UNION ALL
SELECT NULL, metric, period, (extract(epoch FROM starts) * 1000)::int8, value FROM used WHERE value > 0
UNION ALL
SELECT id, 0, '', 0, 0 FROM usage_batches WHERE id = ANY ($4::text[])`
