import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { appKeyHash, userKeyHash } from '@/lib/applications/credential-hash'
import { hasValidChecksum } from '@/lib/ids'
import { identifyBearer } from '@/lib/gateway/bearer/identify-bearer'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { Identity, LiveDirectory } from '@/lib/gateway/live-directory'
import type { LiveData, LiveKey } from '@/lib/gateway/load-live'
import type { Credentials } from '@/lib/gateway/read-credentials'

/** Longest key a tenant may set (reference gateway 1.1); nothing longer is worth hashing. */
const KEY_LENGTH_MAX = 256

/**
 * Credentials to application, or null for a stranger. Look-up by keyed hash inside the product, so a key of another
 * product or tenant is like any random string (KEY-6); at once where the credential was seen before. Throws
 * `AppError('unavailable')` where the database is away and the credential is not remembered. Without `mayLookUp` only keys
 * that are remembered are recognised.
 */
export function identify(directory: LiveDirectory, product: CompiledProduct, credentials: Credentials, now: number, mayLookUp = true): Identity | null | Promise<Identity | null> {
  const { appId, key } = credentials
  if (product.bearer !== null) return identifyBearer(directory, product, key, now, mayLookUp)
  if (key === '' || key.length > KEY_LENGTH_MAX || (appId !== null && (appId === '' || appId.length > KEY_LENGTH_MAX))) return null
  // Postgres knows no NUL in a text: nobody has such an id, and asking would fail like a database that is away.
  if (appId?.includes('\0')) return null
  const digest = digestOf(product, credentials)
  const known = directory.identities.peek(digest, now)
  if (known !== undefined) return known
  // KEY-1: a mistyped key of ours is refused without a look-up. A key that was seen lately has been through this.
  if (!mayLookUp || !hasValidChecksum(key)) return null
  return directory.identities.load(digest, now, () => (appId === null ? byUserKey(directory.data, product.productId, key) : byAppKey(directory.data, product.productId, appId, key)))
}

async function byUserKey(data: LiveData, productId: number, key: string): Promise<Identity | null> {
  const wanted = userKeyHash(productId, key)
  const found = await data.userKey(productId, wanted)
  // An unknown key runs the same steps (KEY-3).
  return sameHash(found?.hash ?? NO_HASH, wanted) && found ? { application: found.application, credentialId: found.credentialId, expiresAt: found.expiresAt, bearer: null, subject: null } : null
}

async function byAppKey(data: LiveData, productId: number, appId: string, secret: string): Promise<Identity | null> {
  const found = await data.application(productId, appId)
  const wanted = appKeyHash(productId, found?.application.id ?? 0, secret)
  let match: LiveKey | null = null
  // Every live key is compared, none ends the search early; without an application one that fits nothing (KEY-3).
  for (const key of found && found.keys.length > 0 ? found.keys : [NO_KEY]) if (sameHash(key.hash, wanted)) match = key
  return found && match ? { application: found.application, credentialId: match.id, expiresAt: match.expiresAt, bearer: null, subject: null } : null
}

function sameHash(stored: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(stored), Buffer.from(wanted)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** The cache key: a digest salted per process, so that no key lies in memory by itself and none is compared byte by byte. */
function digestOf({ productId, environment }: CompiledProduct, { appId, key }: Credentials): string {
  return hash('sha256', `${SALT}|${productId}|${environment}|${appId === null ? '' : `${appId.length}|${appId}`}|${key}`, 'base64url')
}

const SALT = randomBytes(32).toString('base64url')
// As long as an HMAC-SHA-256 in base64url, and the hash of nothing.
const NO_HASH = '-'.repeat(43)
const NO_KEY: LiveKey = { id: 0, hash: NO_HASH, expiresAt: null }
