import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { env } from '@/lib/env'
import { perProcess } from '@/lib/per-process'

/**
 * Keys for every purpose come from `SECRET_KEY` by HKDF (KEY-2). The first listed key writes; all of them read, so a
 * key is rotated by putting the new one in front. A look-up HMAC must stay stable: it uses the last (oldest) key.
 */
type KeyRing = { id: string; secret: string }[]

const ring = (): KeyRing => perProcess('keyRing', () => env().secretKeys.map((secret) => ({ id: createHash('sha256').update(secret).digest('base64url').slice(0, 8), secret })))

/** 32 bytes for a purpose, e.g. `session.admin.42`. Of the first key, or of the key with the given id. */
export function deriveKey(purpose: string, secret = ring()[0]!.secret): Buffer {
  const cache = perProcess('derivedKeys', () => new Map<string, Buffer>())
  const name = `${purpose}\n${createHash('sha256').update(secret).digest('base64url')}`
  let key = cache.get(name)
  if (!key) {
    key = Buffer.from(hkdfSync('sha256', secret, 'gatehouse', purpose, 32))
    // Purposes are few (realm × tenant at the most); the bound only keeps a mistake from growing.
    if (cache.size > 10_000) cache.clear()
    cache.set(name, key)
  }
  return key
}

/** Where a secret stands: tenant, table, row, column. A ciphertext copied to another place does not decrypt (KEY-2). */
export type SecretPlace = { tenantId: bigint | number; table: string; row: string | bigint | number; column: string }

const aadOf = (place: SecretPlace) => Buffer.from(`${place.tenantId}|${place.table}|${place.row}|${place.column}`)

/** AES-256-GCM with a random 96-bit nonce: `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. */
export function encryptSecret(plain: string, place: SecretPlace): string {
  const writer = ring()[0]!
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', deriveKey('secrets', writer.secret), nonce)
  cipher.setAAD(aadOf(place))
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `v1.${writer.id}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`
}

/** The plain text of `encryptSecret`. Throws where the place, the key or the bytes are not those it was sealed with. */
export function decryptSecret(sealed: string, place: SecretPlace): string {
  const [version, keyId, nonce, body] = sealed.split('.')
  const reader = ring().find((key) => key.id === keyId)
  if (version !== 'v1' || !reader || !nonce || !body) throw new Error('This secret cannot be read with the keys of SECRET_KEY')
  const bytes = Buffer.from(body, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', deriveKey('secrets', reader.secret), Buffer.from(nonce, 'base64url'))
  decipher.setAAD(aadOf(place))
  decipher.setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8')
}

/** HMAC-SHA-256 for look-ups (keys, access tokens), base64url. The pepper is a key of its own. */
export function lookupHash(text: string): string {
  return createHmac('sha256', deriveKey('lookup', ring().at(-1)!.secret)).update(text).digest('base64url')
}

/** SHA-256, base64url: for random tokens of 32 bytes (sessions, mail links). */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** 32 random bytes, base64url. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Compares two secrets in constant time (KEY-3). */
export function sameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
