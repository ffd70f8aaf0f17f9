import type { TenantDb } from '@/lib/db/tenant-db'
import { authenticateClient, isAnswer } from '@/lib/oauth/authenticate-client'
import { revokeGrant } from '@/lib/oauth/grants'
import { openToBrowsers, jsonAnswer, tokenError } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { isForm, readParams } from '@/lib/oauth/read-params'
import { oauthHash } from '@/lib/oauth/token-hash'

/** `POST /oauth/revoke` (RFC 7009): ends the caller's own token with its whole family; 200 for what is unknown (OA-6). */
export async function revokeToken(db: TenantDb, site: OauthSite, request: OauthRequest): Promise<OauthAnswer> {
  if (!isForm(request) || request.bodyTooLarge) return tokenError('invalid_request', 'Send an urlencoded form.')
  const params = readParams(request.body)
  const client = await authenticateClient(db, site, request, params, { countsUse: false })
  if (isAnswer(client)) return client
  const token = params.get('token')
  if (token === undefined) return tokenError('invalid_request', 'token is missing.')
  const { tenantId, productId, environment, now } = site
  const hashes = [oauthHash('access', productId, environment, token), oauthHash('refresh', productId, environment, token)]
  await db.$transaction(async (tx) => {
    const row = await tx.oauthToken.findFirst({ where: { hash: { in: hashes } }, include: { grant: { select: { applicationId: true } } } })
    if (row && row.grant.applicationId === client.applicationId) await revokeGrant(tx, { tenantId, productId, grantId: row.grantId, by: 'client', now })
  })
  return jsonAnswer(200, {}, openToBrowsers)
}
