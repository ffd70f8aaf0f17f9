import { appKeyHash, userKeyHash } from '@/lib/applications/credential-hash'
import { encryptSecret, type SecretPlace } from '@/lib/crypto'
import type { TenantTx } from '@/lib/db/tenant-db'
import { maskKey } from '@/lib/ids'

export type CredentialKind = 'user_key' | 'app_key'

export type NewCredential = { tenantId: bigint; productId: bigint; applicationId: bigint; kind: CredentialKind; key: string }

/** Stores a key: its look-up hash, its ciphertext bound to the new row (KEY-2), and a hint for lists. Throws P2002 where the key is taken. */
export async function insertCredential(tx: TenantTx, { tenantId, productId, applicationId, kind, key }: NewCredential): Promise<{ id: bigint; hint: string }> {
  const hash = kind === 'user_key' ? userKeyHash(productId, key) : appKeyHash(productId, applicationId, key)
  const { id, hint } = await tx.credential.create({ data: { tenantId, productId, applicationId, kind, hash, hint: maskKey(key) }, select: { id: true, hint: true } })
  await tx.credential.update({ where: { id }, data: { cipher: encryptSecret(key, credentialPlace(tenantId, id)) }, select: { id: true } })
  return { id, hint }
}

/** Where a credential's ciphertext stands. */
export function credentialPlace(tenantId: bigint, credentialId: bigint): SecretPlace {
  return { tenantId, table: 'credentials', row: credentialId, column: 'cipher' }
}
