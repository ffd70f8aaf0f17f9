import type pg from 'pg'
import { ownerPool } from '@/lib/db/pools'
import { BATCHES_KEPT_MS } from '@/lib/metering/booker'
import { type Period, windowOf } from '@/lib/metering/periods'

/** Monthly partitions for this month and the next thirteen. Answers how many were made; running it again makes none. */
export async function ensurePartitions(now: Date, pool: pg.Pool = ownerPool()): Promise<number> {
  const { rows } = await pool.query<{ made: number }>('SELECT ensure_usage_partitions($1::date, 14) AS made', [now.toISOString().slice(0, 10)])
  return rows[0]!.made
}

/**
 * Removes limit counters of windows that have ended, ids of batches no journal can still hold, and leases of processes
 * long gone. At most 10,000 rows of a kind at once, so that nobody waits for it; answers how many, 0 when it is done.
 */
export async function pruneMetering(now: Date, pool: pg.Pool = ownerPool()): Promise<number> {
  let removed = 0
  for (const [period, keptMs] of KEPT) {
    // The start of the present window as it was a while ago: late records still find their counter, and a clock that is behind too.
    const before = new Date(windowOf(period, now.getTime() - keptMs).start)
    removed += await remove(pool, 'limit_counters', 'period = $2 AND "windowAt" < $1', [before, period])
  }
  removed += await remove(pool, 'usage_batches', '"bookedAt" < $1', [new Date(now.getTime() - BATCHES_KEPT_MS)])
  removed += await remove(pool, 'journal_leases', '"renewedAt" < $1', [new Date(now.getTime() - 7 * 86_400_000)])
  return removed < 1_000 ? 0 : removed
}

const KEPT: [Period, keptMs: number][] = [
  ['minute', 15 * 60_000],
  ['hour', 60 * 60_000],
  ['day', 86_400_000],
  ['week', 86_400_000],
  ['month', 86_400_000],
  ['year', 86_400_000],
]

async function remove(pool: pg.Pool, table: string, where: string, values: unknown[]): Promise<number> {
  const { rowCount } = await pool.query(`DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${where} LIMIT 10000))`, values)
  return rowCount ?? 0
}
