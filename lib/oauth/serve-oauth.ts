import type { TenantDb } from '@/lib/db/tenant-db'
import { authorize } from '@/lib/oauth/authorize'
import { callback } from '@/lib/oauth/callback'
import { introspectToken } from '@/lib/oauth/introspect-token'
import { serveMyGrants } from '@/lib/oauth/my-grants'
import { errorAnswer, openToBrowsers } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { revokeToken } from '@/lib/oauth/revoke-token'
import { deleteGrant, serveGrants } from '@/lib/oauth/serve-grants'
import { serveHandoff } from '@/lib/oauth/serve-handoff'
import { serverMetadata } from '@/lib/oauth/server-metadata'
import { tokenEndpoint } from '@/lib/oauth/token-endpoint'

/** Whether a path is one of the authorization server's; everything else is the API's own. Cheap, since every call of an OAuth product asks. */
export function isOauthPath(path: string): boolean {
  return path === '/authorize' || path === '/callback' || path === METADATA || path.startsWith('/oauth/')
    ? path in exact || HANDOFF.test(path) || GRANT.test(path)
    : false
}

const METADATA = '/.well-known/oauth-authorization-server'
const HANDOFF = /^\/oauth\/handoffs\/([A-Za-z0-9_-]{1,100})$/
const GRANT = /^\/oauth\/grants\/([1-9]\d{0,15})$/

type Endpoint = { methods: string[]; forBrowsers?: boolean; serve: (db: TenantDb, site: OauthSite, request: OauthRequest) => Promise<OauthAnswer> | OauthAnswer }

const exact: Record<string, Endpoint> = {
  '/authorize': { methods: ['GET', 'POST'], serve: authorize },
  '/callback': { methods: ['GET', 'POST'], serve: callback },
  '/oauth/token': { methods: ['POST'], forBrowsers: true, serve: tokenEndpoint },
  '/oauth/revoke': { methods: ['POST'], forBrowsers: true, serve: revokeToken },
  '/oauth/introspect': { methods: ['POST'], serve: introspectToken },
  '/oauth/grants': { methods: ['GET'], serve: serveGrants },
  '/oauth/my-grants': { methods: ['GET', 'POST'], serve: serveMyGrants },
  [METADATA]: { methods: ['GET'], forBrowsers: true, serve: (_, site) => serverMetadata(site) },
}

/** One request to the authorization server of a product. `request.path` is one `isOauthPath` knows. */
export async function serveOauth(db: TenantDb, site: OauthSite, request: OauthRequest): Promise<OauthAnswer> {
  const endpoint = endpointOf(request.path)
  if (request.method === 'OPTIONS' && endpoint.forBrowsers) return preflight(endpoint.methods)
  if (!endpoint.methods.includes(request.method)) return errorAnswer(405, 'invalid_request', `Use ${endpoint.methods.join(' or ')}.`, ['Allow', endpoint.methods.join(', ')])
  return endpoint.serve(db, site, request)
}

function endpointOf(path: string): Endpoint {
  const handoff = HANDOFF.exec(path)?.[1]
  if (handoff) return { methods: ['GET', 'POST'], serve: (db, site, request) => serveHandoff(db, site, request, handoff) }
  const grant = GRANT.exec(path)?.[1]
  if (grant) return { methods: ['DELETE'], serve: (db, site, request) => deleteGrant(db, site, request, BigInt(grant)) }
  return exact[path]!
}

function preflight(methods: string[]): OauthAnswer {
  const allowed = ['Access-Control-Allow-Methods', methods.join(', '), 'Access-Control-Allow-Headers', 'authorization, content-type', 'Access-Control-Max-Age', '600']
  return { status: 204, headers: [...openToBrowsers, ...allowed], body: '' }
}
