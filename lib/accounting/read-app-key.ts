import { credentialPlace } from '@/lib/applications/insert-credential'
import { decryptSecret } from '@/lib/crypto'
import { logger } from '@/lib/logger'
import type { AppKey } from '@/lib/accounting/load-data'

/** A key in the clear, for gateways that compare it themselves; empty where it was never kept or cannot be read. */
export function readAppKey(tenantId: number, { id, cipher }: AppKey): string {
  if (cipher === null) return ''
  try {
    return decryptSecret(cipher, credentialPlace(BigInt(tenantId), BigInt(id)))
  } catch (error) {
    logger.error({ err: error, credentialId: id }, 'an application key cannot be decrypted; was SECRET_KEY changed?')
    return ''
  }
}
