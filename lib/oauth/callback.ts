import type { TenantDb } from '@/lib/db/tenant-db'
import { newKey } from '@/lib/ids'
import { findHandoff, forgetBrowser, isOpen, isSameBrowser } from '@/lib/oauth/handoffs'
import type { Handoff, HandoffAnswer } from '@/lib/oauth/handoffs'
import { lifetimes } from '@/lib/oauth/issue-tokens'
import { findLoginSiteSecret, isEndUserId, isSignedByLoginSite } from '@/lib/oauth/login-site'
import { errorAnswer, redirectAnswer, withParams } from '@/lib/oauth/oauth-exchange'
import type { OauthAnswer, OauthRequest, OauthSite } from '@/lib/oauth/oauth-exchange'
import { errorPage } from '@/lib/oauth/pages'
import { isForm, readParams } from '@/lib/oauth/read-params'
import type { OauthParams } from '@/lib/oauth/read-params'
import { oauthHash } from '@/lib/oauth/token-hash'

/**
 * `GET|POST /callback`: the browser comes back from the login page. What the end user said came server-to-server
 * before, or comes along signed; without the login site's secret nothing is believed (OA-9). Gives a code.
 *
 * Signed parameters: `handoff` (or `state`), `end_user_id` (or `user_id`, `username`), `scope`, `denied`, `signature` over
 * the lines handoff, `granted` or `denied`, end user, scope.
 */
export async function callback(db: TenantDb, site: OauthSite, request: OauthRequest): Promise<OauthAnswer> {
  const form = isForm(request) ? request.body : null
  const params = readParams(request.query, form)
  const id = params.get('handoff') ?? params.get('state')
  if (params.bad.size > 0 || id === undefined) return lost()
  const handoff = await findHandoff(db, site, id)
  if (!handoff || !isOpen(handoff, site)) return lost()
  if (!isSameBrowser(site, handoff, id, request.cookie)) {
    // A form sent from another site comes without our cookie; the same again as a link brings it.
    return request.method === 'POST' && form !== null ? redirectAnswer(`${site.issuer}/callback?${[request.query, form].filter(Boolean).join('&')}`) : lost()
  }

  const redirectUri = params.get('redirect_uri') ?? params.get('redirect_url')
  if (handoff.request.classic && redirectUri === undefined && handoff.answer === null) return errorAnswer(400, 'missing redirect_uri')
  if (redirectUri !== undefined && redirectUri !== handoff.request.redirectUri) return lost()
  const answer = handoff.answer ?? (await readSignedAnswer(db, site, id, handoff, params))
  if (!answer) return lost()
  const application = await db.application.findUnique({ where: { id: handoff.row.applicationId }, select: { appId: true, state: true } })
  if (!application || application.state !== 'live' || !site.active) return lost()
  const clientId = params.get('client_id')
  if (clientId !== undefined && clientId !== application.appId) return lost()

  const code = await useHandoff(db, site, handoff, answer)
  if (code === null) return lost()
  const { state, redirectUri: to, classic } = handoff.request
  // 3scale's gateways send an empty state where the client sent none.
  const back = { state: state ?? (classic ? '' : undefined), iss: site.issuer }
  const refused = { error: 'access_denied', error_description: 'The end user said no.' }
  return redirectAnswer(withParams(to, code === 'denied' ? { ...refused, ...back } : { code, ...back }), ['Set-Cookie', forgetBrowser(site, id)], classic ? 302 : 303)
}

async function readSignedAnswer(db: TenantDb, site: OauthSite, id: string, { request }: Handoff, params: OauthParams): Promise<HandoffAnswer | null> {
  const signature = params.get('signature')
  if (signature === undefined) return null
  const denied = params.get('denied') !== undefined
  const endUserId = params.get('end_user_id') ?? params.get('user_id') ?? params.get('username') ?? ''
  const scope = params.get('scope') ?? ''
  if (!isSignedByLoginSite(await findLoginSiteSecret(db, site), [id, denied ? 'denied' : 'granted', endUserId, scope], signature)) return null
  if (denied) return { denied: true }
  const named = scope.split(' ').filter((name) => name !== '')
  // Without a word about scopes all that were asked for are granted; one that was not asked for spoils the answer. An
  // empty word is a person who took every scope away, but for classic login pages, which never knew of scopes.
  if (!isEndUserId(endUserId) || !named.every((name) => request.scopes.includes(name))) return null
  const isSilent = !params.has('scope') || (request.classic && named.length === 0)
  return { denied: false, endUserId, scopes: isSilent ? request.scopes : request.scopes.filter((name) => named.includes(name)) }
}

/** Uses the hand-off up, once, and writes grant and code. Null where somebody was faster. */
async function useHandoff(db: TenantDb, site: OauthSite, { row, request }: Handoff, answer: HandoffAnswer): Promise<string | 'denied' | null> {
  const { tenantId, productId, environment, now } = site
  return db.$transaction(async (tx) => {
    const { count } = await tx.oauthHandoff.updateMany({ where: { id: row.id, usedAt: null }, data: { usedAt: now } })
    if (count === 0) return null
    // A grant that opens nothing is a no in other words.
    if (answer.denied || (answer.scopes.length === 0 && request.scopes.length > 0)) return 'denied'
    const grant = await tx.oauthGrant.create({
      data: { tenantId, productId, applicationId: row.applicationId, environment, endUserId: answer.endUserId, scopes: answer.scopes, createdAt: now },
      select: { id: true },
    })
    // A classic code leads back to the token that was announced as `tok`.
    const code = request.classic ? `${newKey('oc')}.${row.id}` : newKey('oc')
    const seconds = request.classic ? lifetimes.classicCode : lifetimes.code
    await tx.oauthCode.create({
      data: {
        tenantId,
        grantId: grant.id,
        hash: oauthHash('code', productId, environment, code),
        redirectUri: request.redirectUri,
        codeChallenge: request.codeChallenge,
        createdAt: now,
        expiresAt: new Date(now.getTime() + seconds * 1000),
      },
      select: { id: true },
    })
    return code
  })
}

const lost = () =>
  errorPage('This sign-in cannot be finished', 'It took too long, was finished before, or began in another browser. Please go back to the application and start again.')
