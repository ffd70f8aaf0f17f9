import { ownerPool } from '@/lib/db/system-db'

/** Runs `work` unless another process is at it (JOB-2). Answers false when it was left to the other. */
export async function withLock(name: string, work: () => Promise<unknown>): Promise<boolean> {
  const client = await ownerPool().connect()
  let broken = true
  try {
    // Bound to a transaction, so that it ends with the connection and passes through poolers as well.
    await client.query('BEGIN')
    const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock(7402130, hashtext($1)) AS mine', [name])
    const mine = rows[0]?.mine ?? false
    if (mine) await work()
    await client.query('COMMIT')
    broken = false
    return mine
  } finally {
    client.release(broken)
  }
}
