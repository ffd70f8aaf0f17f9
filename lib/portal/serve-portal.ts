import { AppError, notFound, statusOf, type ErrorCode, type FieldErrors } from '@/lib/errors'
import { matchRoute } from '@/lib/portal/match-route'
import { serveContent } from '@/lib/portal/pages/content'
import { plainPage } from '@/lib/portal/plain-page'
import { makeReply, type PortalReply } from '@/lib/portal/portal-reply'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'
import { portalRoutes } from '@/lib/portal/portal-routes'
import { renderPortalPage } from '@/lib/portal/render-portal-page'

/**
 * A request to the portal from route to finished answer: match, may they, handle, render. Our own routes win over the
 * tenant's paths (reference portal 3.2). Throws `AppError`s, which the door hands back to `explainProblem`.
 */
export async function servePortal(visit: Visit, request: PortalRequest): Promise<PortalReply> {
  const match = matchRoute(portalRoutes, request.method, request.path)
  if (!match) {
    if (request.method !== 'GET') throw notFound()
    return serveContent(visit, request)
  }
  const asked = { ...request, params: match.params }
  const elsewhere = turnAway(visit, asked, match.route)
  return finish(visit, asked, elsewhere ?? (await match.route.handle(visit, asked)))
}

/** Not signed in: to the login page and back afterwards, where the way back is a page (RED-1). */
function turnAway(visit: Visit, request: PortalRequest, { who }: PortalRoute): PortalAnswer | null {
  if (who === 'anyone') return null
  if (!visit.developer) {
    const query = request.query.toString()
    const back = request.method === 'GET' ? `?return_to=${encodeURIComponent(request.path + (query && `?${query}`))}` : ''
    return { kind: 'redirect', to: `/login${back}` }
  }
  if (who === 'account_admin' && visit.developer.role !== 'admin') throw new AppError('forbidden')
  return null
}

async function finish(visit: Visit, request: PortalRequest, answer: PortalAnswer): Promise<PortalReply> {
  switch (answer.kind) {
    case 'page':
      return renderPortalPage(visit, request, answer)
    case 'redirect':
      // 303: whatever the method was, the next one is a GET.
      return makeReply({ status: request.method === 'GET' ? 302 : 303, headers: { location: answer.to }, body: '', flash: answer.flash ?? null, session: answer.session ?? null })
    case 'json':
      return makeReply({ status: answer.status ?? 200, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'private, no-store', ...answer.headers }, body: JSON.stringify(answer.body) })
    case 'content':
      return makeReply({ status: answer.status ?? 200, headers: { 'content-type': answer.contentType, ...answer.headers }, body: answer.body })
  }
}

export type Problem = { code: ErrorCode; message: string; fields?: FieldErrors; retryAfterSeconds?: number }

/** What a failure looks like: JSON for a script of ours, else the error page of the theme, else a plain one (HTTP-7). */
export async function explainProblem(visit: Visit, request: PortalRequest, problem: Problem, requestId: string): Promise<PortalReply> {
  const { code, message, fields, retryAfterSeconds } = problem
  const status = statusOf[code]
  const headers: Record<string, string> = retryAfterSeconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) }
  if (request.json !== undefined) {
    return makeReply({ status, headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'private, no-store' }, body: JSON.stringify({ error: { code, message, ...(fields && { fields }) }, request_id: requestId }) })
  }
  if (code === 'unauthenticated') return makeReply({ status: 303, headers: { location: '/login' }, body: '' })
  try {
    const page = pageOf(code)
    if (page) {
      const reply = await renderPortalPage(visit, request, { kind: 'page', page, status, assigns: { message: code === 'not_found' ? '' : message } })
      return { ...reply, headers: { ...reply.headers, ...headers } }
    }
  } catch {
    // The theme's error page cannot be had, perhaps for the same reason; the plain one needs nothing.
  }
  return makeReply({ status, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' }, body: plainPage({ title: titleOf(status), text: message }) })
}

function pageOf(code: ErrorCode): string | null {
  if (code === 'not_found') return 'errors/not_found'
  if (code === 'forbidden' || code === 'csrf_failed' || code === 'step_up_required') return 'errors/forbidden'
  return code === 'internal_error' ? 'errors/internal_server_error' : null
}

function titleOf(status: number): string {
  if (status === 404) return 'Not found'
  if (status === 403) return 'Not allowed'
  if (status === 429) return 'One moment'
  return status >= 500 ? 'Something broke' : 'This did not work'
}
