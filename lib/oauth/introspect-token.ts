import type { TenantDb } from '@/lib/db/tenant-db'
import { authenticateClient, isAnswer } from '@/lib/oauth/authenticate-client'
import { refuseStranger } from '@/lib/oauth/login-site'
import { errorAnswer, jsonAnswer, tokenError } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { isForm, readBearer, readParams } from '@/lib/oauth/read-params'
import { oauthHash } from '@/lib/oauth/token-hash'
import { isOver } from '@/lib/oauth/tokens'

/**
 * `POST /oauth/introspect` (RFC 7662): a confidential client asks about its own tokens, the API owner's server (with the
 * login-site secret as bearer token) about any of the product. Whatever else is exactly `{"active":false}` (OA-6).
 */
export async function introspectToken(db: TenantDb, site: OauthSite, request: OauthRequest): Promise<OauthAnswer> {
  if (!isForm(request) || request.bodyTooLarge) return tokenError('invalid_request', 'Send an urlencoded form.')
  const params = readParams(request.body)
  let applicationId: bigint | null = null
  if (readBearer(request.authorization) !== null) {
    const refused = await refuseStranger(db, site, request)
    if (refused) return refused
  } else {
    const client = await authenticateClient(db, site, request, params, { countsUse: false })
    if (isAnswer(client)) return client
    if (!client.isConfidential) return errorAnswer(401, 'invalid_client', undefined, ['WWW-Authenticate', 'Basic realm="oauth", charset="UTF-8"'])
    applicationId = client.applicationId
  }
  const token = params.get('token')
  if (token === undefined) return tokenError('invalid_request', 'token is missing.')

  const { productId, environment, issuer, now } = site
  const hashes = [oauthHash('access', productId, environment, token), oauthHash('refresh', productId, environment, token)]
  const row = await db.oauthToken.findFirst({ where: { hash: { in: hashes } }, include: { grant: { include: { application: { select: { appId: true, kind: true, state: true, account: { select: { state: true } } } } } } } })
  // What the gateway would refuse is not active, whyever it would.
  const isUsable = row !== null && row.grant.application.state === 'live' && (row.grant.application.kind === 'test' || row.grant.application.account?.state === 'approved')
  const isAlive = isUsable && row.usedAt === null && !isOver(row.expiresAt, now) && row.grant.revokedAt === null && site.active && (applicationId === null || row.grant.applicationId === applicationId)
  if (!isAlive) return jsonAnswer(200, { active: false })
  const { grant } = row
  return jsonAnswer(200, {
    active: true,
    client_id: grant.application.appId,
    ...(row.scopes.length > 0 ? { scope: row.scopes.join(' ') } : {}),
    ...(grant.endUserId === null ? {} : { sub: grant.endUserId }),
    ...(row.kind === 'access' ? { token_type: 'Bearer' } : {}),
    iss: issuer,
    iat: seconds(row.createdAt),
    ...(row.expiresAt ? { exp: seconds(row.expiresAt) } : {}),
  })
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000)
