import type pg from 'pg'
import { callsKept } from '@/lib/calls/call-record'
import { ownerPool } from '@/lib/db/pools'

/** Looked at every minute; a worker that was away for a while catches up on who called meanwhile. */
const LATELY_MS = 3_600_000

/**
 * Removes calls older than a week, all but the newest 1,000 of each application and of each product's strangers, and
 * shares that have expired. In small portions; answers how many rows went, 0 when it is done.
 */
export async function pruneCalls(now: Date, pool: pg.Pool = ownerPool()): Promise<number> {
  const old = await pool.query(
    `DELETE FROM call_records WHERE id = ANY (ARRAY(SELECT id FROM call_records WHERE at < $1 LIMIT 10000))`,
    [new Date(now.getTime() - callsKept.days * 86_400_000)],
  )
  const shares = await pool.query(`DELETE FROM call_shares WHERE "expiresAt" < $1`, [now])
  // Only who called lately can have too many by now; the index gives the place where the newest thousand end.
  const many = await pool.query(
    `WITH lately AS (
       SELECT DISTINCT "tenantId", "productId", "applicationId" FROM call_records WHERE at > $3
     ), ends AS (
       SELECT l.*, (SELECT r.id FROM call_records r WHERE r."tenantId" = l."tenantId" AND r."applicationId" = l."applicationId" AND r."productId" = l."productId"
                     ORDER BY r.id DESC OFFSET (CASE WHEN l."applicationId" = 0 THEN $2::int ELSE $1::int END) LIMIT 1) AS last
         FROM lately l
     )
     DELETE FROM call_records WHERE id = ANY (ARRAY(
       SELECT r.id FROM ends e JOIN call_records r ON r."tenantId" = e."tenantId" AND r."applicationId" = e."applicationId" AND r."productId" = e."productId" AND r.id <= e.last LIMIT 10000))`,
    [callsKept.perApplication, callsKept.strangersPerProduct, new Date(now.getTime() - LATELY_MS)],
  )
  const removed = (old.rowCount ?? 0) + (shares.rowCount ?? 0) + (many.rowCount ?? 0)
  return removed < 1_000 ? 0 : removed
}
