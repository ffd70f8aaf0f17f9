import type { TenantDb } from '@/lib/db/tenant-db'
import { isRegisteredRedirectUri } from '@/lib/applications/redirect-uris'
import { chooseScopes } from '@/lib/oauth/choose-scopes'
import { findClient } from '@/lib/oauth/find-client'
import type { OauthClient } from '@/lib/oauth/find-client'
import { openHandoff } from '@/lib/oauth/handoffs'
import { redirectAnswer, withParams } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { errorPage } from '@/lib/oauth/pages'
import { isForm, readParams } from '@/lib/oauth/read-params'
import type { OauthParams } from '@/lib/oauth/read-params'
import { networkOf } from '@/lib/throttle/network-of'
import { throttle } from '@/lib/throttle/throttle'

const STATE_MAX = 512

/**
 * `GET|POST /authorize`: checks what the client asks for and sends the browser to the API owner's login page with a
 * hand-off id. Unknown clients and addresses end on a page here, all other errors at the client (OA-2).
 */
export async function authorize(db: TenantDb, site: OauthSite, request: OauthRequest): Promise<OauthAnswer> {
  const params = readParams(request.query, isForm(request) ? request.body : null)
  if (params.bad.has('client_id') || params.bad.has('redirect_uri')) return errorPage('This link is not complete', 'It names its application or its return address twice. Please go back to the application and try again.')
  const client = await findClient(db, site, params.get('client_id'))
  if (!client || !client.usable || !site.active) return errorPage('Unknown application', 'The application that sent you here is not registered for this API, or is not active. Please tell its makers.')
  const redirectUri = params.get('redirect_uri')
  if (redirectUri === undefined || !isRegisteredRedirectUri(client.redirectUris, redirectUri))
    return errorPage('Unknown return address', `${client.name} asked us to send you back to an address that is not registered for it. Please tell its makers.`)

  const state = params.get('state')
  const wanted = checkRequest(site, client, params)
  if ('error' in wanted) return redirectAnswer(withParams(redirectUri, { error: wanted.error, error_description: wanted.description, state: state && state.length <= STATE_MAX ? state : undefined, iss: site.issuer }))
  const { loginUrl } = site.settings
  if (loginUrl === null) return redirectAnswer(withParams(redirectUri, { error: 'temporarily_unavailable', error_description: 'This API has named no login page yet.', state, iss: site.issuer }))

  const room = await throttle().take('oauth_authorize', `${site.tenantId}|${site.productId}|${networkOf(site.clientAddress)}`)
  if (!room.allowed) return errorPage('Too many sign-ins', 'Very many sign-ins were begun from your network a moment ago. Please wait a minute and try again.', { status: 429, headers: ['Retry-After', String(room.retryAfterSeconds)] })
  const { scopes, codeChallenge, classic } = wanted
  const { id, cookie, token } = await openHandoff(db, site, client, { redirectUri, scopes, state: state ?? null, codeChallenge, issuer: site.issuer, classic })
  const scope = classic ? (params.get('scope') ?? scopes.join(' ')) : scopes.join(' ')
  const known = { handoff: id, client_id: client.clientId, scope: scope || undefined }
  const to = withParams(loginUrl, classic ? { ...known, state: id, tok: token, response_type: 'code', redirect_uri: redirectUri } : known)
  return redirectAnswer(to, ['Set-Cookie', cookie], classic ? 302 : 303)
}

type Wanted = { scopes: string[]; codeChallenge: string | null; classic: boolean } | { error: string; description: string }

function checkRequest({ settings }: OauthSite, client: OauthClient, params: OauthParams): Wanted {
  const repeated = [...params.bad][0]
  if (repeated !== undefined) return { error: 'invalid_request', description: `The parameter ${printable(repeated)} came twice or cannot be read.` }
  const responseType = params.get('response_type')
  if (responseType === undefined) return { error: 'invalid_request', description: 'response_type is missing.' }
  if (responseType !== 'code') return { error: 'unsupported_response_type', description: 'Only response_type=code is supported.' }
  if ((params.get('state')?.length ?? 0) > STATE_MAX) return { error: 'invalid_request', description: `state has at most ${STATE_MAX} characters.` }

  const challenge = params.get('code_challenge') ?? null
  const method = params.get('code_challenge_method')
  const classic = settings.classicClients && client.isConfidential && challenge === null && method === undefined
  if (!classic) {
    if (challenge === null) return { error: 'invalid_request', description: 'code_challenge is missing: this server asks every client for PKCE.' }
    if (method !== 'S256') return { error: 'invalid_request', description: 'code_challenge_method must be S256.' }
    if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) return { error: 'invalid_request', description: 'code_challenge is no S256 challenge.' }
  }
  // 3scale's clients put the name of a plan here (reference gateway 3): what is no scope of ours goes to the login page all the same.
  const scopes = chooseScopes(settings.scopes, params.get('scope')) ?? (classic ? settings.scopes.map((scope) => scope.name) : null)
  if (!scopes) return { error: 'invalid_scope', description: 'The API does not know one of these scopes.' }
  return { scopes, codeChallenge: challenge, classic }
}

/** RFC 6749 allows these characters in a description. */
const printable = (text: string) => text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 40)
