import { createHash } from 'node:crypto'
import { sameSecret } from '@/lib/crypto'
import type { TenantDb } from '@/lib/db/tenant-db'
import type { OauthClient } from '@/lib/oauth/find-client'
import { revokeGrant } from '@/lib/oauth/grants'
import { classicToken } from '@/lib/oauth/handoffs'
import { issueTokens, lifetimes, storeToken } from '@/lib/oauth/issue-tokens'
import { errorAnswer, jsonAnswer, openToBrowsers, tokenError } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthSite } from '@/lib/oauth/oauth-exchange'
import type { OauthParams } from '@/lib/oauth/read-params'
import { oauthHash } from '@/lib/oauth/token-hash'

type Failure = 'missing' | 'expired' | 'mismatch'

/**
 * A code for tokens, once (OA-3): bound to client, redirect URI and challenge. A second use ends every token that came of
 * it. `classic`: the words and lifetimes of 3scale's gateways (reference gateway 3).
 */
export async function exchangeCode(db: TenantDb, site: OauthSite, client: OauthClient, params: OauthParams, classic: boolean): Promise<OauthAnswer> {
  const code = params.get('code')
  const redirectUri = params.get('redirect_uri')
  if (code === undefined || redirectUri === undefined) return failure('missing', classic)
  const { tenantId, productId, environment, now } = site
  return db.$transaction(async (tx): Promise<OauthAnswer> => {
    const row = await tx.oauthCode.findUnique({ where: { hash: oauthHash('code', productId, environment, code) }, include: { grant: true } })
    if (!row || row.grant.productId !== productId || row.grant.environment !== environment) return failure('expired', classic)
    if (row.grant.applicationId !== client.applicationId) return failure('mismatch', classic)
    const revokeAll = () => revokeGrant(tx, { tenantId, productId, grantId: row.grantId, by: 'code_reuse', now })
    if (row.usedAt !== null) {
      await revokeAll()
      return failure('expired', classic)
    }
    if (row.expiresAt <= now || row.grant.revokedAt !== null) return failure('expired', classic)
    if (row.redirectUri !== redirectUri || !isVerified(row.codeChallenge, params.get('code_verifier'))) return failure('mismatch', classic)
    const { count } = await tx.oauthCode.updateMany({ where: { id: row.id, usedAt: null }, data: { usedAt: now } })
    if (count === 0) {
      // Two at the same moment: one of them is not the client, and nobody can tell which.
      await revokeAll()
      return failure('expired', classic)
    }
    const { grantId } = row
    const { scopes } = row.grant
    const handoffId = /\.(\d{1,16})$/.exec(code)?.[1]
    if (!handoffId) return jsonAnswer(200, await issueTokens(tx, site, { grantId, scopes, refreshScopes: scopes }), openToBrowsers)
    const token = classicToken(site, BigInt(handoffId))
    await storeToken(tx, site, { kind: 'access', grantId, scopes, token, seconds: lifetimes.classicAccess })
    return jsonAnswer(200, { access_token: token, token_type: 'bearer', expires_in: lifetimes.classicAccess })
  })
}

/** A challenge needs its verifier, and a verifier its challenge: neither may be slipped in or left out (OA-3). */
function isVerified(challenge: string | null, verifier: string | undefined): boolean {
  if (challenge === null || verifier === undefined) return challenge === null && verifier === undefined
  return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && sameSecret(createHash('sha256').update(verifier).digest('base64url'), challenge)
}

function failure(why: Failure, classic: boolean): OauthAnswer {
  if (classic) return errorAnswer(403, { missing: 'invalid_request', expired: 'expired_code', mismatch: 'invalid authorization code' }[why])
  return why === 'missing' ? tokenError('invalid_request', 'code and redirect_uri are needed.') : tokenError('invalid_grant')
}
