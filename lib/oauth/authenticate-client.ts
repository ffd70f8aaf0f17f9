import type { TenantDb } from '@/lib/db/tenant-db'
import { findClient, findSecretOf, noteSecretUse } from '@/lib/oauth/find-client'
import type { OauthClient } from '@/lib/oauth/find-client'
import { guardFailures } from '@/lib/oauth/guard-failures'
import { errorAnswer, openToBrowsers } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { readBasic } from '@/lib/oauth/read-params'
import type { OauthParams } from '@/lib/oauth/read-params'

/**
 * Who asks, by Basic or by body, not both (OA-5). A confidential client without its secret gets nothing; a public one
 * names itself, which proves nothing and is enough where PKCE or a refresh token does. Gives the client, or the refusal.
 * `countsUse`: each request counts as a use of the secret; else, for what may come with every call, one in ten seconds.
 */
export async function authenticateClient(db: TenantDb, site: OauthSite, request: OauthRequest, params: OauthParams, { countsUse }: { countsUse: boolean }): Promise<OauthClient | OauthAnswer> {
  const inHeader = request.authorization !== undefined
  const basic = inHeader ? readBasic(request.authorization!) : null
  const inBody = { id: params.get('client_id'), secret: params.get('client_secret') }
  if (params.bad.has('client_id') || params.bad.has('client_secret')) return errorAnswer(400, 'invalid_request', 'A parameter came twice.', openToBrowsers)
  if (inHeader && inBody.secret !== undefined) return errorAnswer(400, 'invalid_request', 'Send the client secret in the header or in the body, not in both.', openToBrowsers)
  if (basic && inBody.id !== undefined && inBody.id !== basic.id) return errorAnswer(400, 'invalid_request', 'Header and body name different clients.', openToBrowsers)
  const id = basic?.id ?? inBody.id
  const secret = basic?.secret ?? inBody.secret

  const guard = guardFailures(site, id)
  const refused = guard.refuse()
  if (refused) return refused
  const client = inHeader && !basic ? null : await findClient(db, site, id)
  // The same steps for unknown clients and wrong secrets.
  const secretId = secret === undefined || secret === '' ? null : findSecretOf(site, client, secret)
  const proved = secret === undefined || secret === '' ? client !== null && !client.isConfidential : secretId !== null
  if (client && proved && client.usable && site.active) {
    if (secretId !== null) await noteSecretUse(db, site, secretId, countsUse)
    return client
  }
  await guard.note()
  return errorAnswer(401, 'invalid_client', undefined, ['WWW-Authenticate', 'Basic realm="oauth", charset="UTF-8"', ...openToBrowsers])
}

/** Tells a refusal from what was asked for. */
export const isAnswer = (value: object): value is OauthAnswer => 'headers' in value && 'status' in value && 'body' in value
