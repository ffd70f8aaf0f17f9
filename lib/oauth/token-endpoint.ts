import type { TenantDb } from '@/lib/db/tenant-db'
import { authenticateClient, isAnswer } from '@/lib/oauth/authenticate-client'
import { chooseScopes } from '@/lib/oauth/choose-scopes'
import { exchangeCode } from '@/lib/oauth/exchange-code'
import type { OauthClient } from '@/lib/oauth/find-client'
import { issueTokens } from '@/lib/oauth/issue-tokens'
import { errorAnswer, jsonAnswer, openToBrowsers, tokenError } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { isForm, readParams } from '@/lib/oauth/read-params'
import type { OauthParams } from '@/lib/oauth/read-params'
import { refreshTokens } from '@/lib/oauth/refresh-tokens'
import { throttle } from '@/lib/throttle/throttle'

/** `POST /oauth/token` (RFC 6749 3.2): codes, refresh tokens and, where the product allows it, client credentials. */
export async function tokenEndpoint(db: TenantDb, site: OauthSite, request: OauthRequest): Promise<OauthAnswer> {
  if (!isForm(request) || request.bodyTooLarge) return tokenError('invalid_request', 'Send an urlencoded form.')
  const params = readParams(request.body)
  const client = await authenticateClient(db, site, request, params, { countsUse: true })
  if (isAnswer(client)) return client
  if (params.bad.size > 0) return tokenError('invalid_request', 'A parameter came twice or cannot be read.')
  const grantType = params.get('grant_type')
  if (grantType === 'refresh_token') return refreshTokens(db, site, client, params)
  if (grantType === 'client_credentials') return clientCredentials(db, site, client, params)
  const classic = site.settings.classicClients && client.isConfidential && params.get('code_verifier') === undefined
  if (grantType === 'authorization_code') return exchangeCode(db, site, client, params, classic)
  if (classic) return errorAnswer(403, 'invalid_request')
  return grantType === undefined ? tokenError('invalid_request', 'grant_type is missing.') : tokenError('unsupported_grant_type')
}

async function clientCredentials(db: TenantDb, site: OauthSite, client: OauthClient, params: OauthParams): Promise<OauthAnswer> {
  if (!site.settings.clientCredentials) return tokenError('unauthorized_client', 'This API does not let applications act for themselves.')
  if (!client.isConfidential) return tokenError('unauthorized_client', 'A public client cannot act for itself.')
  const scopes = chooseScopes(site.settings.scopes, params.get('scope'))
  if (!scopes) return tokenError('invalid_scope')
  const { tenantId, productId, environment, now } = site
  const room = await throttle().take('oauth_client_tokens', `${tenantId}|${client.applicationId}`)
  if (!room.allowed) return errorAnswer(429, 'temporarily_unavailable', 'A token is good for an hour: keep it and ask less often.', ['Retry-After', String(room.retryAfterSeconds), ...openToBrowsers])
  const answer = await db.$transaction(async (tx) => {
    const grant = await tx.oauthGrant.create({ data: { tenantId, productId, applicationId: client.applicationId, environment, endUserId: null, scopes, createdAt: now }, select: { id: true } })
    return issueTokens(tx, site, { grantId: grant.id, scopes, refreshScopes: null })
  })
  return jsonAnswer(200, answer, openToBrowsers)
}

