import { decryptSecret, encryptSecret, type SecretPlace } from '@/lib/crypto'

/** The secret with which we ask the tenant's authorization server about tokens; part of what is promoted, so it stands sealed in stored versions too. */
const place = (tenantId: bigint | number, productId: bigint | number): SecretPlace => ({ tenantId, table: 'products', row: productId, column: 'introspectionSecret' })

export const sealIntrospectionSecret = (tenantId: bigint, productId: bigint, secret: string): string => encryptSecret(secret, place(tenantId, productId))

export const openIntrospectionSecret = (tenantId: bigint | number, productId: bigint | number, cipher: string): string => decryptSecret(cipher, place(tenantId, productId))
