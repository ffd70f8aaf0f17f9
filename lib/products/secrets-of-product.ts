import { encryptSecret, decryptSecret, lookupHash, randomToken, type SecretPlace } from '@/lib/crypto'
import { newKey } from '@/lib/ids'

/** The secret token the gateway shows to the tenant's API, and the service token with which other gateways speak to us. */
const secretTokenPlace = (tenantId: bigint | number, productId: bigint | number): SecretPlace => ({ tenantId, table: 'products', row: productId, column: 'secretToken' })

export const serviceTokenPlace = (tenantId: bigint | number, productId: bigint | number): SecretPlace => ({ tenantId, table: 'products', row: productId, column: 'serviceToken' })

/** Without a prefix of ours: it travels to the tenant's API only. */
export function newSecretToken(): string {
  return randomToken()
}

export function sealSecretToken(tenantId: bigint, productId: bigint, secretToken: string): string {
  return encryptSecret(secretToken, secretTokenPlace(tenantId, productId))
}

export function openSecretToken(tenantId: bigint | number, productId: bigint | number, cipher: string): string {
  return decryptSecret(cipher, secretTokenPlace(tenantId, productId))
}

/** The look-up of a service token. Bound to nothing else: accounting finds the product by it, then compares `service_id`. */
export function serviceTokenHash(token: string): string {
  return lookupHash(`service_token|${token}`)
}

export function makeServiceToken(tenantId: bigint, productId: bigint): { serviceTokenHash: string; serviceTokenCipher: string } {
  const token = newKey('st')
  return { serviceTokenHash: serviceTokenHash(token), serviceTokenCipher: encryptSecret(token, serviceTokenPlace(tenantId, productId)) }
}
