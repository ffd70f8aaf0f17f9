import { changePlanAsDeveloper, withdrawPlanRequest } from '@/lib/applications/plan-requests'
import { notFound } from '@/lib/errors'
import { loadOwnAccount, visitorOf } from '@/lib/portal/drops/load-own-account'
import { idsOf, textField } from '@/lib/portal/pages/form-values'
import { goTo, idIn, orSay } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

const requestsPath = '/admin/account/plan_changes'

/** Another plan for an application: at once or asked for, as the product has it. An admin of the account decides. */
export const planChangeRoutes: PortalRoute[] = [
  { method: 'PUT', path: '/admin/contracts/:id', who: 'account_admin', handle: change },
  { method: 'GET', path: requestsPath, who: 'developer', handle: list },
  { method: 'GET', path: `${requestsPath}/new`, who: 'developer', handle: async (_visit, { query }) => ({ kind: 'redirect', to: toApplication(query.get('contract_id')) }) },
  { method: 'DELETE', path: `${requestsPath}/:id`, who: 'account_admin', handle: withdraw },
  { method: 'GET', path: '/admin/services/:service_id/plans_widget', who: 'developer', handle: showChoice },
]

async function change(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const applicationId = idIn(request)
  const [planId] = idsOf([textField(request.form, 'plan_id') || (request.query.get('plan_id') ?? '')])
  if (planId === undefined) throw notFound()
  const page = `/admin/applications/${applicationId}`
  return orSay(page, async () => {
    const { outcome } = await changePlanAsDeveloper(visit.ctx, { applicationId, planId, reason: textField(request.form, 'reason') })
    // Published, or the change would have been refused.
    const plan = await visit.ctx.db.plan.findUniqueOrThrow({ where: { id: planId }, select: { name: true } })
    return goTo(page, outcome === 'changed' ? `The plan is now ${plan.name}. The key is the same.` : `Your request for ${plan.name} is sent. The answer comes by mail.`)
  })
}

async function list(visit: Visit): Promise<PortalAnswer> {
  const { account, planChanges } = await loadOwnAccount(visit, { applications: 'all' })
  return { kind: 'page', page: 'accounts/plan_changes/index', title: 'Plan requests', assigns: { account, plan_requests: planChanges, plan_changes: planChanges.filter((each) => each['open?'] === true) } }
}

async function withdraw(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const requestId = idIn(request)
  return orSay(requestsPath, async () => {
    await withdrawPlanRequest(visit.ctx, { requestId })
    return goTo(requestsPath, 'Your request is taken back.')
  })
}

/** Where the plan is chosen: on the application's page, or while a new one is made. */
async function showChoice(visit: Visit, { params, query }: PortalRequest): Promise<PortalAnswer> {
  const application = query.get('application_id')
  if (application !== null) return { kind: 'redirect', to: toApplication(application) }
  const own = await visit.ctx.db.application.findFirst({ where: { accountId: visitorOf(visit).accountId, kind: 'partner', productId: idsOf([params.service_id ?? ''])[0] ?? 0n }, orderBy: { id: 'asc' }, select: { id: true } })
  return { kind: 'redirect', to: own ? toApplication(String(own.id)) : `/admin/applications/new?service_id=${encodeURIComponent(params.service_id ?? '')}` }
}

function toApplication(id: string | null): string {
  const [known] = idsOf([id ?? ''])
  return known === undefined ? '/admin/applications' : `/admin/applications/${known}#plan`
}
