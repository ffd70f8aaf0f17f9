import { editAccountValues } from '@/lib/accounts/edit-account-values'
import type { FieldErrors } from '@/lib/errors'
import type { FieldValues } from '@/lib/fields/validate-values'
import { loadOwnAccount, visitorOf } from '@/lib/portal/drops/load-own-account'
import { fieldsBelow } from '@/lib/portal/pages/form-values'
import { goTo, orAgain } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

const path = '/admin/account'

/** The organisation: its people see it, its admins change it. */
export const accountRoutes: PortalRoute[] = [
  { method: 'GET', path, who: 'developer', handle: show },
  { method: 'GET', path: `${path}/edit`, who: 'account_admin', handle: (visit) => editPage(visit) },
  { method: 'PUT', path, who: 'account_admin', handle: update },
]

async function show(visit: Visit): Promise<PortalAnswer> {
  const { account } = await loadOwnAccount(visit)
  return { kind: 'page', page: 'account/show', title: 'Account', assigns: { account } }
}

async function update(visit: Visit, { form }: PortalRequest): Promise<PortalAnswer> {
  const values = fieldsBelow(form, 'account')
  return orAgain(
    (errors) => editPage(visit, { values, errors }),
    async () => {
      await editAccountValues(visit.ctx, { accountId: visitorOf(visit).accountId, values })
      return goTo(path, 'Saved.')
    },
  )
}

async function editPage(visit: Visit, typed?: { values: FieldValues; errors: FieldErrors }): Promise<Extract<PortalAnswer, { kind: 'page' }>> {
  const { account } = await loadOwnAccount(visit, { typed: { account: typed } })
  return { kind: 'page', page: 'account/edit', title: 'Edit account', assigns: { account } }
}
