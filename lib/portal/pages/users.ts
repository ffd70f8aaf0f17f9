import { editColleague, ownLoginFields, removeColleague } from '@/lib/accounts/manage-colleagues'
import { developerRoles, type DeveloperRole } from '@/lib/accounts/schema'
import { notFound, type FieldErrors } from '@/lib/errors'
import type { FieldValues } from '@/lib/fields/validate-values'
import { joinValues } from '@/lib/fields/split-values'
import { dropList } from '@/lib/liquid/values'
import { paginationDrop } from '@/lib/portal/assigns/pagination-drop'
import { loadOwnAccount, userFacts, visitorOf } from '@/lib/portal/drops/load-own-account'
import { refilled } from '@/lib/portal/drops/refilled'
import { userDrop } from '@/lib/portal/drops/user-drop'
import { fieldsBelow } from '@/lib/portal/pages/form-values'
import { goTo, idIn, orAgain, orSay } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

const path = '/admin/account/users'

/** The people of the account, for its admins. Not behind the switch for several users: who leaves must be removable. */
export const usersRoutes: PortalRoute[] = [
  { method: 'GET', path, who: 'account_admin', handle: list },
  { method: 'GET', path: `${path}/:id`, who: 'account_admin', handle: async (_visit, request) => ({ kind: 'redirect', to: `${path}/${idIn(request)}/edit` }) },
  { method: 'GET', path: `${path}/:id/edit`, who: 'account_admin', handle: (visit, request) => editPage(visit, idIn(request)) },
  { method: 'PUT', path: `${path}/:id`, who: 'account_admin', handle: update },
  { method: 'DELETE', path: `${path}/:id`, who: 'account_admin', handle: remove },
]

const pageSize = 50

/** Whoever is invited and not here yet stands among the invitations. */
const here = { NOT: { state: 'pending', invitedAt: { not: null } } }

async function list(visit: Visit, { query }: PortalRequest): Promise<PortalAnswer> {
  const by = visitorOf(visit)
  const page = Math.max(1, Math.min(10_000, Number.parseInt(query.get('page') ?? '1', 10) || 1))
  const where = { accountId: by.accountId, ...here }
  const [{ account, fields }, rows, total] = await Promise.all([
    loadOwnAccount(visit),
    visit.ctx.db.developer.findMany({ where, orderBy: { id: 'asc' }, skip: (page - 1) * pageSize, take: pageSize }),
    visit.ctx.db.developer.count({ where }),
  ])
  const users = rows.map((row) => userDrop(userFacts(row, { fields: fields.user, account, by })))
  return { kind: 'page', page: 'accounts/users/index', title: 'Colleagues', assigns: { account, users: dropList(users), pagination: paginationDrop({ path, page, pageSize, total }) } }
}

async function update(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const id = idIn(request)
  const { role, ...values } = fieldsBelow(request.form, 'user')
  return orAgain(
    (errors) => editPage(visit, id, { values, errors }),
    async () => {
      await editColleague(visit.ctx, { developerId: id, role: roleOf(role), fields: values })
      return goTo(path, 'Saved.')
    },
  )
}

async function remove(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const id = idIn(request)
  return orSay(path, async () => {
    await removeColleague(visit.ctx, { developerId: id })
    return goTo(path, 'Removed. Their sessions have ended.')
  })
}

async function editPage(visit: Visit, id: bigint, typed?: { values: FieldValues; errors: FieldErrors }): Promise<Extract<PortalAnswer, { kind: 'page' }>> {
  const by = visitorOf(visit)
  const [{ account, fields }, row] = await Promise.all([loadOwnAccount(visit), visit.ctx.db.developer.findFirst({ where: { id, accountId: by.accountId, ...here } })])
  if (!row) throw notFound()
  // What somebody signs in with is shown and not asked for: it is the person's own to change.
  const shown = fields.user.map((field) => ((ownLoginFields as readonly string[]).includes(field.name) ? { ...field, readOnly: true } : field))
  const user = userDrop({ ...userFacts(row, { fields: shown, account, by }), values: refilled(shown, joinValues('user', row), typed?.values), errors: typed?.errors })
  return { kind: 'page', page: 'accounts/users/edit', title: user.$drop.text, assigns: { account, user } }
}

function roleOf(typed: unknown): DeveloperRole | undefined {
  return developerRoles.find((role) => role === typed)
}
