import { createHmac } from 'node:crypto'
import { deriveKey, randomToken, sameSecret } from '@/lib/crypto'
import type { TenantDb } from '@/lib/db/tenant-db'
import { groupByApplication, listGrants, revokeAccess } from '@/lib/oauth/grants'
import type { GrantDto } from '@/lib/oauth/grants'
import { findLoginSiteSecret, isEndUserId, isSignedByLoginSite } from '@/lib/oauth/login-site'
import { redirectAnswer } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { errorPage, escapeHtml, pageAnswer } from '@/lib/oauth/pages'
import { isForm, readParams } from '@/lib/oauth/read-params'

/** Longest time a link may be good for, in seconds. */
const LINK_SECONDS_MAX = 3_600

/**
 * `/oauth/my-grants?token=`: an end user's own page, reached by a link the API owner's site has signed. The token is
 * `<end user, base64url>.<seconds since 1970 until it ends>.<signature over "my-grants", end user, end>`.
 */
export async function serveMyGrants(db: TenantDb, site: OauthSite, request: OauthRequest): Promise<OauthAnswer> {
  const params = readParams(request.method === 'POST' ? (isForm(request) ? request.body : null) : request.query)
  const token = params.get('token') ?? ''
  const endUserId = await readLink(db, site, token)
  if (endUserId === null) return errorPage('This link has ended', 'Please open the page again from the site that brought you here.')
  if (request.method === 'POST') return revoke(db, site, request, token, endUserId, params.get('grant'), params.get('csrf'))
  const { productId, environment, now } = site
  const grants = groupByApplication(await listGrants(db, { productId, environment, endUserId }, now))
  const browser = readCookie(site, request.cookie) ?? randomToken()
  const note = params.get('revoked') === undefined ? '' : '<p class="note" role="status">Revoked. That application can do nothing in your name any more.</p>'
  return pageAnswer(200, `Applications with access to ${site.productName}`, `${note}${listOf(site, grants, token, csrfOf(browser, token))}`, ['Set-Cookie', cookieOf(site, browser)])
}

/** The end user a link was signed for, or null: forged, ended, or made to last too long. */
async function readLink(db: TenantDb, site: OauthSite, token: string): Promise<string | null> {
  const [user, end, signature, more] = token.split('.')
  if (!user || !signature || more !== undefined || !/^\d{10}$/.test(end ?? '')) return null
  const endUserId = Buffer.from(user, 'base64url').toString('utf8')
  const leftSeconds = Number(end) - site.now.getTime() / 1000
  if (!isEndUserId(endUserId) || leftSeconds <= 0 || leftSeconds > LINK_SECONDS_MAX) return null
  return isSignedByLoginSite(await findLoginSiteSecret(db, site), ['my-grants', endUserId, end!], signature) ? endUserId : null
}

async function revoke(db: TenantDb, site: OauthSite, request: OauthRequest, token: string, endUserId: string, grant: string | undefined, csrf: string | undefined): Promise<OauthAnswer> {
  const browser = readCookie(site, request.cookie)
  const sameSite = request.origin === site.issuer && (request.secFetchSite === undefined || request.secFetchSite === 'same-origin')
  if (!sameSite || browser === null || csrf === undefined || !sameSecret(csrf, csrfOf(browser, token)))
    return pageAnswer(403, 'This form is out of date', '<h1>This form is out of date</h1><p>Please open the page again from the site that brought you here.</p>')
  if (grant !== undefined && /^\d{1,16}$/.test(grant)) {
    const { tenantId, productId, environment, now, clientAddress, requestId } = site
    const audit = { tenantId, actor: { kind: 'visitor', id: null, name: `End user ${endUserId}` } as const, address: clientAddress, requestId }
    await db.$transaction((tx) => revokeAccess(tx, { tenantId, productId, environment, grantId: BigInt(grant), endUserId, by: 'end_user', now, audit }))
  }
  return redirectAnswer(`${site.issuer}/oauth/my-grants?token=${encodeURIComponent(token)}&revoked=1`)
}

function listOf({ productName, settings }: OauthSite, grants: GrantDto[], token: string, csrf: string): string {
  const head = `<h1>Applications with access</h1><p class="quiet">These applications may use ${escapeHtml(productName)} in your name. Revoking one ends its access at once.</p>`
  if (grants.length === 0) return `${head}<p>No application has access.</p>`
  const sentenceOf = (name: string) => settings.scopes.find((scope) => scope.name === name)?.sentence || name
  const day = (date: Date) => `<time datetime="${date.toISOString()}">${date.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`
  const items = grants.map(({ id, application, scopes, createdAt, lastUsedAt }) => {
    const allowed = scopes.length > 0 ? `<ul>${scopes.map((scope) => `<li>${escapeHtml(sentenceOf(scope))}</li>`).join('')}</ul>` : ''
    const used = lastUsedAt ? `last used ${day(lastUsedAt)}` : 'not used yet'
    return `<li><h2>${escapeHtml(application.name)}</h2>${allowed}<p><small>Allowed ${day(createdAt)}, ${used}</small></p><form method="post" action="/oauth/my-grants"><input type="hidden" name="token" value="${escapeHtml(token)}"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="grant" value="${id}"><button aria-label="Revoke ${escapeHtml(application.name)}">Revoke</button></form></li>`
  })
  return `${head}<ul class="grants">${items.join('')}</ul>`
}

const csrfOf = (browser: string, token: string): string => createHmac('sha256', deriveKey('oauth.my_grants')).update(`${browser}|${token}`).digest('base64url')

const cookieName = ({ issuer }: OauthSite): string => (issuer.startsWith('https:') ? '__Host-oauth_page' : 'oauth_page')

function readCookie(site: OauthSite, cookies: string | undefined): string | null {
  const found = (cookies ?? '').split(/; */).filter((pair) => pair.startsWith(`${cookieName(site)}=`))
  const value = found.length === 1 ? found[0]!.slice(cookieName(site).length + 1) : ''
  return /^[\w-]{43}$/.test(value) ? value : null
}

function cookieOf(site: OauthSite, value: string): string {
  return `${cookieName(site)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${LINK_SECONDS_MAX}${site.issuer.startsWith('https:') ? '; Secure' : ''}`
}
