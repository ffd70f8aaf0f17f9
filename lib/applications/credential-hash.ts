import { lookupHash } from '@/lib/crypto'

/** The look-up of a `user_key`: bound to its product, so that a key of another product or tenant is an unknown key (KEY-6). */
export function userKeyHash(productId: bigint | number, key: string): string {
  return lookupHash(`user_key|${productId}|${key}`)
}

/** The look-up of an `app_key`: bound to its application, so that two applications may hold the same custom key. */
export function appKeyHash(productId: bigint | number, applicationId: bigint | number, key: string): string {
  return lookupHash(`app_key|${productId}|${applicationId}|${key}`)
}
