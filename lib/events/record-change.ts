import type { TenantTx } from '@/lib/db/tenant-db'

/** What a cache may hold that is no longer true. */
export type ChangeTopic = 'product' | 'plan' | 'application' | 'end_user' | 'session' | 'tenant' | 'host' | 'oauth_grant'

export const CHANGES_CHANNEL = 'gatehouse_changes'

/**
 * Tells the caches of every process, in the transaction of the change; in force everywhere within a second of the
 * commit (`followChanges`). The row is the promise, the notification only makes it faster. Never on a path that runs per
 * call: commits that notify wait for one another.
 */
export async function recordChange(tx: TenantTx, change: { tenantId: bigint; topic: ChangeTopic; subjectId?: bigint | null }): Promise<void> {
  await tx.$executeRaw`
    WITH written AS (INSERT INTO change_log ("tenantId", topic, "subjectId") VALUES (${change.tenantId}, ${change.topic}, ${change.subjectId ?? null}) RETURNING id)
    SELECT pg_notify(${CHANGES_CHANNEL}, '') FROM written`
}
