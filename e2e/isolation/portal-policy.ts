import type { PortalDoor, PortalIds } from '@/e2e/isolation/seeded-world'

/**
 * Who may do what on the portal, route by route (ISO-7, ISO-10). The matrix holds this table against the running server;
 * a route of `lib/portal/portal-routes.ts` that is not named here fails it. Every id and name that `input` takes from
 * `ids` is replaced: by another account's, a colleague's, another tenant's and what partners do not see.
 */
export type PortalPolicy = {
  who: PortalDoor['who']
  /** What it is sent; `form` by Rails names. Nothing where it takes nothing. */
  input?: (ids: PortalIds) => PortalInput
  /** Sent wherever it must come to nothing, where `input` would make something whatever ids it carries. */
  vain?: (ids: PortalIds) => PortalInput
  /** What an admin of the account gets with own ids; of `anyone`'s routes that change something: what a visitor gets. */
  own: string
  /** The same for a visitor, where it differs. */
  visitor?: string
  /** Tables whose canaries the account's admin reads there, or the page proves nothing. */
  shows?: string[]
  /** Changes what others of the table need: tried with own ids in this order, after all others. */
  last?: number
  /** Ends the session it comes with. */
  endsSession?: true
}

export type PortalInput = { params?: Record<string, string | number>; query?: Record<string, string | number>; form?: Record<string, string | number>; json?: unknown }

const anyone = (own: string, more: Partial<PortalPolicy> = {}): PortalPolicy => ({ who: 'anyone', own, ...more })
const developer = (own: string, more: Partial<PortalPolicy> = {}): PortalPolicy => ({ who: 'developer', own, ...more })
const accountAdmin = (own: string, more: Partial<PortalPolicy> = {}): PortalPolicy => ({ who: 'account_admin', own, ...more })

const spec = ({ spec }: PortalIds): PortalInput => ({ params: { system_name: spec } })
const specFile = ({ spec }: PortalIds): PortalInput => ({ params: { system_name: `${spec}.json` } })
const id = (name: keyof PortalIds) => (ids: PortalIds): PortalInput => ({ params: { id: ids[name] } })
const ofApplication = ({ application }: PortalIds): PortalInput => ({ params: { application_id: application } })
const ofKeyed = ({ keyedApplication }: PortalIds): PortalInput => ({ params: { application_id: keyedApplication } })
const alertOf = (name: 'alert' | 'otherAlert') => (ids: PortalIds): PortalInput => ({ params: { application_id: ids.application, id: ids[name] } })
const callOf = ({ application, call }: PortalIds): PortalInput => ({ params: { application_id: application, id: call } })
const keyOf = (name: 'appKey' | 'otherAppKey') => (ids: PortalIds): PortalInput => ({ params: { application_id: ids.keyedApplication, id: ids[name] } })
const activation = ({ activationCode }: PortalIds): PortalInput => ({ params: { activation_code: activationCode } })
const invitation = ({ invitationToken }: PortalIds): PortalInput => ({ params: { invitation_token: invitationToken } })

const toApplication = 'sent to /admin/applications/# (success)'
const toAlerts = 'sent to /admin/applications/#/alerts (success)'
const toInvitations = 'sent to /admin/account/invitations (success)'

/** Routes of the portal by method and path. */
export const portalPolicies: Record<string, PortalPolicy> = {
  'GET /': anyone('shown', { shows: ['tenants', 'plans'] }),
  'GET /plans': anyone('shown', { shows: ['plans'] }),
  'GET /terms': anyone('shown'),
  'GET /privacy': anyone('shown'),
  'GET /refunds': anyone('shown'),
  'GET /search': anyone('shown', { input: () => ({ query: { q: 'a' } }) }),
  'GET /search.json': anyone('json', { input: () => ({ query: { q: 'a' } }), shows: ['api_specs'] }),
  'GET /robots.txt': anyone('content'),
  'GET /sitemap.xml': anyone('content', { shows: ['api_specs', 'portal_templates'] }),
  'GET /login': anyone('sent to /admin', { visitor: 'shown' }),
  'POST /session': anyone('sent to /admin (success)', { input: ({ login }) => ({ form: { username: login, password: 'another winding password' } }), vain: ({ login }) => ({ form: { username: login, password: 'not the password of this person' } }) }),
  'GET /logout': anyone('shown', { visitor: 'sent to /logged_out' }),
  'POST /logout': anyone('sent to /logged_out (info)', { endsSession: true }),
  'DELETE /logout': anyone('sent to /logged_out (info)', { endsSession: true }),
  'DELETE /session': anyone('sent to /logged_out (info)', { endsSession: true }),
  'GET /logged_out': anyone('shown'),
  'GET /signup': anyone('sent to /admin', { visitor: 'shown', input: ({ plan }) => ({ query: { 'plan_ids[]': plan } }) }),
  'POST /signup': anyone('sent to /signup/success', {
    // Plans that are not open count for nothing: the new account gets the default one.
    input: ({ plan }) => ({ form: { 'account[org_name]': 'One more', 'account[user][email]': 'one-more@example.com', 'account[user][password]': 'another winding password', 'plan_ids[]': plan } }),
    vain: ({ plan }) => ({ form: { 'account[org_name]': 'One more', 'account[user][email]': 'one-more@example.com', 'account[user][password]': 'short', 'plan_ids[]': plan } }),
  }),
  'GET /signup/success': anyone('shown'),
  'GET /activate/:activation_code': anyone('shown', { input: activation }),
  'POST /activate/:activation_code': anyone('sent to /login (success)', { input: activation }),
  'GET /signup/:invitation_token': anyone('shown', { input: invitation }),
  'POST /signup/:invitation_token': anyone('sent to /admin (success)', {
    input: ({ invitationToken }) => ({ params: { invitation_token: invitationToken }, form: { 'user[first_name]': 'One', 'user[last_name]': 'More', 'user[password]': 'another winding password' } }),
  }),
  'GET /admin/account/password/new': anyone('shown'),
  'POST /admin/account/password': anyone('sent to /login (info)', { input: ({ login }) => ({ form: { email: login } }) }),
  'GET /admin/account/password': anyone('shown', { input: ({ resetToken }) => ({ query: { password_reset_token: resetToken } }) }),
  'PUT /admin/account/password': anyone('sent to /login (success)', { input: ({ resetToken }) => ({ form: { password_reset_token: resetToken, 'user[password]': 'yet another winding password' } }) }),

  'GET /docs': anyone('shown', { shows: ['api_specs', 'products'] }),
  'GET /docs/errors': anyone('shown'),
  'GET /docs/:system_name': anyone('shown', { input: spec, shows: ['api_specs'] }),
  'GET /docs/:system_name/viewer.json': anyone('json', { input: spec, shows: ['applications'] }),
  'POST /docs/:system_name/try': anyone('json', { visitor: 'status 401', input: (ids) => ({ ...spec(ids), json: { server_index: 0, method: 'GET', path: '/one' } }) }),
  'GET /swagger/spec': anyone('json', { shows: ['api_specs'] }),
  'GET /swagger/spec.json': anyone('json', { shows: ['api_specs'] }),
  'GET /swagger/spec/:system_name': anyone('json', { input: specFile }),
  'GET /api_docs/services': anyone('json', { shows: ['api_specs'] }),
  'GET /api_docs/services.json': anyone('json', { shows: ['api_specs'] }),
  'GET /api_docs/services/:system_name': anyone('json', { input: specFile }),
  'GET /api_docs/account_data.json': anyone('json', { shows: ['applications'] }),
  'GET /swagger-ui/:version/:file': anyone('content', { input: () => ({ params: { version: 'any', file: 'swagger-ui.css' } }) }),

  'GET /admin': developer('shown', { shows: ['applications', 'plans', 'metrics'] }),
  'GET /admin/applications': developer('shown', { shows: ['applications'] }),
  'POST /admin/applications': developer(toApplication, {
    input: ({ product, plan }) => ({ query: { service_id: product }, form: { 'application[name]': 'One more', 'application[description]': 'One more', 'application[plan_id]': plan } }),
  }),
  'GET /admin/applications/new': developer('shown', { input: ({ product, plan }) => ({ query: { service_id: product, plan_id: plan } }), shows: ['plans'] }),
  'GET /admin/applications/choose_service': developer('shown', { shows: ['products'] }),
  'GET /admin/applications/:id': developer('shown', { input: id('application'), shows: ['applications', 'plans', 'metrics'] }),
  'GET /admin/applications/:id/edit': developer('shown', { input: id('application'), shows: ['applications'] }),
  'PUT /admin/applications/:id': developer(toApplication, { input: ({ application }) => ({ params: { id: application }, form: { 'application[name]': 'Renamed' } }) }),
  'DELETE /admin/applications/:id': accountAdmin('sent to /admin/applications (success)', { input: id('spareApplication'), last: 5 }),
  'GET /admin/access_details': developer('sent to /admin/applications'),
  'GET /admin/services': developer('sent to /admin/applications/choose_service'),
  'GET /admin/service_contracts/new': developer('sent to /admin/applications/new', { input: ({ product }) => ({ query: { service_id: product } }) }),
  'PUT /admin/applications/:application_id/user_key': developer(toApplication, { input: ofApplication }),
  'POST /admin/applications/:application_id/keys': developer(toApplication, { input: ofKeyed }),
  'DELETE /admin/applications/:application_id/keys/:id': developer(toApplication, { input: keyOf('otherAppKey') }),
  'PUT /admin/applications/:application_id/keys/:id/rotate': developer(toApplication, { input: keyOf('appKey') }),
  'PUT /admin/applications/:application_id/keys/:id/regenerate': developer(toApplication, { input: keyOf('appKey'), last: 1 }),
  'GET /admin/applications/:application_id/keys': developer('sent to /admin/applications/#', { input: ofKeyed }),
  'GET /admin/applications/:application_id/keys/new': developer('sent to /admin/applications/#', { input: ofKeyed }),
  'GET /admin/applications/:application_id/calls': developer('shown', { input: ofApplication, shows: ['applications', 'call_records'] }),
  'GET /admin/applications/:application_id/calls/:id': developer('shown', { input: callOf, shows: ['applications', 'call_records'] }),
  'GET /calls/:request_id': developer('sent to /admin/applications (info)', { input: () => ({ params: { request_id: 'never-happened-at-all' } }) }),
  'GET /admin/applications/:application_id/alerts': developer('shown', { input: ofApplication, shows: ['applications', 'metrics'] }),
  'PUT /admin/applications/:application_id/alerts/all_read': developer(toAlerts, { input: ofApplication, last: 1 }),
  'PUT /admin/applications/:application_id/alerts/:id/read': developer(toAlerts, { input: alertOf('alert') }),
  'DELETE /admin/applications/:application_id/alerts/purge': developer(toAlerts, { input: ofApplication, last: 2 }),
  'DELETE /admin/applications/:application_id/alerts/:id': developer(toAlerts, { input: alertOf('otherAlert') }),
  'GET /buyer/stats': developer('shown', { input: ({ application }) => ({ query: { application_id: application } }), shows: ['applications', 'metrics'] }),
  'GET /buyer/stats/data': developer('json', { input: ({ application }) => ({ query: { application_id: application } }), shows: ['applications', 'metrics'] }),
  'GET /buyer/stats/data/usage/:metric_id': developer('json', { input: ({ method, application }) => ({ params: { metric_id: method }, query: { application_id: application, period: 'month' } }), shows: ['metrics'] }),
  'GET /buyer/stats/:id/methods': developer('sent to /buyer/stats', { input: id('application') }),
  'GET /buyer/stats/:id/metrics': developer('sent to /buyer/stats', { input: id('application') }),
  'PUT /admin/contracts/:id': accountAdmin(toApplication, { input: ({ spareApplication, plan }) => ({ params: { id: spareApplication }, form: { plan_id: plan, reason: 'We grow' } }), last: 4 }),
  'GET /admin/account/plan_changes': developer('shown', { shows: ['plan_requests', 'plans'] }),
  'GET /admin/account/plan_changes/new': developer('sent to /admin/applications/#', { input: ({ application }) => ({ query: { contract_id: application } }) }),
  'DELETE /admin/account/plan_changes/:id': accountAdmin('sent to /admin/account/plan_changes (success)', { input: id('planRequest'), last: 3 }),
  'GET /admin/services/:service_id/plans_widget': developer('sent to /admin/applications/#', { input: ({ product, application }) => ({ params: { service_id: product }, query: { application_id: application } }) }),

  'GET /admin/account': developer('shown', { shows: ['accounts'] }),
  'GET /admin/account/edit': accountAdmin('shown', { shows: ['accounts'] }),
  'PUT /admin/account': accountAdmin('sent to /admin/account (success)', { input: () => ({ form: { 'account[org_name]': 'Renamed' } }) }),
  'GET /admin/account/personal_details': developer('shown', { shows: ['developers'] }),
  'PUT /admin/account/personal_details': developer('sent to /admin/account/personal_details (success)', { input: () => ({ form: { 'user[first_name]': 'Renamed' } }) }),
  'DELETE /admin/account/sessions': developer('sent to /admin/account/personal_details (success)', { last: 6 }),
  'DELETE /admin/account/sessions/:id': developer('sent to /admin/account/personal_details (success)', { input: id('session') }),
  'GET /admin/account/users': accountAdmin('shown', { shows: ['developers'] }),
  'GET /admin/account/users/:id': accountAdmin('sent to /admin/account/users/#/edit', { input: id('colleague') }),
  'GET /admin/account/users/:id/edit': accountAdmin('shown', { input: id('colleague'), shows: ['developers'] }),
  'PUT /admin/account/users/:id': accountAdmin('sent to /admin/account/users (success)', { input: ({ colleague }) => ({ params: { id: colleague }, form: { 'user[role]': 'admin' } }) }),
  'DELETE /admin/account/users/:id': accountAdmin('sent to /admin/account/users (success)', { input: id('otherColleague') }),
  'GET /admin/account/invitations': accountAdmin('shown', { shows: ['developers'] }),
  'POST /admin/account/invitations': accountAdmin(toInvitations, { input: () => ({ form: { 'invitation[email]': 'one-more-colleague@example.com' } }) }),
  'GET /admin/account/invitations/new': accountAdmin('shown'),
  'PUT /admin/account/invitations/:id/resend': accountAdmin(toInvitations, { input: id('invitation') }),
  'DELETE /admin/account/invitations/:id': accountAdmin(toInvitations, { input: id('otherInvitation') }),
}

/** Routes whose address says what they answer, whatever stands behind the id: nothing is looked up. */
export const blindRoutes = new Set([
  'GET /admin/service_contracts/new',
  'GET /admin/applications/:application_id/keys',
  'GET /admin/applications/:application_id/keys/new',
  'GET /buyer/stats/:id/methods',
  'GET /buyer/stats/:id/metrics',
  'GET /admin/account/plan_changes/new',
  'GET /admin/services/:service_id/plans_widget',
  'GET /admin/account/users/:id',
  'GET /admin/account/users/:id/edit',
])

/** What partners and visitors may read of a tenant; of every other table nothing stands on the portal. */
export const portalTables = new Set([
  'tenants', 'products', 'plans', 'plan_features', 'metrics', 'mapping_rules', 'portal_settings', 'portal_templates', 'portal_files', 'api_specs', 'field_definitions',
  'accounts', 'developers', 'applications', 'credentials', 'plan_requests', 'limit_alerts', 'sessions', 'call_records',
])
