import { isResetGood, requestDeveloperPasswordReset, resetDeveloperPassword } from '@/lib/accounts/reset-developer-password'
import { sameSecret } from '@/lib/crypto'
import { isAppError, type FieldErrors } from '@/lib/errors'
import { drop } from '@/lib/liquid/values'
import { errorsDrop } from '@/lib/portal/assigns/field-drops'
import { fieldsBelow, textField } from '@/lib/portal/pages/form-values'
import { tokenPageHeaders } from '@/lib/portal/pages/token-page'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

const path = '/admin/account/password'

/** A forgotten password (reference portal 3.5). The same words whether the address is known or not (PW-3). */
export const passwordRoutes: PortalRoute[] = [
  { method: 'GET', path: `${path}/new`, who: 'anyone', handle: async () => ({ kind: 'page', page: 'password/new' }) },
  { method: 'POST', path, who: 'anyone', handle: askForLink },
  { method: 'GET', path, who: 'anyone', handle: showReset },
  { method: 'PUT', path, who: 'anyone', handle: reset },
]

async function askForLink({ ctx }: Visit, { form }: PortalRequest): Promise<PortalAnswer> {
  await requestDeveloperPasswordReset(ctx, { email: textField(form, 'email') || String(fieldsBelow(form, 'user').email ?? '') })
  return { kind: 'redirect', to: '/login', flash: { type: 'info', text: 'If this address belongs to an account, a link to set a new password is on its way.' } }
}

async function showReset(visit: Visit, { query }: PortalRequest): Promise<PortalAnswer> {
  const token = query.get('password_reset_token') ?? ''
  if (!(await isResetGood(visit.ctx, token))) return deadLink
  return resetPage(token, {})
}

async function reset({ ctx, settings }: Visit, { form, query }: PortalRequest): Promise<PortalAnswer> {
  const token = textField(form, 'password_reset_token') || (query.get('password_reset_token') ?? '')
  const { password = '', password_confirmation: again } = fieldsBelow(form, 'user')
  if (again !== undefined && !sameSecret(String(again), String(password))) return { ...resetPage(token, { password_confirmation: ['The two passwords differ. Write the same one twice.'] }), status: 422 }
  try {
    await resetDeveloperPassword(ctx, { token, password: String(password), settings })
    return { kind: 'redirect', to: '/login', session: 'end', flash: { type: 'success', text: 'Your password is changed. Sign in with it.' } }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'invalid') throw error
    return error.fields ? { ...resetPage(token, error.fields), status: 422 } : deadLink
  }
}

const deadLink: PortalAnswer = { kind: 'redirect', to: `${path}/new`, flash: { type: 'danger', text: 'This link is no longer good. Ask for a new one.' } }

function resetPage(token: string, errors: FieldErrors): Extract<PortalAnswer, { kind: 'page' }> {
  return { kind: 'page', page: 'password/show', headers: tokenPageHeaders, assigns: { password_reset_token: token, user: drop('user', 'reset', { errors: errorsDrop(errors) }), errors: errorsDrop(errors) } }
}
