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
  secretHashes: string[]
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
        select: { hash: true },
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
      secretHashes: row.credentials.map((credential) => credential.hash),
    }
  )
}

/** Whether the secret is one of the client's; an unknown client runs the same steps (KEY-3). */
export function isSecretOf({ productId }: OauthSite, client: OauthClient | null, secret: string): boolean {
  if (secret === '' || secret.length > ID_LENGTH_MAX) return false
  const wanted = Buffer.from(appKeyHash(productId, client?.applicationId ?? 0n, secret))
  let found = false
  for (const hash of client && client.secretHashes.length > 0 ? client.secretHashes : [NO_HASH]) {
    const stored = Buffer.from(hash)
    if (stored.length === wanted.length && timingSafeEqual(stored, wanted)) found = true
  }
  return found && client !== null
}

// As long as an HMAC-SHA-256 in base64url, and the hash of nothing.
const NO_HASH = '-'.repeat(43)
