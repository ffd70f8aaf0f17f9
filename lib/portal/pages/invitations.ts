import { deleteDeveloperInvitation, inviteDeveloper, listDeveloperInvitations, resendDeveloperInvitation } from '@/lib/accounts/invite-developer'
import { AppError, type FieldErrors } from '@/lib/errors'
import { dropList } from '@/lib/liquid/values'
import { paginationDrop } from '@/lib/portal/assigns/pagination-drop'
import { invitationDrop, newInvitationDrop } from '@/lib/portal/drops/invitation-drop'
import { fieldsBelow } from '@/lib/portal/pages/form-values'
import { goTo, idIn, orAgain, orSay } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

const path = '/admin/account/invitations'

/** Colleagues by e-mail, where the tenant lets an account have several people. */
export const invitationsRoutes: PortalRoute[] = [
  { method: 'GET', path, who: 'account_admin', handle: list },
  { method: 'POST', path, who: 'account_admin', handle: create },
  { method: 'GET', path: `${path}/new`, who: 'account_admin', handle: showNew },
  { method: 'PUT', path: `${path}/:id/resend`, who: 'account_admin', handle: resend },
  { method: 'DELETE', path: `${path}/:id`, who: 'account_admin', handle: remove },
]

const pageSize = 20

async function list(visit: Visit, { query }: PortalRequest): Promise<PortalAnswer> {
  assertOpen(visit)
  const page = Math.max(1, Math.min(10_000, Number.parseInt(query.get('page') ?? '1', 10) || 1))
  const all = await listDeveloperInvitations(visit.ctx)
  const shown = all.slice((page - 1) * pageSize, page * pageSize)
  return { kind: 'page', page: 'invitations/index', title: 'Invitations', assigns: { invitations: dropList(shown.map(invitationDrop)), pagination: paginationDrop({ path, page, pageSize, total: all.length }) } }
}

async function showNew(visit: Visit): Promise<PortalAnswer> {
  assertOpen(visit)
  return newPage('', {})
}

async function create(visit: Visit, { form }: PortalRequest): Promise<PortalAnswer> {
  assertOpen(visit)
  const { email } = fieldsBelow(form, 'invitation')
  const typed = typeof email === 'string' ? email : ''
  return orAgain(
    async (errors) => newPage(typed, errors),
    async () => {
      await inviteDeveloper(visit.ctx, { email: typed })
      return goTo(path, `An invitation is on its way to ${typed.trim()}.`)
    },
  )
}

async function resend(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  assertOpen(visit)
  return orSay(path, async () => {
    await resendDeveloperInvitation(visit.ctx, { developerId: idIn(request) })
    return goTo(path, 'The invitation is sent again. The link of the earlier mail is dead.')
  })
}

async function remove(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  return orSay(path, async () => {
    await deleteDeveloperInvitation(visit.ctx, { developerId: idIn(request) })
    return goTo(path, 'The invitation is deleted.')
  })
}

function newPage(email: string, errors: FieldErrors): Extract<PortalAnswer, { kind: 'page' }> {
  return { kind: 'page', page: 'invitations/new', title: 'Invite a colleague', assigns: { invitation: newInvitationDrop(email, errors) } }
}

/** The switch holds at every door, not only in the menu. */
function assertOpen({ settings }: Visit): void {
  if (!settings.multipleUsers) throw new AppError('forbidden', { publicMessage: 'Accounts have one user here.' })
}
