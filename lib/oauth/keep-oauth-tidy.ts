import { ownerPool } from '@/lib/db/pools'

/**
 * Deletes what has ended, of all tenants: hand-offs at their end; codes a day after theirs, so that a second use is still
 * known for one; tokens a day after theirs; grants without a token a day after they were given or revoked. Bounded per run;
 * gives how many rows went.
 */
export async function pruneOauth(now: Date): Promise<number> {
  const before = new Date(now.getTime() - 86_400_000)
  let deleted = 0
  const prune = async (text: string, end = before) => (deleted += (await ownerPool().query(text, [end])).rowCount ?? 0)
  for (const [table, end] of [['oauth_handoffs', now], ['oauth_codes', before], ['oauth_tokens', before]] as const)
    await prune(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE "expiresAt" < $1 LIMIT ${ROWS_MAX})`, end)
  await prune(
    `DELETE FROM oauth_grants WHERE id IN (SELECT g.id FROM oauth_grants g
       WHERE g."createdAt" < $1 AND (g."revokedAt" IS NULL OR g."revokedAt" < $1) AND NOT EXISTS (SELECT 1 FROM oauth_tokens t WHERE t."tenantId" = g."tenantId" AND t."grantId" = g.id) AND NOT EXISTS (SELECT 1 FROM oauth_codes c WHERE c."tenantId" = g."tenantId" AND c."grantId" = g.id)
       LIMIT ${ROWS_MAX})`,
  )
  return deleted
}

const ROWS_MAX = 10_000
