import { systemClock } from '@/lib/clock'
import { AppError, statusOf } from '@/lib/errors'
import type { PortalReply } from '@/lib/portal/portal-reply'
import type { PortalRequest } from '@/lib/portal/portal-route'
import { openPreview } from '@/lib/portal/preview'
import { explainProblem, servePortal } from '@/lib/portal/serve-portal'
import { answerError } from '@/lib/request/answer-error'
import { assertNoFlood } from '@/lib/request/assert-no-flood'
import { assertFormCsrf } from '@/lib/request/csrf'
import { readIncoming, type Incoming } from '@/lib/request/incoming'
import { endFlashCookie, flashCookie } from '@/lib/request/portal-flash'
import { findVisit, type FoundVisit } from '@/lib/request/portal-visit'
import { readPortalBody } from '@/lib/request/read-portal-body'
import { setCookie } from '@/lib/request/set-cookie'
import { findTenantByHost, type TenantRow } from '@/lib/tenants/queries'
import { cookieNames, encodeSessionCookie, preSessionCookieName, sessionAbsoluteMs } from '@/lib/tenants/session-cookie'
import { portalPolicy } from '@/lib/zones/content-security-policy'

/**
 * The portal's one door. Whose portal it is the host says, never the internal path; who came, a session of that tenant
 * and of this realm. Every request that may change something proves its origin and carries a token (CSRF-1, CSRF-2)
 * before anything is looked up by it.
 */
export async function answerPortal(request: Request): Promise<Response> {
  const incoming = readIncoming(request.headers, request.method)
  const now = new Date(systemClock.now())
  let tenant: TenantRow | null = null
  let found: FoundVisit | null = null
  let asked = askedOf(request, incoming)
  try {
    tenant = await findTenantByHost(incoming.hostName, 'portal')
    // ZONE-2: fixed text, no redirect, no cookie.
    if (!tenant || tenant.state !== 'active') return plain(404, 'Nothing lives at this address.\n')
    found = await findVisit(incoming, tenant, now)
    const isSafe = incoming.method === 'GET' || incoming.method === 'HEAD'
    if (!isSafe) {
      await assertNoFlood(incoming)
      const { form, json } = await readPortalBody(request)
      asked = { ...asked, form, json, method: methodOf(incoming.method, form._method) }
      assertFormCsrf(incoming, found.visit.csrfToken, form.authenticity_token)
    }
    found = { ...found, visit: await openPreview(found.visit, asked) }
    return await toResponse(await servePortal(found.visit, asked), { incoming, tenant, found, now })
  } catch (error) {
    const answer = answerError(error, incoming)
    if (!tenant || !found || answer.code === 'unavailable' || answer.code === 'busy') return plain(statusOf[answer.code], `${answer.message}\n`, answer.retryAfterSeconds)
    return toResponse(await explainProblem(found.visit, asked, answer, incoming.requestId), { incoming, tenant, found, now })
  }
}

type Facts = { incoming: Incoming; tenant: TenantRow; found: FoundVisit; now: Date }

async function toResponse(reply: PortalReply, { incoming, tenant, found, now }: Facts): Promise<Response> {
  const headers = new Headers(reply.headers)
  const cookies = await cookiesOf(reply, tenant.id, found, now)
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  // HTTP-6. What carries its own hash in its address is the same for everybody, whoever asks.
  const isShared = headers.get('cache-control')?.includes('immutable') && cookies.length === 0
  if (!isShared) {
    if (cookies.length > 0 || found.visit.developer || found.visit.preview || holdsToken(reply, found.visit.csrfToken)) headers.set('cache-control', 'private, no-store')
    else if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache')
    headers.set('vary', 'Host, Cookie')
  }
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', portalPolicy)
  if (reply.status === 200 && matchesEtag(incoming.headers.get('if-none-match'), headers.get('etag'))) return new Response(null, { status: 304, headers })
  const hasNoBody = incoming.method === 'HEAD' || reply.status === 304
  return new Response(hasNoBody ? null : (reply.body as BodyInit), { status: reply.status, headers })
}

async function cookiesOf(reply: PortalReply, tenantId: bigint, { visit, preSession }: FoundVisit, now: Date): Promise<string[]> {
  const at = { realm: 'portal', tenantId } as const
  const cookies: string[] = []
  if (reply.session === 'end') cookies.push(setCookie(cookieNames(at).session, '', 0))
  else if (reply.session) cookies.push(setCookie(cookieNames(at).session, await encodeSessionCookie(at, reply.session.sid), reply.session.remember ? sessionAbsoluteMs.portal / 1000 : undefined))
  if (reply.flash) cookies.push(flashCookie(reply.flash, tenantId, now))
  else if (reply.showsFlash && visit.flash.length > 0) cookies.push(endFlashCookie())
  // Only a page that holds a form needs the browser to remember something (CSRF-2).
  if (preSession?.isNew && holdsToken(reply, visit.csrfToken)) cookies.push(setCookie(preSessionCookieName(), preSession.value))
  return cookies
}

/** A form or a script's answer; the layout's `<meta>` alone is no reason to mark a visitor's browser. */
function holdsToken({ body }: PortalReply, token: string): boolean {
  return typeof body === 'string' && body.replaceAll(`<meta name="csrf-token" content="${token}">`, '').includes(token)
}

function askedOf(request: Request, incoming: Incoming): PortalRequest {
  const url = new URL(incoming.path ?? ownPath(request.url), 'http://portal.invalid')
  return { method: methodOf(incoming.method, undefined), path: url.pathname, params: {}, query: url.searchParams, form: {}, json: undefined, ifNoneMatch: incoming.headers.get('if-none-match') }
}

/** Without the middleware the router's own folder stands before the path. */
function ownPath(url: string): string {
  const { pathname, search } = new URL(url)
  const path = pathname.replace(/^\/zone\/portal\/[^/]+/, '') || '/'
  return path.replace(/^\/{2,}/, '/') + search
}

/** A form says PUT or DELETE by the hidden field `_method`, as Rails' do; only a POST may. */
function methodOf(method: string, wanted: unknown): PortalRequest['method'] {
  if (method === 'GET' || method === 'HEAD') return 'GET'
  if (method === 'PUT' || method === 'DELETE') return method
  const told = typeof wanted === 'string' ? wanted.toUpperCase() : 'POST'
  if (told === 'PUT' || told === 'PATCH') return 'PUT'
  return told === 'DELETE' ? 'DELETE' : 'POST'
}

function matchesEtag(asked: string | null, etag: string | null): boolean {
  return asked !== null && etag !== null && asked.split(',').some((each) => each.trim().replace(/^W\//, '') === etag)
}

function plain(status: number, text: string, retryAfterSeconds?: number): Response {
  const headers = new Headers({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': portalPolicy })
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  return new Response(text, { status, headers })
}

/** For methods that no portal knows. */
export function refuseMethod(): Response {
  const { status } = new AppError('method_not_allowed')
  return new Response('This method is not used here.\n', { status, headers: { allow: 'GET, HEAD, POST, PUT, DELETE', 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': portalPolicy } })
}
