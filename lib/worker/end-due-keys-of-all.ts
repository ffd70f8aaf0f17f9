import { endDueKeys } from '@/lib/applications/end-keys'
import { ownerPool } from '@/lib/db/system-db'
import { tenantDb } from '@/lib/db/tenant-db'
import type { TenantFeatures } from '@/lib/tenants/context'
import { systemContext } from '@/lib/tenants/system-context'

/** Ends every tenant's keys whose time is up; answers how many. Gateways refuse them by themselves from that moment on. */
export async function endDueKeysOfAll(now: Date): Promise<number> {
  const { rows } = await ownerPool().query<{ tenantId: number }>(
    `SELECT DISTINCT "tenantId" FROM credentials
      WHERE "revokedAt" IS NULL AND ("expiresAt" <= $1 OR coalesce("lastUsedAt", "createdAt") <= $1::timestamptz - make_interval(days => "endsAfterUnusedDays")) LIMIT 100`,
    [now],
  )
  let ended = 0
  for (const { tenantId } of rows) {
    const tenant = await tenantDb(BigInt(tenantId)).tenant.findUnique({ where: { id: BigInt(tenantId) } })
    if (tenant) ended += await endDueKeys(systemContext({ ...tenant, features: tenant.features as TenantFeatures }, now))
  }
  return ended
}
