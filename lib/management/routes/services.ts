import { z } from 'zod'
import { flag, requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { getProductRow, modeOf, serviceAnswer, serviceJson } from '@/lib/management/product-json'
import { setEndUserRegistration } from '@/lib/plans/set-end-user-registration'
import { changeAuthenticationMode } from '@/lib/products/change-authentication-mode'
import { createProduct } from '@/lib/products/create-product'
import { deleteProduct } from '@/lib/products/delete-product'
import type { AuthenticationMode } from '@/lib/products/gateway-config'
import { renameProduct } from '@/lib/products/rename-product'
import { setDeployment } from '@/lib/products/set-deployment'
import { setPlanChangeMode } from '@/lib/products/set-plan-change-mode'
import { updateGateway } from '@/lib/products/update-gateway'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'products', formats: ['json', 'xml'], tag: 'Services', errorNames: { authenticationMode: 'backend_version', mode: 'buyer_plan_change_permission', deployment: 'deployment_option' } } as const
const answers = (status: 200 | 201) => ({ kind: 'one', name: 'service', schema: serviceAnswer, status }) as const

const fields = {
  description: text(2000).optional(),
  backend_version: z.enum(['1', '2', 'oauth', 'oidc'], { error: 'Choose one of 1, 2, oauth, oidc.' }).or(z.union([z.literal(1), z.literal(2)]).transform((mode) => String(mode) as '1' | '2')).optional(),
  // Other gateways of 3scale's list are all run by the tenant.
  deployment_option: z.string().transform((option) => (option === 'hosted' ? ('hosted' as const) : ('self_managed' as const))).optional(),
  buyer_plan_change_permission: z.enum(['request', 'direct', 'none', 'credit_card', 'request_credit_card'], { error: 'Choose one of request, direct, none.' }).optional(),
  referrer_filters_required: flag().optional(),
  end_user_registration_required: flag().optional(),
}
type Fields = z.output<z.ZodObject<typeof fields>>

/** What partners subscribe to: products, under 3scale's older name. */
export const serviceRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/services',
    summary: 'List the products',
    input: z.object({}),
    paged: true,
    answers: { kind: 'many', name: 'services', each: 'service', schema: serviceAnswer },
    async handle({ ctx, page, origin }) {
      const rows = await ctx.db.product.findMany({ orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => serviceJson(row, origin)), total: await ctx.db.product.count() }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: '/admin/api/services',
    summary: 'Create a product',
    input: z.object({ name: requiredText(), system_name: text(40).optional(), ...fields }),
    answers: answers(201),
    async handle({ ctx, input: { name, system_name: systemName, description, ...rest }, origin }) {
      const { id } = await createProduct(ctx, { name, systemName, description })
      await change(ctx, id, rest)
      return serviceJson(await getProductRow(ctx, id), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/services/:service_id',
    summary: 'Read a product',
    input: z.object({}),
    answers: answers(200),
    handle: async ({ ctx, ids, origin }) => serviceJson(await getProductRow(ctx, ids.service_id!), origin),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: '/admin/api/services/:service_id',
    summary: 'Change a product',
    input: z.object({ name: requiredText().optional(), ...fields }),
    answers: answers(200),
    async handle({ ctx, ids, input: { name, description, ...rest }, origin }) {
      const product = await getProductRow(ctx, ids.service_id!)
      if (name !== undefined || description !== undefined) await renameProduct(ctx, { productId: product.id, name: name ?? product.name, description: description ?? product.description })
      await change(ctx, product.id, rest)
      return serviceJson(await getProductRow(ctx, product.id), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: '/admin/api/services/:service_id',
    summary: 'Delete a product with everything of it',
    input: z.object({}),
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id, systemName } = await getProductRow(ctx, ids.service_id!)
      await deleteProduct(ctx, { productId: id, confirmation: systemName })
    },
  }),
]

async function change(ctx: Ctx, productId: bigint, input: Omit<Fields, 'description'>): Promise<void> {
  const { backend_version: version, deployment_option: deployment, buyer_plan_change_permission: permission, referrer_filters_required: referrers, end_user_registration_required: registration } = input
  if (version !== undefined) {
    const { authenticationMode } = await getProductRow(ctx, productId)
    // A product whose tokens are asked about reads "oidc" here; written back it stays as it is.
    if (!(version === 'oidc' && authenticationMode === 'introspection')) await changeAuthenticationMode(ctx, { productId, authenticationMode: modeOf[version] satisfies AuthenticationMode })
  }
  if (deployment !== undefined) {
    const { selfManagedProductionUrl, selfManagedStagingUrl, deployment: before } = await getProductRow(ctx, productId)
    // A gateway of one's own begins with its address: the proxy's `endpoint` says it, and this follows.
    if (deployment !== before && (deployment === 'hosted' || selfManagedProductionUrl !== null)) await setDeployment(ctx, { productId, deployment, productionUrl: selfManagedProductionUrl ?? '', stagingUrl: selfManagedStagingUrl ?? '' })
  }
  // There are no cards here: asking for a plan is what is left of those two.
  if (permission !== undefined) await setPlanChangeMode(ctx, { productId, mode: permission === 'direct' || permission === 'none' ? permission : 'request' })
  if (referrers !== undefined) await updateGateway(ctx, { productId, referrerFiltersRequired: referrers })
  if (registration !== undefined) await setEndUserRegistration(ctx, { productId, required: registration })
}
