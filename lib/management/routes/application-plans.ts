import { z } from 'zod'
import type { Plan } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { amount, flag, requiredText, text, wholeNumber } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { planAnswer, planJson } from '@/lib/management/plan-json'
import { getProductRow } from '@/lib/management/product-json'
import { createPlan } from '@/lib/plans/create-plan'
import { deletePlan } from '@/lib/plans/delete-plan'
import { editPlan } from '@/lib/plans/edit-plan'
import { hidePlan, publishPlan } from '@/lib/plans/publish-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { setPlanPrices } from '@/lib/plans/set-plan-prices'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'plans', formats: ['json', 'xml'], tag: 'Application plans' } as const
/** Told in attributes as well: where old clients look. */
const attributes = ['custom', 'default'] as const
const one = (status: 200 | 201) => ({ kind: 'one', name: 'application_plan', schema: planAnswer, status, xml: 'plan', attributes }) as const
const many = { kind: 'many', name: 'plans', each: 'application_plan', schema: planAnswer, xml: { name: 'plans', each: 'plan' }, attributes } as const
const ofService = '/admin/api/services/:service_id/application_plans'
const empty = z.object({})

const fields = {
  description: text(2000).optional(),
  approval_required: flag().optional(),
  end_user_required: flag().optional(),
  setup_fee: amount().optional(),
  cost_per_month: amount().optional(),
  trial_period_days: wholeNumber().optional(),
  state_event: z.enum(['publish', 'hide'], { error: 'Choose publish or hide.' }).optional(),
}
type Fields = z.output<z.ZodObject<typeof fields>>

/** What applications subscribe to (reference portal 8.2). Plans made for one application are told with the others. */
export const applicationPlanRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/application_plans',
    summary: 'List the application plans of all products',
    input: empty,
    paged: true,
    answers: many,
    async handle({ ctx, page, origin }) {
      const where = { kind: 'application', originalId: null }
      const rows = await ctx.db.plan.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take, include: { product: { select: { defaultPlanId: true } } } })
      return { items: rows.map(({ product, ...plan }) => planJson(plan, { isDefault: product.defaultPlanId === plan.id, origin })), total: await ctx.db.plan.count({ where }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: ofService,
    summary: 'List the application plans of a product',
    input: empty,
    paged: true,
    answers: many,
    async handle({ ctx, ids, page, origin }) {
      const { id: productId, defaultPlanId } = await getProductRow(ctx, ids.service_id!)
      const where = { productId, kind: 'application', originalId: null }
      const rows = await ctx.db.plan.findMany({ where, orderBy: [{ position: 'asc' }, { id: 'asc' }], skip: page.skip, take: page.take })
      return { items: rows.map((plan) => planJson(plan, { isDefault: plan.id === defaultPlanId, origin })), total: await ctx.db.plan.count({ where }) }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: ofService,
    summary: 'Create an application plan',
    input: z.object({ name: requiredText(100), system_name: text(80).optional(), ...fields }),
    answers: one(201),
    async handle({ ctx, ids, input: { name, system_name: systemName, ...rest }, origin }) {
      const { id: productId } = await getProductRow(ctx, ids.service_id!)
      const { id } = await createPlan(ctx, { productId, name, systemName: systemName || undefined, description: rest.description, approvalRequired: rest.approval_required, endUserRequired: rest.end_user_required })
      await changePrices(ctx, id, rest)
      return tell(ctx, await getPlanRow(ctx, id), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: `${ofService}/:id`,
    summary: 'Read an application plan',
    input: empty,
    answers: one(200),
    handle: async ({ ctx, ids, origin }) => tell(ctx, await getPlanRow(ctx, ids.id!, ids.service_id!), origin),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${ofService}/:id`,
    summary: 'Change an application plan',
    input: z.object({ name: requiredText(100).optional(), ...fields }),
    answers: one(200),
    async handle({ ctx, ids, input: { name, ...rest }, origin }) {
      const { id: planId } = await getPlanRow(ctx, ids.id!, ids.service_id!)
      await editPlan(ctx, { planId, name, description: rest.description, approvalRequired: rest.approval_required, endUserRequired: rest.end_user_required })
      await changePrices(ctx, planId, rest)
      return tell(ctx, await getPlanRow(ctx, planId), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${ofService}/:id/default`,
    summary: 'Make a plan the one partners start on',
    input: empty,
    answers: one(200),
    async handle({ ctx, ids, origin }) {
      const plan = await getPlanRow(ctx, ids.id!, ids.service_id!)
      await setDefaultPlan(ctx, { productId: plan.productId, planId: plan.id })
      return tell(ctx, plan, origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${ofService}/:id`,
    summary: 'Delete an application plan that nobody is on',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id: planId } = await getPlanRow(ctx, ids.id!, ids.service_id!)
      await deletePlan(ctx, { planId })
    },
  }),
]

/** Throws `not_found`. */
export async function getPlanRow(ctx: Ctx, planId: bigint, productId?: bigint): Promise<Plan> {
  const plan = await ctx.db.plan.findFirst({ where: { id: planId, productId, kind: 'application' } })
  if (!plan) throw notFound()
  return plan
}

async function tell(ctx: Ctx, plan: Plan, origin: string) {
  const { defaultPlanId } = await getProductRow(ctx, plan.productId)
  return planJson(plan, { isDefault: defaultPlanId === plan.id, origin })
}

async function changePrices(ctx: Ctx, planId: bigint, { setup_fee: setupFee, cost_per_month: costPerMonth, trial_period_days: trialPeriodDays, state_event: event }: Fields): Promise<void> {
  if (setupFee !== undefined || costPerMonth !== undefined || trialPeriodDays !== undefined) await setPlanPrices(ctx, { planId, setupFee, costPerMonth, trialPeriodDays })
  if (event === 'publish') await publishPlan(ctx, { planId })
  if (event === 'hide') await hidePlan(ctx, { planId })
}
