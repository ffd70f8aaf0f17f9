import { addDeveloper } from '@/lib/accounts/add-developer'
import { createAccount } from '@/lib/accounts/create-account'
import { createSpec } from '@/lib/activedocs/create-spec'
import { addAppKey } from '@/lib/applications/change-credentials'
import { createApplication } from '@/lib/applications/create-application'
import { addReferrerFilter } from '@/lib/applications/referrer-filters'
import { createPage } from '@/lib/cms/create-page'
import { saveFile } from '@/lib/cms/save-file'
import { createField } from '@/lib/fields/create-field'
import { makeManagement } from '@/lib/management/management.fixture'
import { seedProductSide } from '@/lib/management/product-examples.fixture'
import { createPlan } from '@/lib/plans/create-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { createProduct } from '@/lib/products/create-product'
import { createAccessTokenFor } from '@/lib/tenants/access-tokens'
import type { Ctx } from '@/lib/tenants/context'
import { makeMember } from '@/lib/tenants/member.fixture'
import { createEndpoint } from '@/lib/webhooks/write-endpoint'

export const specText = JSON.stringify({ openapi: '3.0.0', info: { title: 'Echo', version: '1' }, paths: { '/echo': { get: { responses: { 200: { description: 'ok' } } } } } })

const password = 'violet tram over Lyon'

/**
 * For tests: a tenant with one of everything the management API tells of. `ids` are the path parameters by name or by the
 * pattern of their address where a name means several things, so that tests can fill the path of any route.
 */
export async function makeManagementWorld() {
  const management = await makeManagement()
  const { ctx } = management
  const { id: productId } = await createProduct(ctx, { name: 'Echo', systemName: 'echo' })
  const { id: hitsId } = await ctx.db.metric.findFirstOrThrow({ where: { productId, systemName: 'hits' } })
  const method = await management.call('POST', `/admin/api/services/${productId}/metrics/${hitsId}/methods.json`, { body: { friendly_name: 'Read', system_name: 'read' } })
  const methodId = BigInt(method.json.method.id)
  const plan = await createPlan(ctx, { productId, name: 'Basic', state: 'published' })
  const otherPlan = await createPlan(ctx, { productId, name: 'Gold', state: 'published' })
  await setDefaultPlan(ctx, { productId, planId: plan.id })
  const account = await createAccount(ctx, { orgName: 'Umbrella & Sons', developer: { email: 'ann@umbrella.example', userName: 'ann', firstName: 'Ann', lastName: 'Onymous', password } })
  const second = await addDeveloper(ctx, { accountId: account.id, email: 'bob@umbrella.example', password })
  const application = await createApplication(ctx, { accountId: account.id, planId: plan.id, name: 'Weather <app>', description: 'Rain "and" sun' })
  await addAppKey(ctx, { applicationId: application.id, key: 'a-key-of-my-own' })
  await addReferrerFilter(ctx, { applicationId: application.id, filter: '*.example.com' })
  const field = await createField(ctx, { target: 'account', name: 'favourite_colour', label: 'Favourite colour' })
  const spec = await createSpec(ctx, { productId, name: 'Echo', source: specText })
  const { systemName } = await createPage(ctx, { title: 'Guide', path: '/guide' }, [])
  const template = await ctx.db.portalTemplate.findFirstOrThrow({ where: { systemName, kind: 'page' } })
  const file = await saveFile(ctx, { path: '/styles/site.css', bytes: new TextEncoder().encode('a { color: red }') })
  const endpoint = await createEndpoint(ctx, { url: 'https://hooks.example.com/in', events: ['account.created'] })
  await failedDelivery(ctx, endpoint.id)
  await ctx.db.integrationError.create({ data: { tenantId: ctx.tenant.id, productId, code: 'metric_invalid', message: 'metric "x" is invalid', request: { method: 'GET', path: '/transactions/authrep.xml', query: 'usage[x]=1' } } })
  const colleague = await makeMember(ctx, { role: 'member', permissions: ['partners'] })
  const spare = await createAccessTokenFor(ctx, management.member.id, { name: 'Spare', permission: 'ro', scopes: ['stats'] })

  const ids: Record<string, bigint | string> = {
    account_id: account.id,
    user_id: second.id,
    '/admin/api/users/:user_id': colleague.id,
    application_id: application.id,
    key: 'a-key-of-my-own',
    referrer_filter_id: 0n,
    field_id: field.id,
    access_token_id: spare.id,
    api_doc_id: spec.id,
    section_id: 1n,
    template_id: template.id,
    file_id: file.id,
    service_id: productId,
    product_id: productId,
    plan_id: plan.id,
    application_plan_id: plan.id,
    metric_id: hitsId,
    method_id: methodId,
    ...(await seedProductSide(management, { productId, planId: plan.id, methodId })),
  }
  const filters = await management.call('GET', `/admin/api/accounts/${account.id}/applications/${application.id}/referrer_filters.json`)
  ids.referrer_filter_id = BigInt(filters.json.referrer_filters[0].referrer_filter.id)
  return { ...management, ids, productId, planId: plan.id, otherPlanId: otherPlan.id, accountId: account.id, developerId: account.developerId!, secondId: second.id, applicationId: application.id, endpointId: endpoint.id, colleague }
}

export type ManagementWorld = Awaited<ReturnType<typeof makeManagementWorld>>

export async function failedDelivery(ctx: Ctx, endpointId: bigint): Promise<void> {
  const tenantId = ctx.tenant.id
  await ctx.db.webhookDelivery.create({ data: { tenantId, endpointId, messageId: `msg_${Math.random().toString(36).slice(2)}`, type: 'account.created', body: '{"type":"account.created"}', state: 'failed', attempts: 9, lastStatus: 500 } })
}
