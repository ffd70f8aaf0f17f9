import '@/scripts/gatehouse/keep-output-clean'
import { addDeveloper } from '@/lib/accounts/add-developer'
import { suspendAccount } from '@/lib/accounts/change-account-state'
import { createAccount } from '@/lib/accounts/create-account'
import { createSpec } from '@/lib/activedocs/create-spec'
import { createApplication } from '@/lib/applications/create-application'
import { changePlanAsDeveloper } from '@/lib/applications/plan-requests'
import { addDomain, addGatewayDomain } from '@/lib/domains/add-domain'
import { createPage } from '@/lib/cms/create-page'
import { createPartial } from '@/lib/cms/create-partial'
import { publishTemplate } from '@/lib/cms/publish-template'
import { saveDraft } from '@/lib/cms/save-draft'
import { saveFile } from '@/lib/cms/save-file'
import { closeDatabase } from '@/lib/db/connect'
import { connectDirectly, databaseUrls, ownerPool } from '@/lib/db/pools'
import { createField } from '@/lib/fields/create-field'
import { fillSampleUsage } from '@/lib/metering/sample-usage'
import { createTenant } from '@/lib/onboarding/sign-up-tenant'
import { setEndUserLimits } from '@/lib/plans/set-end-user-limits'
import { createEndUser } from '@/lib/plans/create-end-user'
import { createPlan } from '@/lib/plans/create-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { setEndUserRegistration } from '@/lib/plans/set-end-user-registration'
import { setFeatures } from '@/lib/plans/set-features'
import { replaceLimits } from '@/lib/plans/set-limits'
import { setMethodEnabled } from '@/lib/plans/set-method-enabled'
import { createMetrics } from '@/lib/products/create-metrics'
import { createProduct } from '@/lib/products/create-product'
import { createMappingRule } from '@/lib/products/mapping-rules'
import { promoteConfig } from '@/lib/products/promote-config'
import { getHits } from '@/lib/products/queries'
import { rotateSecretToken } from '@/lib/products/rotate-secret-token'
import { updateGateway } from '@/lib/products/update-gateway'
import { findBuiltIn } from '@/lib/portal/built-in'
import { portalRoutes } from '@/lib/portal/portal-routes'
import { csrfTokenFor } from '@/lib/request/csrf'
import { createAccessTokenFor } from '@/lib/tenants/access-tokens'
import { permissions, type Ctx, type Permission } from '@/lib/tenants/context'
import { inviteMember } from '@/lib/tenants/invite-member'
import { contextOf, makeMember } from '@/lib/tenants/member.fixture'
import { makeOneTimeToken } from '@/lib/tenants/one-time-tokens'
import { editPortalSettings } from '@/lib/tenants/portal-settings'
import { cookieNames, encodeSessionCookie, type Realm } from '@/lib/tenants/session-cookie'
import { createSession } from '@/lib/tenants/sessions'
import { setFeature } from '@/lib/tenants/set-feature'
import { createEndpoint } from '@/lib/webhooks/write-endpoint'
import { newKey } from '@/lib/ids'
import { openInstallation } from '@/scripts/gatehouse/open-installation'
import { plantCanaries } from '@/e2e/isolation/canaries'
import { seedBackends } from '@/e2e/isolation/seed-backends'
import { seedCall } from '@/e2e/isolation/seed-call'
import { seedPortal } from '@/e2e/isolation/seed-portal'
import type { Ids, SeededTenant, SeededWorld, SignedIn } from '@/e2e/isolation/seeded-world'

// Run beside the server by seeded-world.ts: tenants that hold a row of everything, people of every kind signed in.
const { ISOLATION_SLUGS = '', ISOLATION_UPSTREAM = '', ISOLATION_SECRET = '' } = process.env
const now = new Date()
const password = 'a long and winding password'

try {
  await openInstallation()
  const tenants: SeededTenant[] = []
  for (const slug of ISOLATION_SLUGS.split(',')) tenants.push(await seedTenant(slug))
  const world: SeededWorld = { databaseUrl: databaseUrls().owner, tenants, password, portalRoutes: portalRoutes.map(({ method, path, who }) => ({ method, path, who })) }
  process.stdout.write(JSON.stringify(world))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
} finally {
  await closeDatabase()
}

async function seedTenant(slug: string): Promise<SeededTenant> {
  const made = await createTenant({ slug, organisation: `Org ${slug}`, name: 'Ada', email: `ada@${slug}.example`, password }, now)
  const { ctx: system, memberId } = made
  const admin = await system.db.member.findUniqueOrThrow({ where: { id: memberId } })
  const ctx = contextOf(system, admin)
  const { ids, secrets, firstDeveloper } = await seedRows(ctx)

  const nobody = await makeMember(ctx, { role: 'member', permissions: [], email: `nobody@${slug}.example` })
  const lacking = new Map<Permission, bigint>()
  for (const permission of permissions) {
    const held = permissions.filter((each) => each !== permission)
    lacking.set(permission, (await makeMember(ctx, { role: 'member', permissions: held, email: `no-${permission}@${slug}.example` })).id)
  }
  const suspended = await makeMember(ctx, { state: 'suspended', email: `suspended@${slug}.example` })
  const spare = async (name: string, state: 'active' | 'suspended' = 'active') => Number((await makeMember(ctx, { name, role: 'member', permissions: ['plans'], email: `${name}@${slug}.example`, state })).id)
  ids.spareMember = await spare('spare')
  ids.memberToSuspend = await spare('to-suspend')
  ids.memberToResume = await spare('to-resume', 'suspended')
  ids.memberToRemove = await spare('to-remove')

  const signIn = (holder: { memberId: bigint } | { developerId: bigint }, stepUp = false) => openSession(ctx, holder, stepUp)
  const people = {
    admin: await signIn({ memberId }, true),
    adminWithoutStepUp: await signIn({ memberId }),
    nobody: await signIn({ memberId: nobody.id }),
    suspended: await signIn({ memberId: suspended.id }),
    developer: await signIn({ developerId: BigInt(ids.developer) }),
    lacking: Object.fromEntries(await Promise.all([...lacking].map(async ([permission, id]) => [permission, await signIn({ memberId: id })] as const))) as Record<Permission, SignedIn>,
  }
  // A second device of the admin: what "sign out" is tried on.
  ids.session = Number((await createSession({ realm: 'admin', tenantId: ctx.tenant.id }, { memberId }, { address: '203.0.113.9', userAgent: 'Elsewhere' }, now)).id)

  const { portal, mark } = await seedPortal(ctx, ids, firstDeveloper, signIn)

  const db = await connectDirectly('isolation seed', databaseUrls().owner)
  try {
    // At once: the worker writes mails of what it finds in between.
    await db.query('BEGIN')
    const { empty, planted } = await plantCanaries(db, Number(ctx.tenant.id), slug)
    await mark(db)
    await db.query('COMMIT')
    // What is promoted holds the planted texts as well.
    await promoteConfig(ctx, { productId: BigInt(ids.product) })
    return { id: Number(ctx.tenant.id), slug, email: admin.email, ids, people, portal, emptyTables: empty, plantedTables: planted, secrets: { ...secrets, providerKey: made.providerKey, firstToken: made.accessToken } }
  } finally {
    await db.end()
  }
}

async function openSession(ctx: Ctx, holder: { memberId: bigint } | { developerId: bigint }, stepUp: boolean): Promise<SignedIn> {
  const realm: Realm = 'memberId' in holder ? 'admin' : 'portal'
  const at = { realm, tenantId: ctx.tenant.id } as const
  const { id, sid } = await createSession(at, holder, { address: '203.0.113.7', userAgent: 'Isolation' }, now)
  if (stepUp) await ownerPool().query(`UPDATE sessions SET "stepUpAt" = now() + interval '1 hour' WHERE id = $1`, [id])
  return { cookieName: cookieNames(at).session, cookie: await encodeSessionCookie(at, sid), csrf: csrfTokenFor({ tenantId: ctx.tenant.id, id }) }
}

/** One row of every kind at least, and spare ones for what an action deletes. */
async function seedRows(ctx: Ctx): Promise<{ ids: Ids; secrets: Record<string, string>; firstDeveloper: bigint }> {
  const tenantId = ctx.tenant.id
  const product = await ctx.db.product.findFirstOrThrow({ where: { systemName: 'api' }, select: { id: true } })
  const productId = product.id
  const other = await createProduct(ctx, { name: 'Second', systemName: 'second', description: 'Second', authenticationMode: 'app_id_app_key' })
  const spareProduct = await createProduct(ctx, { name: 'Spare', systemName: 'spare' })
  const hits = await getHits(ctx.db, productId)
  const { ids: methods } = await createMetrics(ctx, { productId, kind: 'method', items: [{ name: 'Read' }, { name: 'Write' }, { name: 'Spare' }] })
  const [method, otherMethod, spareMethod] = methods as [bigint, bigint, bigint]
  await ctx.db.metric.updateMany({ where: { id: method }, data: { verb: 'GET', path: '/read', operationId: 'read' } })
  const rule = await createMappingRule(ctx, { productId, verb: 'GET', pattern: '/read', metricId: method })
  const spareRule = await createMappingRule(ctx, { productId, verb: 'POST', pattern: '/write', metricId: otherMethod })
  if (ISOLATION_UPSTREAM) await updateGateway(ctx, { productId, privateBaseUrl: ISOLATION_UPSTREAM })
  const secretToken = ISOLATION_SECRET || newKey('st')
  await rotateSecretToken(ctx, { productId, secretToken })
  await promoteConfig(ctx, { productId })

  const plan = await createPlan(ctx, { productId, name: 'First', description: 'First', state: 'published' })
  const otherPlan = await createPlan(ctx, { productId, name: 'Another', state: 'hidden' })
  const sparePlan = await createPlan(ctx, { productId, name: 'Spare', state: 'published' })
  const planToMove = await createPlan(ctx, { productId, name: 'To move', state: 'published' })
  await setDefaultPlan(ctx, { productId, planId: plan.id })
  await setFeatures(ctx, { planId: plan.id, features: ['One feature', 'Another'] })
  await replaceLimits(ctx, { planId: plan.id, metricId: method, limits: [{ period: 'eternity', value: 1_000_000 }] })
  await setMethodEnabled(ctx, { planId: plan.id, metricId: otherMethod, enabled: false })
  await setFeature(ctx, { feature: 'endUserPlans', on: true })
  const endUserPlan = await createPlan(ctx, { productId, kind: 'end_user', name: 'Users' })
  const otherEndUserPlan = await createPlan(ctx, { productId, kind: 'end_user', name: 'More users' })
  await setEndUserRegistration(ctx, { productId, required: false })
  const endUser = await createEndUser(ctx, { productId, externalId: 'user-1', planId: endUserPlan.id })
  await setEndUserLimits(ctx, { endUserId: endUser.id, limits: [{ metricId: hits.id, period: 'day', value: 100 }] })
  const spareEndUser = await createEndUser(ctx, { productId, externalId: 'user-2', planId: endUserPlan.id })

  const slug = ctx.tenant.slug
  const account = await createAccount(ctx, { orgName: 'Partner', developer: { email: `first@${slug}.example`, userName: `first-${slug}`, firstName: 'Grace', lastName: 'Hopper', password: 'another winding password' } })
  const accountId = account.id
  const pendingAccounts = [await createAccount(ctx, { orgName: 'Pending' }), await createAccount(ctx, { orgName: 'Pending too' })]
  await ctx.db.account.updateMany({ where: { id: { in: pendingAccounts.map(({ id }) => id) } }, data: { state: 'pending' } })
  const suspendedAccount = await createAccount(ctx, { orgName: 'Suspended' })
  await suspendAccount(ctx, { accountId: suspendedAccount.id })
  const spareAccount = await createAccount(ctx, { orgName: 'Spare' })
  const developer = await addDeveloper(ctx, { accountId, email: `second@${slug}.example` })
  const spareDeveloper = await addDeveloper(ctx, { accountId, email: `third@${slug}.example` })
  await ctx.db.developer.updateMany({ where: { id: developer.id }, data: { state: 'active' } })
  await ctx.db.developer.updateMany({ where: { id: spareDeveloper.id }, data: { state: 'suspended' } })

  const application = await createApplication(ctx, { accountId, planId: plan.id, name: 'First application', description: 'First' })
  const otherProductPlan = await createPlan(ctx, { productId: other.id, name: 'Of the second' })
  const keyed = await createApplication(ctx, { accountId, planId: otherProductPlan.id, name: 'Keyed application' })
  const make = (name: string) => createApplication(ctx, { accountId, planId: plan.id, name })
  const spareApplication = await make('Spare')
  const pending = [await make('Waiting'), await make('Waiting too')]
  await ctx.db.application.updateMany({ where: { id: { in: pending.map(({ id }) => id) } }, data: { state: 'pending' } })
  const credentialOf = async (applicationId: bigint, kind: string) => (await ctx.db.credential.findFirstOrThrow({ where: { applicationId, kind, revokedAt: null }, select: { id: true } })).id

  const field = await createField(ctx, { target: 'user', name: 'first_name', builtIn: true, hint: 'As on your badge' })
  const spareField = await createField(ctx, { target: 'application', name: 'type', label: 'Type', choices: ['mobile', 'web'] })
  await editPortalSettings(ctx, { accountApprovalRequired: true, multipleUsers: true, contactEmail: `contact@${slug}.example` })
  const requestOf = async (applicationId: bigint) => {
    await changePlanAsDeveloper(ctx, { applicationId, planId: otherPlan.id, reason: 'We grow' })
    return (await ctx.db.planRequest.findFirstOrThrow({ where: { openApplicationId: applicationId }, select: { id: true } })).id
  }

  const token = await createAccessTokenFor(ctx, ctx.actor.id!, { name: 'Token', permission: 'rw', scopes: ['stats'] })
  const spareToken = await createAccessTokenFor(ctx, ctx.actor.id!, { name: 'Spare token', permission: 'ro', scopes: ['stats'] })
  const invitation = await inviteMember(ctx, { email: `invited@${slug}.example`, name: 'Invited' })
  await ctx.db.$transaction((tx) => makeOneTimeToken(tx, 'reset_password', { tenantId, memberId: ctx.actor.id! }, now))
  const mail = await ctx.db.mail.create({ data: { tenantId, kind: 'invitation', recipient: `invited@${slug}.example`, replyTo: `ada@${slug}.example`, subject: 'Subject', text: 'Text', html: '<p>Html</p>', state: 'kept', lastError: 'Error' } })
  await fillSampleUsage(ownerPool(), now, { tenantId, productId, hitsId: hits.id, methods, applications: [{ id: application.id, callsPerDay: 40 }], days: 3 })
  await ownerPool().query(
    `INSERT INTO end_user_usage_days ("tenantId", environment, "productId", "endUserId", "applicationId", "metricId", "dayOn", value) VALUES ($1, 'production', $2, $3, $4, $5, current_date, 7)`,
    [tenantId, productId, endUser.id, application.id, method],
  )
  await ownerPool().query(
    `INSERT INTO limit_counters ("tenantId", environment, "productId", subject, "metricId", period, "windowAt", value) VALUES ($1, 'production', $2, 'app:' || $3::text, $4, 'eternity', '1970-01-01', 7)`,
    [tenantId, productId, application.id, method],
  )
  await ctx.db.limitAlert.create({ data: { tenantId, productId, accountId, applicationId: application.id, metricId: method, period: 'day', windowAt: new Date('2026-01-01T00:00:00Z'), level: 80, value: 8, limitValue: 10 } })
  await ctx.db.integrationError.createMany({ data: [productId, other.id].map((id) => ({ tenantId, productId: id, code: 'metric_invalid', message: 'metric "x" is invalid', request: { method: 'GET', path: '/transactions/authrep.xml', query: 'usage[x]=1' } })) })
  const call = await seedCall(ctx, { productId, applicationId: application.id })
  const callShare = await ctx.db.callShare.create({ data: { tenantId, hash: `${tenantId}|share`, requestId: `shared-${slug}`, content: {}, createdBy: 'Ada', expiresAt: new Date(now.getTime() + 86_400_000) } })
  const endpoint = await createEndpoint(ctx, { url: 'https://hooks.example.com/first', events: ['account.deleted'] })
  const spareEndpoint = await createEndpoint(ctx, { url: 'https://hooks.example.com/spare', events: ['account.deleted'] })
  const delivery = await ctx.db.webhookDelivery.create({ data: { tenantId, endpointId: endpoint.id, messageId: `msg_${slug}`, type: 'webhook.test', body: '{}', state: 'failed', attempts: 1, lastError: 'refused' } })
  await ctx.db.webhookAttempt.create({ data: { tenantId, deliveryId: delivery.id, number: 1, status: 500, error: 'refused', durationMs: 1, requestHeaders: {}, answer: 'Answer' } })
  await ctx.db.idempotencyKey.create({ data: { tenantId, actor: `access_token:${token.id}`, key: 'key', requestHash: 'hash', status: 201, contentType: 'application/json', body: 'sealed' } })
  const domain = await addDomain(ctx, { name: `${slug}.example.com` })
  const spareDomain = await addDomain(ctx, { name: `spare.${slug}.example.com` })
  const gatewayDomain = await addGatewayDomain(ctx, { productId, name: `api.${slug}.example.com` })
  const spareGatewayDomain = await addGatewayDomain(ctx, { productId, name: `api2.${slug}.example.com` })
  // Looked at again after an hour, by then the tests are over: what the worker notes of a domain is no change of theirs.
  await ctx.db.domain.updateMany({ data: { checkedAt: new Date(now.getTime() + 3_600_000) } })
  const source = JSON.stringify({ openapi: '3.1.0', info: { title: slug, version: '1' }, paths: { '/one': { get: { responses: { 200: { description: 'ok' } } } } } })
  const spec = await createSpec(ctx, { productId, name: 'First document', description: 'First', source, published: true })
  const spareSpec = await createSpec(ctx, { productId, name: 'Spare document', source })
  // The built-in one, so that the portal's pages hold what they always hold.
  const { source: layoutSource } = findBuiltIn('layout', 'main_layout')!
  const layout = await publishTemplate(ctx, { kind: 'layout', systemName: 'main_layout', body: layoutSource, basedOn: null }, { title: 'Main layout', layoutName: null })
  await saveDraft(ctx, { kind: 'layout', systemName: 'main_layout', body: `${layoutSource} Draft`, basedOn: layout.updatedAt }, { title: 'Main layout', layoutName: null })
  const sparePage = await createPage(ctx, { title: 'Spare page', path: '/spare' }, [])
  await ctx.db.portalTemplate.updateMany({ where: { kind: 'page', systemName: sparePage.systemName }, data: { published: 'Spare', publishedAt: now } })
  for (const systemName of ['spare', 'spare_to_delete']) await createPartial(ctx, { systemName }, [])
  const portalFile = await saveFile(ctx, { path: '/file.txt', bytes: new TextEncoder().encode('A file') })
  const sparePortalFile = await saveFile(ctx, { path: '/spare.txt', bytes: new TextEncoder().encode('Another file') })
  const ofBackends = await seedBackends(ctx, { productId, otherProductId: other.id, planId: plan.id, metricId: method })
  const grants = await seedGrants(ctx, { productId, applicationId: application.id, now })
  const ids = {
    ...ofBackends,
    ...grants,
    call, spareCallShare: callShare.id,
    spec: spec.id, spareSpec: spareSpec.id,
    field: field.id, spareField: spareField.id, planRequest: await requestOf(application.id), otherPlanRequest: await requestOf(spareApplication.id),
    domain: domain.id, spareDomain: spareDomain.id, gatewayDomain: gatewayDomain.id, spareGatewayDomain: spareGatewayDomain.id,
    endpoint: endpoint.id, spareEndpoint: spareEndpoint.id, delivery: delivery.id,
    product: productId, otherProduct: other.id, spareProduct: spareProduct.id, hits: hits.id, method, otherMethod, spareMethod, rule: rule.id, spareRule: spareRule.id,
    plan: plan.id, otherPlan: otherPlan.id, sparePlan: sparePlan.id, planToMove: planToMove.id, endUserPlan: endUserPlan.id, otherEndUserPlan: otherEndUserPlan.id,
    endUser: endUser.id, spareEndUser: spareEndUser.id, account: accountId, pendingAccount: pendingAccounts[0]!.id, otherPendingAccount: pendingAccounts[1]!.id,
    suspendedAccount: suspendedAccount.id, spareAccount: spareAccount.id, developer: developer.id, spareDeveloper: spareDeveloper.id,
    application: application.id, keyedApplication: keyed.id, spareApplication: spareApplication.id, pendingApplication: pending[0]!.id, otherPendingApplication: pending[1]!.id,
    credential: await credentialOf(application.id, 'user_key'), spareCredential: await credentialOf(keyed.id, 'app_key'), accessToken: token.id, spareAccessToken: spareToken.id, invitation: invitation.id, mail: mail.id,
    spareMember: 0n, memberToSuspend: 0n, memberToResume: 0n, memberToRemove: 0n, session: 0n, portalFile: portalFile.id, sparePortalFile: sparePortalFile.id,
  }
  return {
    firstDeveloper: account.developerId!,
    ids: Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, Number(id)])) as Ids,
    secrets: { userKey: application.userKey, appKey: keyed.appKey, otherUserKey: spareApplication.userKey, accessToken: token.token, secretToken },
  }
}

/** Two living grants with a token each, a code and a hand-off. */
async function seedGrants({ db, tenant }: Ctx, { productId, applicationId, now }: { productId: bigint; applicationId: bigint; now: Date }): Promise<{ grant: bigint; spareGrant: bigint }> {
  const of = { tenantId: tenant.id, productId, applicationId, environment: 'production' }
  const soon = new Date(now.getTime() + 3_600_000)
  const make = async (name: string) => {
    const { id } = await db.oauthGrant.create({ data: { ...of, endUserId: name, scopes: ['read'] }, select: { id: true } })
    await db.oauthToken.create({ data: { tenantId: tenant.id, grantId: id, kind: 'access', hash: `${tenant.id}|${name}`, scopes: ['read'], expiresAt: soon } })
    return id
  }
  const grant = await make('ann')
  await db.oauthCode.create({ data: { tenantId: tenant.id, grantId: grant, hash: `${tenant.id}|code`, redirectUri: 'https://app.example.com/cb', expiresAt: soon } })
  await db.oauthHandoff.create({ data: { ...of, hash: `${tenant.id}|handoff`, cookieHash: 'cookie', request: {}, expiresAt: soon } })
  return { grant, spareGrant: await make('ben') }
}
