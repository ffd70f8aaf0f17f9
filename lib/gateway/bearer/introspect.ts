import { AppError } from '@/lib/errors'
import { egressFetch } from '@/lib/http/egress/egress-fetch'
import type { EgressPolicy } from '@/lib/http/egress/policy'
import { logger } from '@/lib/logger'
import { openIntrospectionSecret } from '@/lib/products/introspection-secret'
import type { BearerFacts, BearerSettings } from '@/lib/gateway/bearer/bearer-settings'
import { claimAt, scopesOf, userOf } from '@/lib/gateway/bearer/claims'

/** How long an answer is believed at most: a token revoked at its issuer is refused here after this. */
const BELIEVED_MS = 60_000

/**
 * Asks the token's issuer about it (RFC 7662). Null where it is not active or names no client. Throws
 * `AppError('unavailable')` where the issuer does not answer, or answers something else: nobody is let in on a guess (GW-2).
 */
export async function introspect(product: { tenantId: number; productId: number }, { introspection }: BearerSettings, token: string, now: number, policy?: EgressPolicy): Promise<BearerFacts | null> {
  if (!introspection) throw new AppError('unavailable', { details: { reason: 'no introspection endpoint' } })
  const { url, clientId, secretCipher, claim } = introspection
  const secret = openIntrospectionSecret(product.tenantId, product.productId, secretCipher)
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')
  const answer = await egressFetch(url, {
    use: 'introspection',
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
    policy,
  }).catch((error: unknown) => {
    throw unavailable(product.productId, error)
  })
  const said = answer.status === 200 ? parse(answer.text()) : null
  if (!said) throw unavailable(product.productId, `answered ${answer.status}`)
  if (said.active !== true) return null
  const appId = claimAt(said, claim || 'client_id')
  const ends = typeof said.exp === 'number' ? said.exp * 1000 : Infinity
  if (!appId || ends <= now || (typeof said.nbf === 'number' && said.nbf * 1000 > now)) return null
  return { tenantId: product.tenantId, id: 0, appId, endUserId: userOf(said.sub ?? said.username, appId), scopes: scopesOf(said), validUntil: Math.min(ends, now + BELIEVED_MS), opened: null }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function unavailable(productId: number, cause: unknown): AppError {
  logger.warn({ err: cause, productId }, 'tokens cannot be introspected')
  return new AppError('unavailable', { cause, retryAfterSeconds: 1 })
}
