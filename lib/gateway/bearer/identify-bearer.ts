import { hash, randomBytes } from 'node:crypto'
import { hasValidChecksum } from '@/lib/ids'
import { oauthHash } from '@/lib/oauth/token-hash'
import type { Bearer } from '@/lib/gateway/bearer/bearer'
import type { BearerFacts, BearerSettings } from '@/lib/gateway/bearer/bearer-settings'
import { introspect } from '@/lib/gateway/bearer/introspect'
import { verifyJwt } from '@/lib/gateway/bearer/verify-jwt'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { Identity, LiveDirectory } from '@/lib/gateway/live-directory'

/** Longest token anybody may come with; JWTs with many claims are long. */
const TOKEN_LENGTH_MAX = 8_192

/**
 * A token to its application, with the end user and the scopes it speaks for; null for one that is no good. At once
 * where it was seen before. Throws `AppError('unavailable')` where database or provider is needed and away. Without
 * `mayLookUp` only tokens that were good here before are recognised, and those whose provider has signed them: that is
 * seen without asking anybody, cannot be guessed, and their callers come with a new one every few minutes.
 */
export function identifyBearer(directory: LiveDirectory, product: CompiledProduct, token: string, now: number, mayLookUp = true): Identity | null | Promise<Identity | null> {
  if (isNoToken(token)) return null
  const settings = product.bearer!
  const digest = digestOf(product, settings, token)
  const facts = settings.mode === 'oauth' ? directory.bearer.tokens.peek(digest, now) : directory.bearer.foreign.peek(digest, now)
  if (facts === null) return null
  if (facts !== undefined) {
    const identity = directory.identities.peek(digest, now)
    if (identity === null || identity?.bearer === facts) return identity
  }
  if (!mayLookUp && settings.mode !== 'oidc' && !directory.bearer.memory.wasGood(digest)) return null
  return load(directory, product, settings, digest, token, now)
}

/**
 * What a refused token says about its address: `ended` where it was good once, `counted` where it counts already as one
 * that nobody knows, `strange` where it is to be counted (PW-2).
 */
export function strangenessOf({ bearer }: LiveDirectory, product: CompiledProduct, token: string, now: number): 'ended' | 'counted' | 'strange' {
  const digest = digestOf(product, product.bearer!, isNoToken(token) ? '' : token)
  if (bearer.memory.wasGood(digest)) return 'ended'
  return bearer.memory.isNewStranger(digest, now) ? 'strange' : 'counted'
}

const isNoToken = (token: string) => token === '' || token.length > TOKEN_LENGTH_MAX || token.includes('\0')

async function load(directory: LiveDirectory, product: CompiledProduct, settings: BearerSettings, digest: string, token: string, now: number): Promise<Identity | null> {
  const facts = await readFacts(directory, product, settings, digest, token, now)
  if (!facts) return null
  const identity = await directory.identities.load(digest, now, async () => {
    const found = await directory.data.application(product.productId, facts.appId)
    return found && { application: found.application, credentialId: null, expiresAt: facts.validUntil, bearer: facts, subject: null }
  })
  if (identity && identity.bearer !== facts) {
    // The token was read anew while the application was still known.
    identity.bearer = facts
    identity.expiresAt = facts.validUntil
  }
  return identity
}

function readFacts(directory: LiveDirectory, product: CompiledProduct, settings: BearerSettings, digest: string, token: string, now: number): BearerFacts | null | Promise<BearerFacts | null> {
  const { bearer, data } = directory
  const isKnown = () => bearer.memory.noteGood(digest)
  if (settings.mode !== 'oauth') return bearer.foreign.peek(digest, now) ?? bearer.foreign.load(digest, now, `${product.productId}|${product.environment}`, () => check(bearer, product, settings, token, now, isKnown))
  // KEY-1: a mistyped token of ours is refused without a look-up.
  if (!hasValidChecksum(token)) return null
  return bearer.tokens.load(digest, now, async () => {
    const found = await data.accessToken(product.productId, product.environment, oauthHash('access', product.productId, product.environment, token))
    if (found) isKnown()
    return found && (found.ended ? null : found.facts)
  })
}

/** `isKnown` is told of a token that is its issuer's, though it may have ended. */
async function check(bearer: Bearer, product: CompiledProduct, settings: BearerSettings, token: string, now: number, isKnown: () => void): Promise<BearerFacts | null> {
  const facts = await (settings.mode === 'oidc' ? verifyJwt(bearer.providers, product.tenantId, settings, token, now, isKnown) : introspect(product, settings, token, now, bearer.policy))
  if (facts) isKnown()
  return facts
}

/** Salted per process, as for keys: no token lies in memory by itself and none is compared byte by byte. */
function digestOf({ productId, environment }: CompiledProduct, { key }: BearerSettings, token: string): string {
  return hash('sha256', `${SALT}|${productId}|${environment}|${key}|${token}`, 'base64url')
}

const SALT = randomBytes(32).toString('base64url')
