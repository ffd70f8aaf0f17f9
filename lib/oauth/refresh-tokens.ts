import type { TenantDb } from '@/lib/db/tenant-db'
import { narrowScopes } from '@/lib/oauth/choose-scopes'
import type { OauthClient } from '@/lib/oauth/find-client'
import { revokeGrant } from '@/lib/oauth/grants'
import { issueTokens } from '@/lib/oauth/issue-tokens'
import { jsonAnswer, openToBrowsers, tokenError } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthSite } from '@/lib/oauth/oauth-exchange'
import type { OauthParams } from '@/lib/oauth/read-params'
import { oauthHash } from '@/lib/oauth/token-hash'

/** A client that asks twice in one breath has a slow network, not a thief: the second asking gets nothing, but ends nothing. */
const RACE_MS = 5_000

/** A refresh token for new ones, once: it rotates with each use, and an old one that comes back ends the family (OA-4). */
export async function refreshTokens(db: TenantDb, site: OauthSite, client: OauthClient, params: OauthParams): Promise<OauthAnswer> {
  const token = params.get('refresh_token')
  if (token === undefined) return tokenError('invalid_request', 'refresh_token is missing.')
  const { tenantId, productId, environment, now } = site
  return db.$transaction(async (tx): Promise<OauthAnswer> => {
    const row = await tx.oauthToken.findUnique({ where: { hash: oauthHash('refresh', productId, environment, token) }, include: { grant: true } })
    if (!row || row.kind !== 'refresh' || row.grant.productId !== productId || row.grant.applicationId !== client.applicationId) return tokenError('invalid_grant')
    if (row.grant.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now)) return tokenError('invalid_grant')
    const scopes = narrowScopes(row.scopes, params.get('scope'))
    if (!scopes) return tokenError('invalid_scope')
    const { count } = await tx.oauthToken.updateMany({ where: { id: row.id, usedAt: null }, data: { usedAt: now } })
    if (count === 1) return jsonAnswer(200, await issueTokens(tx, site, { grantId: row.grantId, scopes, refreshScopes: row.scopes }), openToBrowsers)
    const { usedAt } = await tx.oauthToken.findUniqueOrThrow({ where: { id: row.id }, select: { usedAt: true } })
    if (now.getTime() - (usedAt?.getTime() ?? 0) > RACE_MS) await revokeGrant(tx, { tenantId, productId, grantId: row.grantId, by: 'reuse', now })
    return tokenError('invalid_grant')
  })
}
