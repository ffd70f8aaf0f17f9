import { ownerPool } from '@/lib/db/system-db'
import { DEAD_LETTERS } from '@/lib/jobs/start-worker'

export type DeadLetter = { id: string; data: unknown; source: string | null; createdAt: Date }

/** Jobs that failed ten times, the latest first; for the operator. */
export async function listDeadLetters(limit = 100): Promise<DeadLetter[]> {
  const { rows } = await ownerPool().query<{ id: string; data: unknown; source_name: string | null; created_on: Date }>(
    'SELECT id, data, source_name, created_on FROM pgboss.job WHERE name = $1 ORDER BY created_on DESC LIMIT $2',
    [DEAD_LETTERS, limit],
  )
  return rows.map((row) => ({ id: row.id, data: row.data, source: row.source_name, createdAt: row.created_on }))
}
