import type { ManagementRoute } from '@/lib/management/management-route'
import { productExamples } from '@/lib/management/product-examples.fixture'
import { failedDelivery, specText, type ManagementWorld } from '@/lib/management/world.fixture'

/** How a test calls one route so that it succeeds. */
export type Example = {
  /** Query of a GET or DELETE, body of others. */
  send?: (world: ManagementWorld) => Record<string, unknown> | FormData
  /** Path parameters other than the world's. */
  ids?: (world: ManagementWorld) => Promise<Record<string, bigint | string>> | Record<string, bigint | string>
  /** What must be so first: a waiting account before it is approved. */
  before?: (world: ManagementWorld) => Promise<unknown>
}

const state = (accountState: string) => ({ before: ({ ctx, accountId }: ManagementWorld) => ctx.db.account.update({ where: { id: accountId }, data: { state: accountState } }) })
const applicationState = (to: string) => ({
  before: async ({ ctx, accountId, applicationId }: ManagementWorld) => {
    await ctx.db.account.update({ where: { id: accountId }, data: { state: 'approved' } })
    await ctx.db.application.update({ where: { id: applicationId }, data: { state: to } })
  },
})
const developerState = (to: string) => ({ before: ({ ctx, secondId }: ManagementWorld) => ctx.db.developer.update({ where: { id: secondId }, data: { state: to } }) })
const memberState = (to: string) => ({ before: ({ ctx, colleague }: ManagementWorld) => ctx.db.member.update({ where: { id: colleague.id }, data: { state: to } }) })
const isMember = { before: ({ ctx, colleague }: ManagementWorld) => ctx.db.member.update({ where: { id: colleague.id }, data: { role: 'member', state: 'active' } }) }
const users = '/admin/api/accounts/:account_id/users'
const applications = '/admin/api/accounts/:account_id/applications'

/** By method and path. Routes without an entry need nothing but their path. */
export const examples: Record<string, Example> = {
  'POST /admin/api/signup': { send: ({ planId }) => ({ org_name: 'Newcomer', username: 'newcomer', email: 'new@comer.example', password: 'violet tram over Lyon', application_plan_id: planId }) },
  'GET /admin/api/accounts/find': { send: () => ({ username: 'ann' }) },
  'PUT /admin/api/accounts/:account_id': { send: () => ({ org_name: 'Umbrella Ltd', favourite_colour: 'blue' }) },
  'PUT /admin/api/accounts/:account_id/approve': state('pending'),
  'PUT /admin/api/accounts/:account_id/reject': state('pending'),
  'PUT /admin/api/accounts/:account_id/make_pending': state('approved'),
  'PUT /admin/api/accounts/:account_id/suspend': state('approved'),
  'PUT /admin/api/accounts/:account_id/resume': state('suspended'),
  [`POST ${users}`]: { send: () => ({ username: 'carol', email: 'carol@umbrella.example', password: 'violet tram over Lyon' }) },
  [`PUT ${users}/:user_id`]: { send: () => ({ first_name: 'Robert' }) },
  [`PUT ${users}/:user_id/activate`]: developerState('pending'),
  [`PUT ${users}/:user_id/suspend`]: developerState('active'),
  [`PUT ${users}/:user_id/unsuspend`]: developerState('suspended'),
  'GET /admin/api/applications/find': { send: ({ applicationId }) => ({ application_id: applicationId }) },
  [`POST ${applications}`]: { send: ({ planId }) => ({ plan_id: planId, name: 'Second', description: 'x', application_key: ['first-own-key', 'second-own-key'] }), ...state('approved') },
  [`PUT ${applications}/:application_id`]: { send: () => ({ name: 'Renamed', description: 'y' }) },
  [`PUT ${applications}/:application_id/accept`]: applicationState('pending'),
  [`PUT ${applications}/:application_id/suspend`]: applicationState('live'),
  [`PUT ${applications}/:application_id/resume`]: applicationState('suspended'),
  [`PUT ${applications}/:application_id/change_plan`]: { send: ({ otherPlanId }) => ({ plan_id: otherPlanId }) },
  [`PUT ${applications}/:application_id/decustomize_plan`]: {
    before: async ({ call, accountId, applicationId }) => call('PUT', `/admin/api/accounts/${accountId}/applications/${applicationId}/customize_plan.json`),
  },
  [`POST ${applications}/:application_id/keys`]: { send: () => ({}) },
  [`POST ${applications}/:application_id/referrer_filters`]: { send: () => ({ referrer_filter: 'other.example.org' }) },
  'POST /admin/api/users': { send: () => ({ email: 'dora@tenant.example', username: 'dora' }) },
  'PUT /admin/api/users/:user_id/suspend': memberState('active'),
  'PUT /admin/api/users/:user_id/unsuspend': memberState('suspended'),
  'PUT /admin/api/users/:user_id/permissions': { send: () => ({ allowed_sections: ['partners', 'plans'] }), ...isMember },
  'POST /admin/api/personal/access_tokens': { send: () => ({ name: 'CI', permission: 'ro', scopes: ['stats'] }) },
  'POST /admin/api/users/:user_id/access_tokens': { send: () => ({ name: 'CI', permission: 'ro', scopes: ['stats'] }) },
  'POST /admin/api/fields_definitions': { send: () => ({ target: 'User', name: 'shoe_size', label: 'Shoe size', choices: '40, 41', position: 1 }) },
  'PUT /admin/api/fields_definitions/:field_id': { send: () => ({ label: 'Colour', position: 1 }) },
  'POST /admin/api/active_docs': { send: ({ productId }) => ({ name: 'Second document', body: specText, service_id: productId }) },
  'PUT /admin/api/active_docs/:api_doc_id': { send: () => ({ name: 'Echo again', published: true }) },
  'POST /admin/api/cms/templates': { send: () => ({ type: 'page', title: 'News', path: '/news', draft: '<h1>News</h1>' }) },
  'PUT /admin/api/cms/templates/:template_id': { send: () => ({ title: 'The guide', draft: '<h1>Hello</h1>' }) },
  'POST /admin/api/cms/files': { send: () => formOf({ path: '/styles/other.css', attachment: new File(['a { color: blue }'], 'other.css', { type: 'text/css' }) }) },
  'PUT /admin/api/cms/files/:file_id': { send: () => ({ downloadable: true }) },
  'PUT /admin/api/webhooks': { send: () => ({ url: 'https://hooks.example.com/other', active: true, application_created_on: true }) },
  'DELETE /admin/api/webhooks/failures': { before: ({ ctx, endpointId }) => failedDelivery(ctx, endpointId) },
  'PUT /admin/api/provider': { send: () => ({ support_email: 'help@tenant.example' }) },
  'PUT /admin/api/settings': { send: () => ({ signups_enabled: false, multiple_users: 'true' }) },
  'GET /admin/api/objects/status': { send: ({ accountId }) => ({ object_type: 'account', object_id: accountId }) },
}

export function exampleOf({ method, path }: Pick<ManagementRoute, 'method' | 'path'>): Example {
  return examples[`${method} ${path}`] ?? productExamples[`${method} ${path}`] ?? {}
}

/** The path of a route with its parameters filled in, without suffix. An id named by the pattern of its address goes before one by its own name. */
export function fillPath(path: string, ids: Record<string, bigint | string>): string {
  return path.replace(/:(\w+)/g, (all, name: string, at: number) => {
    const value = ids[path.slice(0, at + all.length)] ?? ids[name]
    if (value === undefined) throw new Error(`The world has no ${name} for ${path}`)
    return encodeURIComponent(String(value))
  })
}

/** What `fillPath` takes for each parameter: its own name, or the pattern of its address. */
export function idNames(path: string, ids: Record<string, bigint | string>): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(({ 0: all, 1: name, index }) => (path.slice(0, index + all.length) in ids ? path.slice(0, index + all.length) : name!))
}

function formOf(fields: Record<string, string | File>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  return form
}
