import { timingSafeEqual } from 'node:crypto'
import { appKeyHash } from '@/lib/applications/credential-hash'
import type { TenantDb } from '@/lib/db/tenant-db'
import type { OauthSite } from '@/lib/oauth/oauth-exchange'

/** An application in the role of an OAuth client: `client_id` is its application id, its secrets are its application keys. */
export type OauthClient = {
  applicationId: bigint
  clientId: string
  name: string
  isConfidential: boolean
  redirectUris: string[]
  /** Live, of an approved account. */
  usable: boolean
  secrets: { id: bigint; hash: string }[]
}

const ID_LENGTH_MAX = 256

/** The client of this product, or null. */
export async function findClient(db: TenantDb, { productId, now }: OauthSite, clientId: string | undefined): Promise<OauthClient | null> {
  if (clientId === undefined || clientId.length > ID_LENGTH_MAX) return null
  const row = await db.application.findFirst({
    where: { productId, appId: clientId },
    select: {
      id: true,
      appId: true,
      name: true,
      kind: true,
      state: true,
      clientType: true,
      redirectUris: true,
      account: { select: { state: true } },
      credentials: {
        where: { kind: 'app_key', revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
        orderBy: { id: 'desc' },
        take: 5,
        select: { id: true, hash: true },
      },
    },
  })
  return (
    row && {
      applicationId: row.id,
      clientId: row.appId,
      name: row.name,
      isConfidential: row.clientType !== 'public',
      redirectUris: row.redirectUris,
      usable: row.state === 'live' && (row.kind === 'test' || row.account?.state === 'approved'),
      secrets: row.credentials,
    }
  )
}

/** Which of the client's secrets it is, by the number of its credential; null for none. An unknown client runs the same steps (KEY-3). */
export function findSecretOf({ productId }: OauthSite, client: OauthClient | null, secret: string): bigint | null {
  if (secret === '' || secret.length > ID_LENGTH_MAX) return null
  const wanted = Buffer.from(appKeyHash(productId, client?.applicationId ?? 0n, secret))
  let found: bigint | null = null
  for (const { id, hash } of client && client.secrets.length > 0 ? client.secrets : [NO_SECRET]) {
    const stored = Buffer.from(hash)
    if (stored.length === wanted.length && timingSafeEqual(stored, wanted)) found = id
  }
  return client === null ? null : found
}

/**
 * Writes down that a client has proved itself with a secret: who looks at the application sees when, how often and from
 * where, and a secret that ends when it is no longer used goes on. Tokens themselves name no secret.
 */
export async function noteSecretUse(db: TenantDb, { tenantId, now, clientAddress }: OauthSite, credentialId: bigint, counts: boolean): Promise<void> {
  await db.$executeRaw`
    UPDATE credentials SET "lastUsedAt" = greatest("lastUsedAt", ${now}::timestamptz), "useCount" = "useCount" + 1, "lastAddress" = ${clientAddress}
     WHERE "tenantId" = ${tenantId} AND id = ${credentialId} AND "revokedAt" IS NULL
       AND (${counts} OR "lastUsedAt" IS NULL OR "lastUsedAt" < ${now}::timestamptz - interval '10 seconds')`
}

// As long as an HMAC-SHA-256 in base64url, and the hash of nothing.
const NO_SECRET = { id: 0n, hash: '-'.repeat(43) }
