import { decryptSecret, encryptSecret, type SecretPlace } from '@/lib/crypto'
import { newKey } from '@/lib/ids'

/** The secret between us and the tenant's login page (OA-9): it signs answers and opens the server-to-server calls. */
const place = (tenantId: bigint | number, productId: bigint | number): SecretPlace => ({ tenantId, table: 'products', row: productId, column: 'oauthSecret' })

export function makeLoginSiteSecret(tenantId: bigint, productId: bigint): { secret: string; oauthSecretCipher: string } {
  const secret = newKey('ls')
  return { secret, oauthSecretCipher: encryptSecret(secret, place(tenantId, productId)) }
}

export function openLoginSiteSecret(tenantId: bigint | number, productId: bigint | number, cipher: string): string {
  return decryptSecret(cipher, place(tenantId, productId))
}
