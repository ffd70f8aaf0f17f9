import { expect } from '@playwright/test'
import type { Client } from 'pg'

/** The worker has nothing left to do: what it writes for an event of the seed is no change of a test. */
export async function quiet(db: Client, tenantIds: number[]): Promise<void> {
  await expect(async () => {
    const { rows } = await db.query<{ open: number }>(`SELECT count(*)::int AS open FROM events WHERE "tenantId" = ANY($1) AND "processedAt" IS NULL`, [tenantIds])
    expect(rows[0]!.open).toBe(0)
  }).toPass({ timeout: 30_000 })
}
