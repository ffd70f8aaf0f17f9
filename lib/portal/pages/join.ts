import { acceptDeveloperInvitation, findDeveloperInvitation } from '@/lib/accounts/accept-developer-invitation'
import { confirmDeveloper, isConfirmationGood } from '@/lib/accounts/confirm-developer'
import { startDeveloperSession } from '@/lib/accounts/start-developer-session'
import { isAppError, type FieldErrors } from '@/lib/errors'
import { listFields } from '@/lib/fields/queries'
import { writableFields } from '@/lib/fields/validate-values'
import { drop, typedText } from '@/lib/liquid/values'
import { errorsDrop, errorsOf, fieldSets } from '@/lib/portal/assigns/field-drops'
import { fieldsBelow, formBelow } from '@/lib/portal/pages/form-values'
import { tokenPageHeaders } from '@/lib/portal/pages/token-page'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'
import { revokeSession } from '@/lib/tenants/sessions'

/** Links of mails that let somebody in: the confirmation after sign-up and a colleague's invitation. Opening one changes nothing (CSRF-1). */
export const joinRoutes: PortalRoute[] = [
  { method: 'GET', path: '/activate/:activation_code', who: 'anyone', handle: showActivation },
  { method: 'POST', path: '/activate/:activation_code', who: 'anyone', handle: activate },
  { method: 'GET', path: '/signup/:invitation_token', who: 'anyone', handle: showInvitation },
  { method: 'POST', path: '/signup/:invitation_token', who: 'anyone', handle: join },
]

async function showActivation({ ctx }: Visit, { params }: PortalRequest): Promise<PortalAnswer> {
  const code = params.activation_code!
  const isGood = await isConfirmationGood(ctx, code)
  return activationPage({ activation_url: isGood ? `/activate/${encodeURIComponent(code)}` : '' }, isGood ? 200 : 404)
}

async function activate({ ctx, settings }: Visit, { params }: PortalRequest): Promise<PortalAnswer> {
  try {
    const { accountState } = await confirmDeveloper(ctx, { token: params.activation_code!, settings })
    if (accountState === 'approved') return { kind: 'redirect', to: '/login', flash: { type: 'success', text: 'Your address is confirmed. Sign in to see your key.' } }
    return { kind: 'redirect', to: '/login', flash: { type: 'info', text: `Your address is confirmed. ${ctx.tenant.name} still looks at your account; a mail tells you when it is approved.` } }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'invalid') throw error
    return activationPage({ activation_url: '' }, 422)
  }
}

const activationPage = (assigns: { activation_url: string }, status: number): PortalAnswer => ({ kind: 'page', page: 'activate/show', status, headers: tokenPageHeaders, assigns: { activated: false, ...assigns } })

async function showInvitation(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  return invitationPage(visit, request, {}, {})
}

async function join(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const { ctx, userAgent } = visit
  const user = { ...fieldsBelow(formBelow(request.form, 'account'), 'user'), ...fieldsBelow(request.form, 'user') }
  try {
    const developer = await acceptDeveloperInvitation(ctx, { token: request.params.invitation_token!, user })
    // Whether the account may come in, the session's own look-up says with every request.
    const { sid } = await startDeveloperSession(ctx, developer, userAgent)
    // Whoever was signed in here before is not any more: the old id dies at once (SES-3).
    if (visit.developer) await revokeSession(ctx.tenant.id, visit.developer.sessionId, ctx.now)
    return { kind: 'redirect', to: '/admin', session: { sid }, flash: { type: 'success', text: 'Welcome. You are signed in.' } }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'invalid') throw error
    if (!error.fields) return { kind: 'redirect', to: '/login', flash: { type: 'danger', text: error.publicMessage } }
    return invitationPage(visit, request, user, errorsOf(error.fields, 'user'))
  }
}

async function invitationPage({ ctx }: Visit, { params }: PortalRequest, values: Record<string, string | string[]>, errors: FieldErrors): Promise<PortalAnswer> {
  const invited = await findDeveloperInvitation(ctx, params.invitation_token!)
  if (!invited) return { kind: 'redirect', to: '/login', flash: { type: 'danger', text: 'This invitation is no longer good. Ask a colleague to invite you again.' } }
  const fields = writableFields(await listFields(ctx, 'user'), { side: 'partner' }).map((field) => (field.name === 'email' ? { ...field, readOnly: true } : field))
  const account = drop('account', Number(invited.accountId), { name: typedText(invited.orgName) }, invited.orgName)
  const user = drop('user', 'new', { email: typedText(invited.email), account, ...fieldSets(fields, { object: 'user', values: { ...values, email: invited.email }, errors }), errors: errorsDrop(errors) }, invited.email)
  return { kind: 'page', page: 'accounts/invitee_signups/show', headers: tokenPageHeaders, status: Object.keys(errors).length > 0 ? 422 : 200, assigns: { user, account } }
}
