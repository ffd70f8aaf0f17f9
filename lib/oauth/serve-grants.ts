import type { TenantDb } from '@/lib/db/tenant-db'
import { listGrants, revokeAccess } from '@/lib/oauth/grants'
import { isEndUserId, refuseStranger } from '@/lib/oauth/login-site'
import { errorAnswer, jsonAnswer } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { readParams } from '@/lib/oauth/read-params'

/** `GET /oauth/grants?end_user=`: what this end user has allowed, for a page of the API owner's own. */
export async function serveGrants(db: TenantDb, site: OauthSite, request: OauthRequest): Promise<OauthAnswer> {
  const refused = await refuseStranger(db, site, request)
  if (refused) return refused
  const endUserId = readParams(request.query).get('end_user')
  if (!isEndUserId(endUserId)) return errorAnswer(400, 'invalid_request', 'end_user names whose grants to list.')
  const { productId, environment, settings, now } = site
  const grants = await listGrants(db, { productId, environment, endUserId }, now)
  const sentenceOf = (name: string) => settings.scopes.find((scope) => scope.name === name)?.sentence ?? ''
  return jsonAnswer(200, {
    grants: grants.map(({ id, application, scopes, createdAt, lastUsedAt }) => ({
      id,
      application: { name: application.name, client_id: application.appId },
      scopes: scopes.map((name) => ({ name, sentence: sentenceOf(name) })),
      created_at: createdAt.toISOString(),
      last_used_at: lastUsedAt?.toISOString() ?? null,
    })),
  })
}

/**
 * `DELETE /oauth/grants/<id>`: ends the application's access for that end user, in force at every gateway within a second.
 * 404 where this product has no such living grant.
 */
export async function deleteGrant(db: TenantDb, site: OauthSite, request: OauthRequest, grantId: bigint): Promise<OauthAnswer> {
  const refused = await refuseStranger(db, site, request)
  if (refused) return refused
  const { tenantId, productId, environment, now, clientAddress, requestId } = site
  const audit = { tenantId, actor: { kind: 'visitor', id: null, name: 'Login site' } as const, address: clientAddress, requestId }
  const revoked = await db.$transaction((tx) => revokeAccess(tx, { tenantId, productId, environment, grantId, by: 'end_user', now, audit }))
  return revoked ? { status: 204, headers: ['Cache-Control', 'no-store'], body: '' } : errorAnswer(404, 'not_found', 'There is no such grant.')
}
