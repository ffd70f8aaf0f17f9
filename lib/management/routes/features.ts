import { z } from 'zod'
import type { Feature } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { flag, id, requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { featureAnswer, featureJson, getProductRow } from '@/lib/management/product-json'
import { getPlanRow } from '@/lib/management/routes/application-plans'
import { disableFeature, enableFeature } from '@/lib/plans/enable-feature'
import { createFeature, deleteFeature, editFeature } from '@/lib/products/features'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', formats: ['json', 'xml'], tag: 'Features' } as const
const one = (status: 200 | 201) => ({ kind: 'one', name: 'feature', schema: featureAnswer, status }) as const
const many = { kind: 'many', name: 'features', each: 'feature', schema: featureAnswer } as const
const ofService = '/admin/api/services/:service_id/features'
const ofPlan = '/admin/api/application_plans/:plan_id/features'
const empty = z.object({})
/** Features are of application plans here; the scope is read so that clients may send it. */
const words = { description: text(2000).optional(), visible: flag().optional(), scope: text().optional() }

export const featureRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    may: 'plans',
    method: 'GET',
    path: ofService,
    summary: 'List the features of a product',
    input: empty,
    paged: true,
    answers: many,
    async handle({ ctx, ids, page, origin }) {
      const { id: productId } = await getProductRow(ctx, ids.service_id!)
      const rows = await ctx.db.feature.findMany({ where: { productId }, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => featureJson(row, origin)), total: await ctx.db.feature.count({ where: { productId } }) }
    },
  }),
  managementRoute({
    ...common,
    may: 'plans',
    method: 'POST',
    path: ofService,
    summary: 'Create a feature',
    input: z.object({ name: requiredText(200), system_name: text().optional(), ...words }),
    answers: one(201),
    async handle({ ctx, ids, input: { name, system_name: systemName, description, visible }, origin }) {
      const { id: productId } = await getProductRow(ctx, ids.service_id!)
      const { id: featureId } = await createFeature(ctx, { productId, name, systemName, description, visible })
      return featureJson(await getFeature(ctx, productId, featureId), origin)
    },
  }),
  managementRoute({
    ...common,
    may: 'plans',
    method: 'GET',
    path: `${ofService}/:id`,
    summary: 'Read a feature',
    input: empty,
    answers: one(200),
    handle: async ({ ctx, ids, origin }) => featureJson(await getFeature(ctx, ids.service_id!, ids.id!), origin),
  }),
  managementRoute({
    ...common,
    may: 'plans',
    method: 'PUT',
    path: `${ofService}/:id`,
    summary: 'Change a feature',
    input: z.object({ name: requiredText(200).optional(), ...words }),
    answers: one(200),
    async handle({ ctx, ids, input: { name, description, visible }, origin }) {
      const { id: featureId, productId } = await getFeature(ctx, ids.service_id!, ids.id!)
      await editFeature(ctx, { featureId, name, description, visible })
      return featureJson(await getFeature(ctx, productId, featureId), origin)
    },
  }),
  managementRoute({
    ...common,
    may: 'plans',
    method: 'DELETE',
    path: `${ofService}/:id`,
    summary: 'Delete a feature',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id: featureId } = await getFeature(ctx, ids.service_id!, ids.id!)
      await deleteFeature(ctx, { featureId })
    },
  }),
  managementRoute({
    ...common,
    may: 'plans',
    method: 'GET',
    path: ofPlan,
    summary: 'List the features a plan includes',
    input: empty,
    paged: true,
    answers: many,
    async handle({ ctx, ids, page, origin }) {
      const { id: planId } = await getPlanRow(ctx, ids.plan_id!)
      const where = { plans: { some: { planId } } }
      const rows = await ctx.db.feature.findMany({ where, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => featureJson(row, origin)), total: await ctx.db.feature.count({ where }) }
    },
  }),
  managementRoute({
    ...common,
    may: 'plans',
    method: 'POST',
    path: ofPlan,
    summary: 'Include a feature in a plan',
    input: z.object({ feature_id: id() }),
    answers: one(201),
    async handle({ ctx, ids, input, origin }) {
      const { id: planId, productId } = await getPlanRow(ctx, ids.plan_id!)
      await enableFeature(ctx, { planId, featureId: input.feature_id })
      return featureJson(await getFeature(ctx, productId, input.feature_id), origin)
    },
  }),
  managementRoute({
    ...common,
    may: 'plans',
    method: 'DELETE',
    path: `${ofPlan}/:id`,
    summary: 'Take a feature out of a plan',
    input: empty,
    answers: { kind: 'nothing' },
    async handle({ ctx, ids }) {
      const { id: planId } = await getPlanRow(ctx, ids.plan_id!)
      await disableFeature(ctx, { planId, featureId: ids.id! })
    },
  }),
]

async function getFeature(ctx: Ctx, productId: bigint, featureId: bigint): Promise<Feature> {
  const feature = await ctx.db.feature.findFirst({ where: { id: featureId, productId } })
  if (!feature) throw notFound()
  return feature
}
