import { changeOwnDetails } from '@/lib/accounts/change-own-details'
import type { FieldErrors } from '@/lib/errors'
import type { FieldValues } from '@/lib/fields/validate-values'
import { drop, type Drop } from '@/lib/liquid/values'
import { loadOwnAccount, visitorOf } from '@/lib/portal/drops/load-own-account'
import { fieldsBelow, textField } from '@/lib/portal/pages/form-values'
import { goTo, idIn, orAgain } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'
import { endOtherSessions, endOwnSession } from '@/lib/tenants/end-sessions'
import { nameBrowser } from '@/lib/tenants/name-browser'
import { listDeveloperSessions, type SessionListing } from '@/lib/tenants/sessions'

const path = '/admin/account/personal_details'

/** Everybody's own: name, how one signs in, and where (SES-4). */
export const personalRoutes: PortalRoute[] = [
  { method: 'GET', path, who: 'developer', handle: (visit) => showPage(visit) },
  { method: 'PUT', path, who: 'developer', handle: update },
  { method: 'DELETE', path: '/admin/account/sessions', who: 'developer', handle: endOthers },
  { method: 'DELETE', path: '/admin/account/sessions/:id', who: 'developer', handle: endOne },
]

async function update(visit: Visit, { form }: PortalRequest): Promise<PortalAnswer> {
  const { current_password: currentPassword = '', password = '', password_confirmation: again, ...values } = fieldsBelow(form, 'user')
  return orAgain(
    (errors) => showPage(visit, { values, errors }),
    async () => {
      const { sid } = await changeOwnDetails(visit.ctx, { values, currentPassword: String(currentPassword), password: String(password), passwordConfirmation: again === undefined ? undefined : String(again) })
      const saved = goTo(textField(form, 'origin') === 'users' ? '/admin/account/users' : path, password === '' ? 'Saved.' : 'Saved. Your other sessions have ended.')
      return sid === null || saved.kind !== 'redirect' ? saved : { ...saved, session: { sid } }
    },
  )
}

async function endOne(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const sessionId = idIn(request)
  await endOwnSession(visit.ctx, { sessionId })
  if (sessionId !== visitorOf(visit).sessionId) return goTo(path, 'That session has ended.')
  return { kind: 'redirect', to: '/login', session: 'end' }
}

async function endOthers(visit: Visit): Promise<PortalAnswer> {
  const { ended } = await endOtherSessions(visit.ctx)
  return goTo(path, ended === 0 ? 'You are signed in nowhere else.' : `${ended === 1 ? 'One session has' : `${ended} sessions have`} ended.`)
}

async function showPage(visit: Visit, typed?: { values: FieldValues; errors: FieldErrors }): Promise<Extract<PortalAnswer, { kind: 'page' }>> {
  const { id, sessionId } = visitorOf(visit)
  const [{ account, user }, sessions] = await Promise.all([loadOwnAccount(visit, { typed: { user: typed } }), listDeveloperSessions(visit.ctx.tenant.id, id, sessionId, visit.ctx.now)])
  return { kind: 'page', page: 'user/show', title: 'Personal details', assigns: { account, user, sessions: sessions.map(sessionDrop) } }
}

/** `session`: where somebody is signed in. Ours; 3scale's templates do not know it. */
function sessionDrop({ id, address, userAgent, createdAt, lastSeenAt, current }: SessionListing): Drop {
  return drop('session', Number(id), { id: Number(id), address, user_agent: userAgent, browser: nameBrowser(userAgent), created_at: createdAt.toISOString(), last_seen_at: lastSeenAt.toISOString(), 'current?': current, end_url: `/admin/account/sessions/${id}` })
}
