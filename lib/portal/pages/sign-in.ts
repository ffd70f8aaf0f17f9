import { authorizeDeveloper } from '@/lib/accounts/authorize-developer'
import { isAppError } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { safeReturnTo } from '@/lib/http/safe-return-to'
import { typedText } from '@/lib/liquid/values'
import { textField } from '@/lib/portal/pages/form-values'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'
import { revokeSession } from '@/lib/tenants/sessions'

const home = '/admin'

/** Signing in and out (reference portal 3.5). */
export const signInRoutes: PortalRoute[] = [
  { method: 'GET', path: '/login', who: 'anyone', handle: showLogin },
  { method: 'POST', path: '/session', who: 'anyone', handle: signIn },
  { method: 'GET', path: '/logout', who: 'anyone', handle: async (visit) => (visit.developer ? { kind: 'page', page: 'login/logout' } : { kind: 'redirect', to: '/logged_out' }) },
  { method: 'POST', path: '/logout', who: 'anyone', handle: signOut },
  { method: 'DELETE', path: '/logout', who: 'anyone', handle: signOut },
  { method: 'DELETE', path: '/session', who: 'anyone', handle: signOut },
  { method: 'GET', path: '/logged_out', who: 'anyone', handle: async () => ({ kind: 'page', page: 'login/logged_out' }) },
]

async function showLogin(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const back = safeReturnTo(request.query.get('return_to'), visit.origin, home)
  if (visit.developer) return { kind: 'redirect', to: back }
  return loginPage('', back)
}

async function signIn(visit: Visit, { form, query }: PortalRequest): Promise<PortalAnswer> {
  const login = textField(form, 'username')
  const back = safeReturnTo(textField(form, 'return_to') || null, visit.origin, home)
  try {
    const { sid } = await authorizeDeveloper(visit.ctx, { login, password: textField(form, 'password'), userAgent: visit.userAgent })
    // Whoever was signed in here before is not any more: the old id dies at once (SES-3).
    if (visit.developer) await revokeSession(visit.ctx.tenant.id, visit.developer.sessionId, visit.ctx.now)
    return { kind: 'redirect', to: back, session: { sid, remember: textField(form, 'remember_me') === '1' }, flash: { type: 'success', text: 'You are signed in.' } }
  } catch (error) {
    if (!isAppError(error) || (error.code !== 'wrong_credentials' && error.code !== 'invalid')) throw error
    // The form tag takes what it carries on from the page's query.
    if (back !== home) query.set('return_to', back)
    const text = error.code === 'invalid' ? (error.fields?.password?.[0] ?? error.publicMessage) : error.publicMessage
    return { ...loginPage(login, back), status: error.status, flash: { type: 'danger', text } }
  }
}

function loginPage(login: string, back: string): Extract<PortalAnswer, { kind: 'page' }> {
  return { kind: 'page', page: 'login/new', assigns: { return_to: back === home ? '' : back, login: typedText(login), username: typedText(login), cas: null } }
}

/** The row ends, so that a copy of the cookie is worth nothing (SES-3). */
async function signOut({ ctx, developer }: Visit): Promise<PortalAnswer> {
  if (developer) {
    await revokeSession(ctx.tenant.id, developer.sessionId, ctx.now)
    await recordAudit(ctx.db, ctx.audit, { action: 'developer.signed_out', object: { kind: 'developer', id: developer.id, name: developer.email } })
  }
  return { kind: 'redirect', to: '/logged_out', session: 'end', flash: { type: 'info', text: 'You are signed out.' } }
}
