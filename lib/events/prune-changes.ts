import { ownerPool } from '@/lib/db/system-db'

/** Forgets news that every process has long heard: rows older than an hour. For the jobs; returns how many went. */
export async function pruneChanges(): Promise<number> {
  const { rowCount } = await ownerPool().query(`DELETE FROM change_log WHERE "createdAt" < now() - interval '1 hour'`)
  return rowCount ?? 0
}
