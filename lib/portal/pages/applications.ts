import { deleteApplication } from '@/lib/applications/change-application'
import { createOwnApplication } from '@/lib/applications/create-own-application'
import { editApplicationValues } from '@/lib/applications/edit-application-values'
import { getApplication } from '@/lib/applications/queries'
import { oauthClientInput, setOauthClient } from '@/lib/applications/set-oauth-client'
import { invalid, isAppError, notFound, type FieldErrors } from '@/lib/errors'
import type { FieldValues } from '@/lib/fields/validate-values'
import { dropList, type Drop } from '@/lib/liquid/values'
import { paginationDrop } from '@/lib/portal/assigns/pagination-drop'
import { newApplicationDrop } from '@/lib/portal/drops/application-drop'
import { choosablePlans } from '@/lib/portal/drops/load-application-drops'
import { loadOwnAccount, type OwnAccount } from '@/lib/portal/drops/load-own-account'
import { refilled } from '@/lib/portal/drops/refilled'
import { fieldsBelow, idsOf } from '@/lib/portal/pages/form-values'
import { goTo, idIn, orAgain, orSay } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

const path = '/admin/applications'

/** A partner's applications (reference portal 3.5). */
export const applicationsRoutes: PortalRoute[] = [
  { method: 'GET', path, who: 'developer', handle: listOwn },
  { method: 'POST', path, who: 'developer', handle: create },
  { method: 'GET', path: `${path}/new`, who: 'developer', handle: showNew },
  { method: 'GET', path: `${path}/choose_service`, who: 'developer', handle: chooseService },
  { method: 'GET', path: `${path}/:id`, who: 'developer', handle: show },
  { method: 'GET', path: `${path}/:id/edit`, who: 'developer', handle: (visit, request) => editPage(visit, idIn(request)) },
  { method: 'PUT', path: `${path}/:id`, who: 'developer', handle: update },
  { method: 'DELETE', path: `${path}/:id`, who: 'account_admin', handle: remove },
  { method: 'GET', path: '/admin/access_details', who: 'developer', handle: showAccessDetails },
  { method: 'GET', path: '/admin/services', who: 'developer', handle: async () => ({ kind: 'redirect', to: `${path}/choose_service` }) },
  { method: 'GET', path: '/admin/service_contracts/new', who: 'developer', handle: async (_visit, { query }) => ({ kind: 'redirect', to: newPath(query.get('service_id')) }) },
]

const pageSize = 20

async function listOwn(visit: Visit, { query }: PortalRequest): Promise<PortalAnswer> {
  const page = Math.max(1, Math.min(10_000, Number.parseInt(query.get('page') ?? '1', 10) || 1))
  const { account, applications, applicationsTotal } = await loadOwnAccount(visit, { applications: { skip: (page - 1) * pageSize, take: pageSize } })
  return { kind: 'page', page: 'applications/index', title: 'Applications', assigns: { account, applications: dropList(applications), pagination: paginationDrop({ path, page, pageSize, total: applicationsTotal }) } }
}

async function show(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const { account, applications } = await loadOwnAccount(visit, { applications: { id: idIn(request) }, reveal: true })
  const application = applications[0]!
  return { kind: 'page', page: 'applications/show', title: application.$drop.text, assigns: { account, application, cinstance: application, referrer_filter: null } }
}

/** Where an account has one application, its page; else the choice among them. */
async function showAccessDetails({ ctx, developer }: Visit): Promise<PortalAnswer> {
  const own = await ctx.db.application.findMany({ where: { accountId: developer!.accountId, kind: 'partner' }, orderBy: { id: 'asc' }, take: 2, select: { id: true } })
  return { kind: 'redirect', to: own.length === 1 ? `${path}/${own[0]!.id}` : path }
}

async function chooseService(visit: Visit): Promise<PortalAnswer> {
  if (!visit.settings.multipleProducts) return { kind: 'redirect', to: `${path}/new` }
  const own = await loadOwnAccount(visit)
  return { kind: 'page', page: 'applications/choose_service', title: 'Choose an API', assigns: { account: own.account, services: dropList(openServices(own), (service) => String(service.system_name)) } }
}

async function showNew(visit: Visit, { query }: PortalRequest): Promise<PortalAnswer> {
  const own = await loadOwnAccount(visit)
  if (!visit.settings.multipleApplications && own.applicationsTotal > 0) return goTo(path, 'Your account has its application already; there is one for each account here.', 'info')
  const services = openServices(own)
  const asked = query.get('service_id')
  if (asked === null && services.length > 1) return { kind: 'redirect', to: `${path}/choose_service` }
  return newPage(own, asked, {}, {}, Number(query.get('plan_id') ?? query.get('plan_ids[]')))
}

async function create(visit: Visit, { form, query }: PortalRequest): Promise<PortalAnswer> {
  const { plan_id: planId = '', ...typed } = fieldsBelow(form, 'application')
  const { client, fields, redirectUrl } = oauthClientOf(typed)
  const service = query.get('service_id') || (typeof form.service_id === 'string' && form.service_id) || null
  const again = async (errors: FieldErrors) => newPage(await loadOwnAccount(visit), service, fields, errors, Number(planId), redirectUrl)
  return orAgain(again, async () => {
    try {
      checkOauthClient(client)
      const { id, state } = await createOwnApplication(visit.ctx, { productId: service === null ? undefined : oneId(service), planId: planId === '' ? undefined : oneId(planId), fields })
      if (client) await setOauthClient(visit.ctx, { applicationId: id, ...client })
      return goTo(`${path}/${id}`, state === 'live' ? 'Your application is made. Its key works now.' : `Your application is made. ${visit.ctx.tenant.name} looks at it first; you get a mail.`)
    } catch (error) {
      if (isAppError(error) && error.code === 'conflict') return goTo(path, error.publicMessage, 'danger')
      throw error
    }
  })
}

async function update(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const id = idIn(request)
  const { client, fields: values, redirectUrl } = oauthClientOf(fieldsBelow(request.form, 'application'))
  return orAgain(
    (errors) => editPage(visit, id, { values, errors, redirectUrl }),
    async () => {
      checkOauthClient(client)
      await editApplicationValues(visit.ctx, { applicationId: id, values })
      if (client) await setOauthClient(visit.ctx, { applicationId: id, ...client })
      return goTo(`${path}/${id}`, 'Saved.')
    },
  )
}

async function remove(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const id = idIn(request)
  // The question is asked by the page; the name is typed in the dashboard only.
  const { name } = await getApplication(visit.ctx, id)
  return orSay(`${path}/${id}`, async () => {
    await deleteApplication(visit.ctx, { applicationId: id, confirmation: name })
    return goTo(path, `${name} is deleted. Its keys are refused from now on.`)
  })
}

async function editPage(visit: Visit, id: bigint, typed?: { values: FieldValues; errors: FieldErrors; redirectUrl?: string }): Promise<Extract<PortalAnswer, { kind: 'page' }>> {
  const { account, applications } = await loadOwnAccount(visit, { applications: { id }, ...(typed && { typed: { application: typed } }) })
  return { kind: 'page', page: 'applications/edit', title: 'Edit application', assigns: { account, application: applications[0]! } }
}

/** The form for one product. `not_found` for a product that is not open, and where no plan is (ISO-10). */
function newPage(own: OwnAccount, service: string | null, typed: FieldValues, errors: FieldErrors, planId: number, redirectUrl?: string): Extract<PortalAnswer, { kind: 'page' }> {
  const services = openServices(own)
  const chosen = service === null ? services[0] : services.find(({ $drop }) => String($drop.id) === service)
  if (!chosen) throw notFound()
  const plans = choosablePlans(own.facts, own.catalogue, Number(chosen.$drop.id), null).map((plan) => ({ ...plan, 'selected?': plan.$drop.id === planId }))
  const fields = own.fields.application.filter(({ readOnly }) => !readOnly)
  const application = newApplicationDrop({ fields, values: refilled(fields, {}, typed), errors, typedRedirectUrl: redirectUrl }, { service: chosen, plan: plans.find((plan) => plan['selected?']) ?? null, choosablePlans: plans, account: own.account })
  return { kind: 'page', page: 'applications/new', title: 'New application', assigns: { account: own.account, application } }
}

type ClientWords = { redirectUris?: string; clientType?: 'confidential' | 'public' }

/** What a form says of an OAuth client (reference portal 4: `application[redirect_url]`, one address a line), apart from the other fields. */
function oauthClientOf({ redirect_url: url, client_type: type, ...fields }: Record<string, string | string[]>): { client: ClientWords | null; fields: Record<string, string | string[]>; redirectUrl?: string } {
  if (url === undefined && type === undefined) return { client: null, fields }
  const redirectUrl = url === undefined ? undefined : [url].flat().join('\n')
  return { client: { redirectUris: redirectUrl, clientType: type === 'public' || type === 'confidential' ? type : undefined }, fields, redirectUrl }
}

/** Before anything is written: an application is not made where its address is no good. Throws `invalid`. */
function checkOauthClient(client: ClientWords | null): void {
  const checked = client && oauthClientInput.omit({ applicationId: true }).safeParse(client)
  if (checked && !checked.success) throw invalid({ redirect_url: checked.error.issues.map((issue) => issue.message) })
}

/** Products a partner can have an application of: listed, with a plan to choose or to begin on. */
function openServices({ facts, catalogue }: OwnAccount): Drop[] {
  return facts.filter(({ listed, defaultPlanId, plans }) => listed && (defaultPlanId !== null || plans.some(({ published }) => published))).flatMap(({ id }) => catalogue.serviceOf(id) ?? [])
}

const newPath = (service: string | null) => (service === null ? `${path}/new` : `${path}/new?service_id=${encodeURIComponent(service)}`)

/** What is no id names nothing. */
function oneId(text: string | string[]): bigint {
  const [id] = idsOf([text].flat())
  if (id === undefined) throw notFound()
  return id
}
