import type pg from 'pg'
import { AppError, isAppError } from '@/lib/errors'
import type { LoadCounters, StoredCounter } from '@/lib/metering/counter-store'
import type { Journal } from '@/lib/metering/journal'
import type { Period } from '@/lib/metering/periods'

/**
 * What is stored of a subject: `limit_counters` plus what the journal has not booked yet. Which batches are booked is
 * read in the same statement, hence the same snapshot, as the counters: no record is missed and none is added twice.
 * Rejects with `AppError('unavailable')`.
 */
export function createCounterLoader({ pool, journal }: { pool: pg.Pool; journal: Pick<Journal, 'pendingOf' | 'whenComplete'> }): LoadCounters {
  return async ({ tenantId, environment, subject }) => {
    try {
      await journal.whenComplete(WAIT_MS)
      // Taken before Postgres is asked: what is booked in between is recognised by its id.
      const { batches } = journal.pendingOf(environment, subject)
      const query: pg.QueryConfig & { query_timeout: number } = { name: 'load-counters', text: SQL, values: [tenantId, environment, subject, batches.map(({ id }) => id)], query_timeout: WAIT_MS }
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

type Row = { batch: string | null; metricId: number; period: Period; windowStart: number; value: number }

const SQL = `
SELECT NULL AS batch, "metricId", period, (extract(epoch FROM "windowAt") * 1000)::int8 AS "windowStart", value FROM (
  SELECT DISTINCT ON ("metricId", period) "metricId", period, "windowAt", value FROM limit_counters
  WHERE "tenantId" = $1 AND environment = $2 AND subject = $3 ORDER BY "metricId", period, "windowAt" DESC
) AS latest
UNION ALL
SELECT id, 0, '', 0, 0 FROM usage_batches WHERE id = ANY ($4::text[])`
