import { isAppError, type FieldErrors } from '@/lib/errors'
import { listAllFields } from '@/lib/fields/queries'
import { signUpFields } from '@/lib/fields/sign-up-fields'
import { drop, type Drop } from '@/lib/liquid/values'
import { findSignUpPlans } from '@/lib/onboarding/find-sign-up-plans'
import { signUpDeveloper } from '@/lib/onboarding/sign-up-developer'
import { errorsDrop, errorsOf, fieldSets } from '@/lib/portal/assigns/field-drops'
import { loadCatalogueDrops } from '@/lib/portal/assigns/load-globals'
import { fieldsBelow, formBelow, idsOf } from '@/lib/portal/pages/form-values'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

/** A new partner (reference portal 3.5): the form, what it makes, and what to do next. */
export const signUpRoutes: PortalRoute[] = [
  { method: 'GET', path: '/signup', who: 'anyone', handle: showSignUp },
  { method: 'POST', path: '/signup', who: 'anyone', handle: signUp },
  { method: 'GET', path: '/signup/success', who: 'anyone', handle: async () => ({ kind: 'page', page: 'signup/success' }) },
]

type Typed = Record<'user' | 'account' | 'application', Record<string, string | string[]>>

const nothing: Typed = { user: {}, account: {}, application: {} }

async function showSignUp(visit: Visit, { query }: PortalRequest): Promise<PortalAnswer> {
  if (visit.developer) return { kind: 'redirect', to: '/admin' }
  if (!visit.settings.signupsEnabled) return closed
  return signUpPage(visit, nothing, {}, idsOf([...query.getAll('plan_ids[]'), ...query.getAll('plan_ids')]))
}

async function signUp(visit: Visit, { form, query }: PortalRequest): Promise<PortalAnswer> {
  if (!visit.settings.signupsEnabled) return closed
  const { user: _user, ...account } = fieldsBelow(form, 'account')
  // Templates of old name the person's fields below the account's.
  const typed: Typed = { account, user: { ...fieldsBelow(form, 'user'), ...fieldsBelow(formBelow(form, 'account'), 'user') }, application: fieldsBelow(form, 'application') }
  const chosen = Object.hasOwn(form, 'plan_ids') ? form.plan_ids : undefined
  const planIds = idsOf(Array.isArray(chosen) ? chosen : typeof chosen === 'string' ? [chosen] : [])
  try {
    await signUpDeveloper(visit.ctx, { ...typed, planIds })
    return { kind: 'redirect', to: '/signup/success' }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'invalid') throw error
    // The form tag takes what it carries on from the page's query.
    query.delete('plan_ids[]')
    for (const id of planIds) query.append('plan_ids[]', String(id))
    return { ...(await signUpPage(visit, typed, error.fields ?? {}, planIds)), status: 422 }
  }
}

const closed: PortalAnswer = { kind: 'page', page: 'signup/closed', status: 403, title: 'Sign-up is closed' }

/** The form in its order, person, organisation, application, with what was typed and what is wrong with it. Passwords are never sent back. */
async function signUpPage(visit: Visit, typed: Typed, errors: FieldErrors, planIds: bigint[]): Promise<Extract<PortalAnswer, { kind: 'page' }>> {
  const [all, plans, { drops }] = await Promise.all([listAllFields(visit.ctx), findSignUpPlans(visit.ctx, planIds, visit.settings), loadCatalogueDrops(visit)])
  const fields = signUpFields(all)
  const part = (name: keyof Typed, object: string): Drop => {
    const own = errorsOf(errors, name)
    return drop(name, 'new', { ...fieldSets(fields[name], { object, values: typed[name], errors: own }), errors: errorsDrop(own) })
  }
  const account = { ...part('account', 'account'), 'approval_required?': visit.settings.accountApprovalRequired }
  // ISO-10: of a hidden plan that everybody starts on not even the name is told.
  const shown = plans.filter((plan) => plan.state === 'published')
  return {
    kind: 'page',
    page: 'signup/show',
    assigns: {
      account,
      user: part('user', 'account[user]'),
      application: plans.length > 0 ? part('application', 'application') : drop('application', 'new', fieldSets([], { object: 'application' })),
      plans: shown.flatMap((plan) => drops.planOf(Number(plan.id)) ?? []),
      plan_ids: shown.map((plan) => Number(plan.id)),
      errors: errorsDrop(errors),
      cas: null,
    },
  }
}
