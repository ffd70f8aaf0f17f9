import { createHmac } from 'node:crypto'
import { sameSecret } from '@/lib/crypto'
import type { TenantDb } from '@/lib/db/tenant-db'
import { openLoginSiteSecret } from '@/lib/products/login-site-secret'
import { guardFailures } from '@/lib/oauth/guard-failures'
import { errorAnswer } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { readBearer } from '@/lib/oauth/read-params'

/** The secret the API owner's login site and we share; null where none was made yet. */
export async function findLoginSiteSecret(db: TenantDb, { tenantId, productId }: OauthSite): Promise<string | null> {
  const product = await db.product.findUnique({ where: { id: productId }, select: { oauthSecretCipher: true } })
  return product?.oauthSecretCipher ? openLoginSiteSecret(tenantId, productId, product.oauthSecretCipher) : null
}

/** Null where the request carries the secret as its bearer token; otherwise the refusal. */
export async function refuseStranger(db: TenantDb, site: OauthSite, request: OauthRequest): Promise<OauthAnswer | null> {
  const guard = guardFailures(site)
  const refused = guard.refuse()
  if (refused) return refused
  const secret = await findLoginSiteSecret(db, site)
  const given = readBearer(request.authorization)
  if (secret !== null && given !== null && sameSecret(given, secret)) return null
  await guard.note()
  return errorAnswer(401, 'invalid_client', 'Send the login-site secret as bearer token.', ['WWW-Authenticate', 'Bearer realm="login site"'])
}

/** What the login site signs: HMAC-SHA-256 over the parts, one a line, base64url. No part may hold a line break. */
function signForLoginSite(secret: string, parts: readonly string[]): string {
  return createHmac('sha256', secret).update(parts.join('\n')).digest('base64url')
}

/** Compared in constant time; false without a secret, and for parts with line breaks, which could be read as other parts. */
export function isSignedByLoginSite(secret: string | null, parts: readonly string[], signature: string): boolean {
  return secret !== null && !parts.some((part) => /[\r\n]/.test(part)) && sameSecret(signForLoginSite(secret, parts), signature)
}

/** As everywhere an end user is named (USE-7): 1 to 255 characters, no control characters. */
export function isEndUserId(text: unknown): text is string {
  return typeof text === 'string' && text.length > 0 && text.length <= 255 && !/[\x00-\x1f\x7f]/.test(text)
}
