import { ownerPool } from '@/lib/db/system-db'

const DAYS = 30

/**
 * Names of deleted domains stay nobody's for thirty days (ZONE-4): visitors who still have the old links must not meet
 * a stranger. Whoever had one may have it back. Of no tenant, so these run on the owner's pool.
 */
export async function reserveName(name: string, formerTenantId: bigint, now: Date): Promise<void> {
  await ownerPool().query(
    `INSERT INTO reserved_hosts (name, "formerTenantId", until) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO UPDATE SET "formerTenantId" = excluded."formerTenantId", until = excluded.until`,
    [name, formerTenantId, new Date(now.getTime() + DAYS * 86_400_000)],
  )
}

/** Until when a name is kept from this tenant; null: it is free. */
export async function findReservation(name: string, tenantId: bigint, now: Date): Promise<Date | null> {
  const { rows } = await ownerPool().query<{ until: Date }>('SELECT until FROM reserved_hosts WHERE name = $1 AND "formerTenantId" <> $2 AND until > $3', [name, tenantId, now])
  return rows[0]?.until ?? null
}

/** Reservations that are over; run by the clock. */
export async function deleteOldReservations(now: Date): Promise<void> {
  await ownerPool().query('DELETE FROM reserved_hosts WHERE until < $1', [now])
}
