import type { Ids } from '@/e2e/isolation/seeded-world'
import type { Permission } from '@/lib/tenants/context'

/**
 * Who may do what, door by door (ISO-7). The matrix holds this table against the running server; a page, route or
 * action of the file system that is not named here fails it. `can`: the permission it takes (of several, any one);
 * `member`: whoever is signed in to the tenant; `public`: anybody.
 */
export type Audience = Permission | Permission[] | 'member' | 'public'

export type PagePolicy = {
  can: Audience
  /** Tables whose rows it shows to who may: their canary must be there, or the page proves nothing. */
  shows?: string[]
  /** Filters that carry ids. */
  query?: (ids: Ids) => Record<string, string | number>
  /** Somebody who is signed in is sent on. */
  visitorsOnly?: true
}

const productPage = (can: Audience, shows: string[] = ['products'], query?: PagePolicy['query']): PagePolicy => ({ can, shows, query })
const ofProducts: Permission[] = ['products', 'gateway', 'plans', 'analytics']

/** Pages of the dashboard by route. */
export const adminPages: Record<string, PagePolicy> = {
  '/': { can: 'member', shows: ['tenants'] },
  '/sign-in': { can: 'public', visitorsOnly: true },
  '/forgot-password': { can: 'public' },
  '/reset-password': { can: 'public' },
  '/confirm-email': { can: 'public' },
  '/invitation': { can: 'public' },
  '/shared-call': { can: 'public' },
  '/accounts': { can: 'partners', shows: ['accounts', 'plans'], query: ({ plan }) => ({ planId: plan }) },
  '/accounts/new': { can: 'partners' },
  '/accounts/[account]': { can: 'partners', shows: ['accounts', 'developers', 'applications'] },
  '/applications': { can: 'partners', shows: ['applications', 'accounts', 'plans'], query: ({ plan, product, account }) => ({ planId: plan, productId: product, accountId: account }) },
  '/applications/new': { can: 'partners', shows: ['accounts', 'plans'], query: ({ account }) => ({ account }) },
  '/requests': { can: 'partners', shows: ['accounts', 'applications', 'plans', 'plan_requests'] },
  '/portal/fields': { can: 'portal', shows: ['field_definitions'] },
  '/portal/settings': { can: 'portal', shows: ['products'] },
  '/portal/email': { can: 'portal' },
  '/applications/[application]': { can: 'partners', shows: ['applications', 'accounts', 'credentials', 'metrics'] },
  '/products': { can: ofProducts, shows: ['products'] },
  '/products/[product]': productPage(ofProducts),
  '/products/[product]/methods': productPage('products', ['products', 'metrics']),
  '/products/[product]/mapping-rules': productPage('products', ['products', 'metrics']),
  '/products/[product]/gateway': productPage('gateway', ['products', 'metrics', 'applications', 'promotions']),
  '/products/[product]/oauth': productPage('gateway', ['products', 'metrics', 'oauth_grants', 'applications', 'accounts']),
  '/products/[product]/policies': productPage('gateway', ['products']),
  '/products/[product]/calls': productPage('gateway', ['products', 'call_records', 'applications'], ({ application }) => ({ application })),
  '/products/[product]/calls/[call]': productPage('gateway', ['products', 'call_records', 'applications']),
  '/products/[product]/calls/simulator': productPage('gateway'),
  '/products/[product]/calls/integration-errors': productPage('gateway', ['products', 'integration_errors']),
  '/products/[product]/import': productPage('products'),
  '/products/[product]/plans': productPage('plans', ['products', 'plans', 'plan_features']),
  '/products/[product]/plans/[plan]': productPage('plans', ['products', 'plans', 'metrics']),
  '/products/[product]/plans/[plan]/details': productPage('plans', ['products', 'plans', 'plan_features']),
  '/products/[product]/plans/[plan]/matrix': productPage('plans', ['products', 'plans', 'metrics']),
  '/products/[product]/limit-lab': productPage('gateway', ['products', 'applications']),
  '/products/[product]/end-users': productPage('plans', ['products', 'plans', 'end_users'], ({ endUserPlan }) => ({ planId: endUserPlan })),
  '/products/[product]/end-users/[endUser]': productPage('plans', ['products', 'end_users', 'plans', 'metrics']),
  '/products/[product]/analytics': productPage('analytics', ['products', 'metrics', 'applications', 'accounts'], ({ method, application, account }) => ({ metric: method, application, account })),
  '/products/[product]/settings': productPage('products'),
  '/products/[product]/activedocs': productPage('products', ['products', 'api_specs']),
  '/products/[product]/activedocs/new': productPage('products'),
  '/products/[product]/activedocs/[spec]': productPage('products', ['products', 'api_specs']),
  '/portal/theme': { can: 'portal', shows: ['tenants'] },
  '/portal/domains': { can: 'portal', shows: ['domains'] },
  '/portal/content': { can: 'portal', shows: ['portal_templates', 'portal_files'] },
  '/portal/content/[...name]': { can: 'portal', shows: ['portal_templates'] },
  '/portal/content/file/[portalFile]': { can: 'portal', shows: ['portal_files'] },
  '/alerts': { can: 'analytics', shows: ['applications', 'accounts'], query: ({ product }) => ({ product }) },
  '/settings/organisation': { can: 'settings', shows: ['tenants'] },
  '/settings/members': { can: 'members', shows: ['members'] },
  '/settings/sessions': { can: 'member', shows: ['sessions'] },
  '/settings/webhooks': { can: 'settings', shows: ['webhook_endpoints'] },
  '/settings/webhooks/[endpoint]': { can: 'settings', shows: ['webhook_endpoints'] },
  '/settings/access-tokens': { can: 'member', shows: ['access_tokens'] },
  '/settings/api': { can: 'member' },
  '/settings/audit-log': { can: 'settings', shows: ['audit_entries'] },
  '/settings/features': { can: 'settings' },
  '/backends': { can: 'gateway', shows: ['backends', 'products'] },
  '/backends/[backend]': { can: 'gateway', shows: ['backends', 'backend_metrics', 'backend_mapping_rules', 'backend_usages', 'products'] },
}

/** Pages of the public site; they know no tenant. The mailbox is for who sits at the machine of a local installation. */
export const sitePages: Record<string, { anybody: true } | { localOnly: true; id?: keyof Ids }> = {
  '/': { anybody: true },
  '/sign-in': { anybody: true },
  '/sign-up': { anybody: true },
  '/kit': { anybody: true },
  '/mailbox': { localOnly: true },
  '/mailbox/[id]': { localOnly: true, id: 'mail' },
}

/** Route handlers, by zone and route. */
export type RoutePolicy = {
  can: Audience
  /** Why whoever comes may have it. */
  because?: string
  /** Every method it answers, with what it is sent: as the query of a GET, else as the body. */
  sends?: { method: string; input: (ids: Ids) => Record<string, unknown>; /** As a form; a file of this text goes along as `file`. */ form?: { file: string } }[]
}

export const routes: Record<string, RoutePolicy> = {
  'admin /products/[product]/import/apply': {
    can: 'products',
    sends: [{ method: 'POST', input: () => ({ text: '{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{"/one-more":{"get":{"responses":{"200":{"description":"ok"}}}}}}', fingerprint: 'none', naming: 'path', removeMissing: false }) }],
  },
  'admin /portal/content/files': { can: 'portal', sends: [{ method: 'POST', input: () => ({ path: '/one-more.txt', replace: 'yes' }), form: { file: 'one more' } }] },
  'admin /products/[product]/analytics/export': { can: 'analytics', sends: [{ method: 'GET', input: ({ application, account }) => ({ table: 'partners', by: 'day', env: 'production', application, account }) }] },
  'admin /api/auth/[...nextauth]': { can: 'public', because: 'Sign-in itself: answers for the host it was asked at, with its own token and origin check.' },
  'admin /api/auth/token': { can: 'public', because: 'A token for forms before sign-in, bound to the asking browser and host.' },
  'admin /admin/api/[...path]': { can: 'public', because: 'No session counts here: callers prove themselves with access tokens; lib/management/isolation.test.ts and openapi.test.ts walk every route.' },
  'admin /stats/[...path]': { can: 'public', because: 'The same door.' },
  'admin /admin/api/openapi.json': { can: 'public', because: 'The document of the API, the same for everybody.' },
  'site /api/jobs': { can: 'public', because: 'For a schedule: not there without JOBS_SECRET, and closed to whoever does not know it.' },
  'site /master/api/[...path]': { can: 'public', because: 'For whoever runs the installation: not there without OPERATOR_TOKEN, and closed to whoever does not know it: lib/management/operator/operator-routes.test.ts.' },
  'site /admin/api/accounts/[...path]': { can: 'public', because: 'The same door, for the people of a tenant.' },
  'site /api/auth/token': { can: 'public', because: 'The same for the forms of the public site.' },
  'site /domains/ask': { can: 'public', because: 'Whether a name may have a certificate: what any visitor of the name sees.' },
  'site /healthz': { can: 'public', because: 'Says ok.' },
  'site /readyz': { can: 'public', because: 'Says ok, or which part fails.' },
  'portal /[[...path]]': { can: 'public', because: 'The portal of the host, one door for a table of routes: e2e/isolation/portal-policy.ts says who may, portal.spec.ts asks.' },
  'gateway /[[...path]]': { can: 'public', because: 'API clients prove themselves with keys; e2e/isolation/gateway-keys.spec.ts and lib/gateway/gateway.contract.ts.' },
  'accounting /[[...path]]': { can: 'public', because: 'Other gateways prove themselves with provider key or service token: lib/accounting/accounting.test.ts.' },
}

export type ActionPolicy = {
  can: Audience
  /** Every id of it is replaced by the other tenant's, one at a time and all at once. */
  input: (ids: Ids) => Record<string, unknown>
  stepUp?: true
  /** What its own admin gets; `ok` unless named: an error code that only comes after permission and look-up. */
  own?: string
  /** Changes who is signed in or what others of the table need: tried in the own tenant after all others. */
  last?: 1 | 2
}

const smallDocument = '{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{"/one":{"get":{"responses":{"200":{"description":"ok"}}}}}}'
const of = (folder: string, table: Record<string, ActionPolicy>) => Object.fromEntries(Object.entries(table).map(([name, policy]) => [`app/zone/${folder}#${name}`, policy]))
const dashboard = 'admin/[tenant]/(dashboard)'

/** Server actions by file and export: public POST endpoints, every one (PLAT-4). */
export const actions: Record<string, ActionPolicy> = {
  ...of('site/_actions.ts', {
    checkSlugAction: { can: 'public', input: () => ({ slug: 'some-name' }) },
    findDashboardAction: { can: 'public', input: () => ({ slug: 'nobody-has-this' }), own: 'invalid' },
    signUpTenantAction: { can: 'public', input: () => ({ organisation: '', slug: '', name: '', email: '', password: '' }), own: 'invalid' },
  }),
  ...of('admin/[tenant]/(auth)/_actions.ts', {
    signInAction: { can: 'public', input: () => ({ login: 'nobody@example.com', password: 'wrong' }), own: 'wrong_credentials' },
    confirmEmailAction: { can: 'public', input: () => ({ token: 'none' }), own: 'invalid' },
    requestConfirmationAction: { can: 'public', input: () => ({ email: 'nobody@example.com' }) },
    requestPasswordResetAction: { can: 'public', input: () => ({ email: 'nobody@example.com' }) },
    resetPasswordAction: { can: 'public', input: () => ({ token: 'none', password: 'short' }), own: 'invalid' },
    acceptInvitationAction: { can: 'public', input: () => ({ token: 'none', name: 'Nobody', password: 'a long and winding password' }), own: 'invalid' },
    confirmPasswordAction: { can: 'member', input: () => ({ password: 'wrong' }), own: 'invalid' },
    changePasswordAction: { can: 'member', input: () => ({ current: 'wrong', next: 'another winding password' }), own: 'invalid' },
    signOutAction: { can: 'member', input: () => ({}), last: 2 },
  }),
  ...of(`${dashboard}/_actions.ts`, {
    findPlacesAction: { can: 'member', input: () => ({ query: 'CANARY' }) },
  }),
  ...of(`${dashboard}/accounts/_actions.ts`, {
    createAccountAction: { can: 'partners', input: () => ({ orgName: 'One more' }) },
    editAccountAction: { can: 'partners', input: ({ account }) => ({ accountId: account, values: { org_name: 'Renamed' } }) },
    approveAccountAction: { can: 'partners', input: ({ pendingAccount }) => ({ accountId: pendingAccount }) },
    rejectAccountAction: { can: 'partners', input: ({ otherPendingAccount }) => ({ accountId: otherPendingAccount }) },
    suspendAccountAction: { can: 'partners', input: ({ spareAccount }) => ({ accountId: spareAccount }) },
    resumeAccountAction: { can: 'partners', input: ({ suspendedAccount }) => ({ accountId: suspendedAccount }) },
    deleteAccountAction: { can: 'partners', input: ({ spareAccount }) => ({ accountId: spareAccount, confirmation: 'not its name' }), own: 'invalid' },
    addDeveloperAction: { can: 'partners', input: ({ account }) => ({ accountId: account, email: 'one-more@example.com' }) },
    editDeveloperAction: { can: 'partners', input: ({ developer }) => ({ developerId: developer, firstName: 'Renamed' }) },
    suspendDeveloperAction: { can: 'partners', input: ({ developer }) => ({ developerId: developer }) },
    resumeDeveloperAction: { can: 'partners', input: ({ spareDeveloper }) => ({ developerId: spareDeveloper }) },
    removeDeveloperAction: { can: 'partners', input: ({ spareDeveloper }) => ({ developerId: spareDeveloper }) },
  }),
  ...of(`${dashboard}/applications/_actions.ts`, {
    createApplicationAction: { can: 'partners', input: ({ account, plan }) => ({ accountId: account, planId: plan, name: 'One more' }) },
    editApplicationAction: { can: 'partners', input: ({ application }) => ({ applicationId: application, values: { name: 'Renamed' } }) },
    suspendApplicationAction: { can: 'partners', input: ({ application }) => ({ applicationId: application }) },
    resumeApplicationAction: { can: 'partners', input: ({ application }) => ({ applicationId: application }) },
    approveApplicationAction: { can: 'partners', input: ({ pendingApplication }) => ({ applicationId: pendingApplication }) },
    rejectApplicationAction: { can: 'partners', input: ({ otherPendingApplication }) => ({ applicationId: otherPendingApplication }) },
    deleteApplicationAction: { can: 'partners', input: ({ spareApplication }) => ({ applicationId: spareApplication, confirmation: 'not its name' }), own: 'invalid' },
    changePlanAction: { can: 'partners', input: ({ application, otherPlan }) => ({ applicationId: application, planId: otherPlan }) },
    regenerateUserKeyAction: { can: 'partners', input: ({ spareApplication }) => ({ applicationId: spareApplication }) },
    setOauthClientAction: { can: 'partners', input: ({ application }) => ({ applicationId: application, redirectUris: ['https://app.example.com/callback'], clientType: 'public' }) },
    addAppKeyAction: { can: 'partners', input: ({ keyedApplication }) => ({ applicationId: keyedApplication }) },
    revealCredentialAction: { can: 'partners', input: ({ credential }) => ({ credentialId: credential }) },
    rotateAppKeyAction: { can: 'partners', input: ({ keyedApplication, spareCredential }) => ({ applicationId: keyedApplication, credentialId: spareCredential, end: 'never' }) },
    setKeyEndAction: { can: 'partners', input: ({ keyedApplication, spareCredential }) => ({ applicationId: keyedApplication, credentialId: spareCredential, end: 'unused', unusedDays: 30 }) },
    addReferrerFilterAction: { can: 'partners', input: ({ application }) => ({ applicationId: application, filter: '*.example.com' }) },
    removeReferrerFilterAction: { can: 'partners', input: ({ application }) => ({ applicationId: application, filter: '*.example.com' }) },
    revokeCredentialAction: { can: 'partners', input: ({ spareCredential }) => ({ credentialId: spareCredential }) },
  }),
  ...of(`${dashboard}/requests/actions.ts`, {
    approveRequestsAction: { can: 'partners', input: ({ planRequest }) => ({ requests: [{ kind: 'plan_request', id: planRequest }] }) },
    rejectRequestAction: { can: 'partners', input: ({ otherPlanRequest }) => ({ kind: 'plan_request', id: otherPlanRequest, reason: 'Not now' }) },
  }),
  ...of(`${dashboard}/portal/fields/actions.ts`, {
    createFieldAction: { can: 'portal', input: () => ({ target: 'account', name: 'one_more', label: 'One more' }) },
    editFieldAction: { can: 'portal', input: ({ field }) => ({ fieldId: field, label: 'Renamed' }) },
    deleteFieldAction: { can: 'portal', input: ({ spareField }) => ({ fieldId: spareField }) },
    orderFieldsAction: { can: 'portal', input: ({ field }) => ({ target: 'user', fieldIds: [field] }), own: 'conflict' },
  }),
  ...of(`${dashboard}/portal/settings/actions.ts`, {
    setPortalSwitchAction: { can: 'portal', input: () => ({ multipleUsers: true }) },
    setPlanChangeModeAction: { can: 'portal', input: ({ product }) => ({ productId: product, mode: 'direct' }) },
  }),
  ...of(`${dashboard}/portal/email/actions.ts`, {
    editContactAction: { can: 'portal', input: () => ({ contactEmail: 'api@one-more.example' }) },
  }),
  ...of(`${dashboard}/products/actions.ts`, {
    createProductAction: { can: 'products', input: () => ({ name: 'One more' }) },
  }),
  ...of(`${dashboard}/products/[product]/methods/actions.ts`, {
    createMetricsAction: { can: 'products', input: ({ product }) => ({ productId: product, kind: 'method', items: [{ name: 'One more' }] }) },
    editMetricAction: { can: 'products', input: ({ method }) => ({ metricId: method, name: 'Renamed' }) },
    deleteMetricsAction: { can: 'products', input: ({ product, spareMethod }) => ({ productId: product, metricIds: [spareMethod] }) },
  }),
  ...of(`${dashboard}/products/[product]/mapping-rules/actions.ts`, {
    createMappingRuleAction: { can: 'products', input: ({ product, method }) => ({ productId: product, verb: 'GET', pattern: '/one-more', metricId: method }) },
    editMappingRuleAction: { can: 'products', input: ({ rule, otherMethod }) => ({ ruleId: rule, metricId: otherMethod }) },
    deleteMappingRulesAction: { can: 'products', input: ({ product, spareRule }) => ({ productId: product, ruleIds: [spareRule] }) },
    reorderMappingRulesAction: { can: 'products', input: ({ product, rule }) => ({ productId: product, ruleIds: [rule] }), own: 'conflict' },
    testPathAction: { can: 'products', input: ({ product }) => ({ productId: product, verb: 'GET', path: '/read' }) },
  }),
  ...of(`${dashboard}/products/[product]/import/actions.ts`, {
    previewImportAction: { can: 'products', input: ({ product }) => ({ productId: product, text: '{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{"/one-more":{"get":{"responses":{"200":{"description":"ok"}}}}}}', naming: 'path', removeMissing: false }) },
  }),
  ...of(`${dashboard}/products/[product]/limit-lab/actions.ts`, {
    runLimitLabAction: { can: 'gateway', input: ({ product, application }) => ({ productId: product, verb: 'GET', path: '/read', applicationId: application, calls: 2 }) },
  }),
  ...of(`${dashboard}/products/[product]/gateway/actions.ts`, {
    updateGatewayAction: { can: 'gateway', input: ({ product }) => ({ productId: product, rateLimitHeaders: false }) },
    testIntegrationAction: { can: 'gateway', input: ({ product, application }) => ({ productId: product, verb: 'GET', path: '/read', applicationId: application }) },
    revealServiceTokenAction: { can: 'gateway', input: ({ product }) => ({ productId: product }), stepUp: true },
    rotateServiceTokenAction: { can: 'gateway', input: ({ otherProduct }) => ({ productId: otherProduct }), stepUp: true },
    downloadNginxAction: { can: 'gateway', input: ({ product }) => ({ productId: product }), stepUp: true },
    addGatewayDomainAction: { can: 'gateway', input: ({ product }) => ({ productId: product, name: 'api.one-more.example.com' }) },
    checkGatewayDomainAction: { can: 'gateway', input: ({ gatewayDomain }) => ({ domainId: gatewayDomain }) },
    removeGatewayDomainAction: { can: 'gateway', input: ({ spareGatewayDomain }) => ({ domainId: spareGatewayDomain }) },
    promoteAction: { can: 'gateway', input: ({ product }) => ({ productId: product }) },
    compareVersionsAction: { can: 'gateway', input: ({ product }) => ({ productId: product, from: 0, to: 1 }) },
    rollBackAction: { can: 'gateway', input: ({ product }) => ({ productId: product, version: 1 }) },
    revealSecretTokenAction: { can: 'gateway', input: ({ product }) => ({ productId: product }), stepUp: true },
    rotateSecretTokenAction: { can: 'gateway', input: ({ otherProduct }) => ({ productId: otherProduct }), stepUp: true },
  }),
  ...of(`${dashboard}/products/[product]/oauth/actions.ts`, {
    updateOauthSettingsAction: { can: 'gateway', input: ({ product, method }) => ({ productId: product, oauthLoginUrl: 'https://login.example.com/', scopes: [{ name: 'read', sentence: 'Read', methods: [method] }] }) },
    setOidcIssuersAction: { can: 'gateway', input: ({ product }) => ({ productId: product, issuers: [{ issuer: 'https://login.example.com' }] }) },
    setIntrospectionAction: { can: 'gateway', input: ({ product }) => ({ productId: product, url: 'https://login.example.com/introspect', clientId: 'gate', clientSecret: 'a secret' }) },
    revealLoginSiteSecretAction: { can: 'gateway', input: ({ product }) => ({ productId: product }), stepUp: true },
    rotateLoginSiteSecretAction: { can: 'gateway', input: ({ otherProduct }) => ({ productId: otherProduct }), stepUp: true },
    revokeGrantAction: { can: 'gateway', input: ({ product, spareGrant }) => ({ productId: product, grantId: spareGrant }) },
  }),
  ...of(`${dashboard}/products/[product]/calls/actions.ts`, {
    countNewCallsAction: { can: 'gateway', input: ({ product }) => ({ productId: product, afterId: 0, filters: {} }) },
    shareCallAction: { can: 'gateway', input: ({ product, call }) => ({ productId: product, callId: call }) },
    revokeCallShareAction: { can: 'gateway', input: ({ spareCallShare }) => ({ shareId: spareCallShare }) },
    simulateAction: { can: 'gateway', input: ({ product }) => ({ productId: product, source: 'curl http://api.example.com/read' }) },
  }),
  ...of(`${dashboard}/products/[product]/calls/integration-errors/actions.ts`, {
    deleteIntegrationErrorsAction: { can: 'gateway', input: ({ otherProduct }) => ({ productId: otherProduct }) },
  }),
  ...of(`${dashboard}/products/[product]/policies/actions.ts`, {
    setPoliciesAction: { can: 'gateway', input: ({ product }) => ({ productId: product, policies: [{ name: 'retry', configuration: { retries: 2 } }] }) },
  }),
  ...of(`${dashboard}/products/[product]/activedocs/_actions.ts`, {
    createSpecAction: { can: 'products', input: ({ product }) => ({ productId: product, name: 'One more', source: smallDocument }) },
    editSpecAction: { can: 'products', input: ({ spec }) => ({ specId: spec, description: 'Edited' }) },
    publishSpecAction: { can: 'products', input: ({ spec }) => ({ specId: spec }) },
    hideSpecAction: { can: 'products', input: ({ spec }) => ({ specId: spec }) },
    deleteSpecAction: { can: 'products', input: ({ spareSpec }) => ({ specId: spareSpec }) },
  }),
  ...of(`${dashboard}/products/[product]/plans/_actions.ts`, {
    createPlanAction: { can: 'plans', input: ({ product }) => ({ productId: product, name: 'One more' }) },
    editPlanAction: { can: 'plans', input: ({ plan }) => ({ planId: plan, description: 'Edited' }) },
    copyPlanAction: { can: 'plans', input: ({ plan }) => ({ planId: plan }) },
    orderPlansAction: { can: 'plans', input: ({ product, plan }) => ({ productId: product, planIds: [plan] }), own: 'conflict' },
    publishPlanAction: { can: 'plans', input: ({ otherPlan }) => ({ planId: otherPlan }) },
    hidePlanAction: { can: 'plans', input: ({ otherPlan }) => ({ planId: otherPlan }) },
    setDefaultPlanAction: { can: 'plans', input: ({ product, plan }) => ({ productId: product, planId: plan }) },
    setPlanBurstsAction: { can: 'plans', input: ({ plan }) => ({ planId: plan, bursts: { bucketPerSecond: '5', bucketSize: '10' } }) },
    setFeaturesAction: { can: 'plans', input: ({ plan }) => ({ planId: plan, features: ['Edited'] }) },
    setMethodEnabledAction: { can: 'plans', input: ({ plan, method }) => ({ planId: plan, metricId: method, enabled: true }) },
    selectMethodsAction: { can: 'plans', input: ({ otherPlan }) => ({ planId: otherPlan, selection: 'all' }) },
    replaceLimitsAction: { can: 'plans', input: ({ plan, method }) => ({ planId: plan, metricId: method, limits: [{ period: 'day', value: 5 }] }) },
    rehearseLimitAction: { can: 'plans', input: ({ plan, method }) => ({ planId: plan, metricId: method, period: 'day', value: 1 }) },
    setLimitAction: { can: 'plans', input: ({ plan, method }) => ({ planId: plan, metricId: method, period: 'hour', value: 5 }) },
    deletePlanAction: { can: 'plans', input: ({ sparePlan }) => ({ planId: sparePlan }) },
    moveAndDeletePlanAction: { can: 'plans', input: ({ planToMove, plan }) => ({ fromPlanId: planToMove, toPlanId: plan }) },
  }),
  ...of(`${dashboard}/products/[product]/end-users/_actions.ts`, {
    createEndUserAction: { can: 'plans', input: ({ product, endUserPlan }) => ({ productId: product, planId: endUserPlan, externalId: 'one-more' }) },
    setEndUserLimitsAction: { can: 'plans', input: ({ endUser, method }) => ({ endUserId: endUser, limits: [{ metricId: method, period: 'month', value: 5 }] }) },
    suspendEndUserAction: { can: 'plans', input: ({ endUser }) => ({ endUserId: endUser }) },
    resumeEndUserAction: { can: 'plans', input: ({ endUser }) => ({ endUserId: endUser }) },
    changeEndUserPlanAction: { can: 'plans', input: ({ endUser, otherEndUserPlan }) => ({ endUserId: endUser, planId: otherEndUserPlan }) },
    deleteEndUserAction: { can: 'plans', input: ({ spareEndUser }) => ({ endUserId: spareEndUser }) },
  }),
  ...of(`${dashboard}/products/[product]/settings/actions.ts`, {
    renameProductAction: { can: 'products', input: ({ product }) => ({ productId: product, name: 'Renamed' }) },
    changeAuthenticationModeAction: { can: 'products', input: ({ spareProduct }) => ({ productId: spareProduct, authenticationMode: 'app_id_app_key' }) },
    setDeploymentAction: { can: 'gateway', input: ({ product }) => ({ productId: product, deployment: 'hosted' }) },
    setEndUserRegistrationAction: { can: 'plans', input: ({ product }) => ({ productId: product, required: false }) },
    setEndUserCountersAction: { can: 'plans', input: ({ product }) => ({ productId: product, counters: 'shared' }) },
    deleteProductAction: { can: 'products', input: ({ spareProduct }) => ({ productId: spareProduct, confirmation: 'not its name' }), stepUp: true, own: 'invalid' },
  }),
  ...of(`${dashboard}/portal/content/_actions.ts`, {
    createPageAction: { can: 'portal', input: () => ({ title: 'One more', path: '/one-more' }) },
    createPartialAction: { can: 'portal', input: () => ({ systemName: 'one_more' }) },
    createLayoutAction: { can: 'portal', input: () => ({ title: 'One more', systemName: 'one_more' }) },
    readContentAction: { can: 'portal', input: () => ({ kind: 'layout', systemName: 'main_layout' }) },
    saveDraftAction: { can: 'portal', input: () => ({ kind: 'partial', systemName: 'spare', body: 'Edited', basedOn: null }), own: 'conflict' },
    publishAction: { can: 'portal', input: () => ({ kind: 'partial', systemName: 'spare', body: 'Edited', basedOn: null }), own: 'conflict' },
    resetAction: { can: 'portal', input: () => ({ kind: 'page', systemName: 'spare_page' }) },
    hidePageAction: { can: 'portal', input: () => ({ kind: 'page', systemName: 'spare_page' }) },
    editSettingsAction: { can: 'portal', input: () => ({ kind: 'page', systemName: 'spare_page', title: 'Renamed', basedOn: null }), own: 'conflict' },
    deleteContentAction: { can: 'portal', input: () => ({ kind: 'partial', systemName: 'spare_to_delete' }) },
    previewAction: { can: 'portal', input: ({ developer }) => ({ kind: 'layout', systemName: 'main_layout', developerId: developer }) },
    previewMailAction: { can: 'portal', input: () => ({ systemName: 'account_approved' }) },
    readFileTextAction: { can: 'portal', input: ({ portalFile }) => ({ fileId: portalFile }) },
    saveFileTextAction: { can: 'portal', input: ({ portalFile }) => ({ fileId: portalFile, text: 'Edited', basedOn: null }), own: 'conflict' },
    editFileAction: { can: 'portal', input: ({ portalFile }) => ({ fileId: portalFile, downloadable: true }) },
    deleteFileAction: { can: 'portal', input: ({ sparePortalFile }) => ({ fileId: sparePortalFile }) },
  }),
  ...of(`${dashboard}/portal/theme/_actions.ts`, {
    saveThemeAction: { can: 'portal', input: () => ({ preset: 'tide', accent: '', hero: '', corners: 'soft', tagline: 'Edited' }) },
    saveLogoAction: { can: 'portal', input: () => ({}), own: 'invalid' },
    removeLogoAction: { can: 'portal', input: () => ({}) },
  }),
  ...of(`${dashboard}/alerts/actions.ts`, {
    editAlertSettingsAction: { can: 'portal', input: () => ({ alertLevels: [80, 100], alertDevelopers: true, alertMembers: true }) },
  }),
  ...of(`${dashboard}/settings/features/actions.ts`, {
    setFeatureAction: { can: 'settings', input: () => ({ feature: 'endUserPlans', on: true }) },
  }),
  ...of(`${dashboard}/settings/organisation/actions.ts`, {
    editOrganisationAction: { can: 'settings', input: () => ({ name: 'Renamed', timezone: 'Etc/UTC' }) },
  }),
  ...of(`${dashboard}/settings/members/actions.ts`, {
    inviteMemberAction: { can: 'members', input: () => ({ email: 'one-more@example.com', name: 'One more' }) },
    resendInvitationAction: { can: 'members', input: ({ invitation }) => ({ memberId: invitation }) },
    changeMemberRoleAction: { can: 'members', input: ({ spareMember }) => ({ memberId: spareMember, role: 'member', permissions: ['plans'] }) },
    suspendMemberAction: { can: 'members', input: ({ memberToSuspend }) => ({ memberId: memberToSuspend }) },
    resumeMemberAction: { can: 'members', input: ({ memberToResume }) => ({ memberId: memberToResume }) },
    removeMemberAction: { can: 'members', input: ({ memberToRemove }) => ({ memberId: memberToRemove }), stepUp: true },
  }),
  ...of(`${dashboard}/portal/domains/actions.ts`, {
    addDomainAction: { can: 'portal', input: () => ({ name: 'one-more.example.com' }) },
    checkDomainAction: { can: 'portal', input: ({ domain }) => ({ domainId: domain }) },
    removeDomainAction: { can: 'portal', input: ({ spareDomain }) => ({ domainId: spareDomain }) },
  }),
  ...of(`${dashboard}/settings/webhooks/actions.ts`, {
    createEndpointAction: { can: 'settings', input: () => ({ url: 'https://hooks.example.com/one-more', events: ['account.created'] }) },
    editEndpointAction: { can: 'settings', input: ({ endpoint }) => ({ endpointId: endpoint, url: 'https://hooks.example.com/edited', active: true, events: ['account.created'] }) },
    deleteEndpointAction: { can: 'settings', input: ({ spareEndpoint }) => ({ endpointId: spareEndpoint }) },
    sendTestAction: { can: 'settings', input: ({ endpoint }) => ({ endpointId: endpoint }) },
    resendDeliveryAction: { can: 'settings', input: ({ delivery }) => ({ deliveryId: delivery }) },
    readDeliveryAction: { can: 'settings', input: ({ delivery }) => ({ deliveryId: delivery }) },
    revealEndpointSecretAction: { can: 'settings', input: ({ endpoint }) => ({ endpointId: endpoint }), stepUp: true },
    rotateEndpointSecretAction: { can: 'settings', input: ({ endpoint }) => ({ endpointId: endpoint }), stepUp: true },
  }),
  ...of(`${dashboard}/settings/access-tokens/actions.ts`, {
    createAccessTokenAction: { can: 'member', input: () => ({ name: 'One more', permission: 'ro', scopes: ['stats'] }), stepUp: true },
    revokeAccessTokenAction: { can: 'member', input: ({ spareAccessToken }) => ({ accessTokenId: spareAccessToken }) },
  }),
  ...of(`${dashboard}/settings/sessions/actions.ts`, {
    endSessionAction: { can: 'member', input: ({ session }) => ({ sessionId: session }) },
    endOtherSessionsAction: { can: 'member', input: () => ({}), last: 1 },
  }),
  ...of(`${dashboard}/backends/actions.ts`, {
    createBackendAction: { can: 'gateway', input: () => ({ name: 'One more', privateBaseUrl: 'https://one-more.example.com' }) },
    editBackendAction: { can: 'gateway', input: ({ backend }) => ({ backendId: backend, description: 'Edited' }) },
    deleteBackendAction: { can: 'gateway', input: ({ spareBackend }) => ({ backendId: spareBackend }) },
    createBackendMetricAction: { can: 'gateway', input: ({ backend }) => ({ backendId: backend, name: 'One more' }) },
    editBackendMetricAction: { can: 'gateway', input: ({ backendMethod }) => ({ metricId: backendMethod, name: 'Renamed' }) },
    deleteBackendMetricAction: { can: 'gateway', input: ({ spareBackendMethod }) => ({ metricId: spareBackendMethod }) },
    createBackendRuleAction: { can: 'gateway', input: ({ backend, backendMethod }) => ({ backendId: backend, verb: 'GET', pattern: '/one-more', metricId: backendMethod }) },
    editBackendRuleAction: { can: 'gateway', input: ({ backendRule, backendMethod }) => ({ ruleId: backendRule, metricId: backendMethod }) },
    deleteBackendRuleAction: { can: 'gateway', input: ({ spareBackendRule }) => ({ ruleId: spareBackendRule }) },
    reorderBackendRulesAction: { can: 'gateway', input: ({ backend, backendRule }) => ({ backendId: backend, ruleIds: [backendRule, backendRule] }), own: 'conflict' },
    mountBackendAction: { can: 'gateway', input: ({ mountable, product }) => ({ backendId: mountable, productId: product, path: '/mounted' }) },
    changeMountPathAction: { can: 'gateway', input: ({ backendUsage }) => ({ usageId: backendUsage, path: '/moved' }) },
    unmountBackendAction: { can: 'gateway', input: ({ spareBackendUsage }) => ({ usageId: spareBackendUsage }) },
  }),
}
