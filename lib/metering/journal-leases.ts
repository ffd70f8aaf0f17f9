import type pg from 'pg'

/**
 * Who may touch the journal folder of a process nobody can look at (another machine on a shared disk). Its owner renews a
 * lease; when it has run out, the lease is replaced by a mark, which the owner would notice at its next renewal and move
 * to a new folder. Only after the mark has stood for several renewals the folder is adopted.
 */
export const RENEW_MS = 5_000

const MARK = 'adopt:'

/** False: somebody took us for dead. Open a new folder under a new name. */
export async function renewLease(pool: pg.Pool, name: string): Promise<boolean> {
  const { rows } = await pool.query<{ held: boolean }>({
    text: `WITH renewed AS (UPDATE journal_leases SET "renewedAt" = now() WHERE process = $1 RETURNING 1),
      made AS (INSERT INTO journal_leases (process) SELECT $1 WHERE NOT EXISTS (SELECT FROM renewed) AND NOT EXISTS (SELECT FROM journal_leases WHERE process = $2) ON CONFLICT DO NOTHING RETURNING 1)
      SELECT EXISTS (SELECT FROM renewed) OR EXISTS (SELECT FROM made) AS held`,
    values: [name, MARK + name],
  })
  return rows[0]!.held
}

/** Whether the folder of `name` may be adopted now; puts or keeps the mark where its lease has run out. */
export async function mayAdopt(pool: pg.Pool, name: string): Promise<boolean> {
  const { rows } = await pool.query<{ may: boolean }>({
    text: `WITH expired AS (DELETE FROM journal_leases WHERE process = $1 AND "renewedAt" < now() - interval '30 seconds' RETURNING 1),
      marked AS (INSERT INTO journal_leases (process) SELECT $2 WHERE EXISTS (SELECT FROM expired) OR NOT EXISTS (SELECT FROM journal_leases WHERE process IN ($1, $2)) ON CONFLICT DO NOTHING)
      SELECT EXISTS (SELECT FROM journal_leases WHERE process = $2 AND "renewedAt" < now() - interval '15 seconds')
        AND NOT EXISTS (SELECT FROM journal_leases WHERE process = $1) AS may`,
    values: [name, MARK + name],
  })
  return rows[0]!.may
}

/** After the folder is empty. */
export async function releaseLease(pool: pg.Pool, name: string): Promise<void> {
  await pool.query('DELETE FROM journal_leases WHERE process IN ($1, $2)', [name, MARK + name])
}
