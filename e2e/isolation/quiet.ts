import { expect } from '@playwright/test'
import type { Client } from 'pg'
import { patiently } from '@/e2e/harness/world'

/** The worker has nothing left to do, neither events to hand on nor jobs made of them: what it writes for an event of the seed is no change of a test. */
export async function quiet(db: Client, tenantIds: number[]): Promise<void> {
  await expect(async () => {
    const { rows } = await db.query<{ events: number; jobs: number }>(
      `SELECT (SELECT count(*)::int FROM events WHERE "tenantId" = ANY($1) AND "processedAt" IS NULL) AS events,
              (SELECT count(*)::int FROM pgboss.job WHERE (data->>'tenantId')::bigint = ANY($1) AND state IN ('created', 'retry', 'active') AND name <> 'dead-letters') AS jobs`,
      [tenantIds],
    )
    expect(rows[0]).toEqual({ events: 0, jobs: 0 })
  }).toPass(patiently)
}
