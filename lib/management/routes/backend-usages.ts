import { z } from 'zod'
import { changeMountPath, mountBackend, unmountBackend } from '@/lib/backends/mount-backend'
import type { BackendUsage } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { answer, id, linksOf, requiredText } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { getProductRow } from '@/lib/management/product-json'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'gateway', formats: ['json'], tag: 'Backends', errorNames: { backendId: 'backend_api_id' } } as const
const base = '/admin/api/services/:service_id/backend_usages'
const usageAnswer = z.object({ id: answer.id, path: z.string(), service_id: answer.id, backend_id: answer.id, links: answer.links })
const one = (status: 200 | 201) => ({ kind: 'one', name: 'backend_usage', schema: usageAnswer, status }) as const
const empty = z.object({})

/** Backends mounted on a product under paths (reference portal 8.4); lists are bare arrays. */
export const backendUsageRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: base,
    summary: 'List what a product mounts',
    input: empty,
    answers: { kind: 'bare', schema: z.array(z.object({ backend_usage: usageAnswer })) },
    async handle({ ctx, ids, origin }) {
      const { id: productId } = await getProductRow(ctx, ids.service_id!)
      const rows = await ctx.db.backendUsage.findMany({ where: { productId }, orderBy: { id: 'asc' } })
      return rows.map((row) => ({ backend_usage: usageJson(row, origin) }))
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: base,
    summary: 'Mount a backend under a path',
    input: z.object({ backend_api_id: id(), path: requiredText(200) }),
    answers: one(201),
    async handle({ ctx, ids, input, origin }) {
      const { id: productId } = await getProductRow(ctx, ids.service_id!)
      const { id: usageId } = await mountBackend(ctx, { productId, backendId: input.backend_api_id, path: input.path })
      return usageJson(await getUsage(ctx, { service_id: productId, id: usageId }), origin)
    },
  }),
  managementRoute({ ...common, method: 'GET', path: `${base}/:id`, summary: 'Read where a backend is mounted', input: empty, answers: one(200), handle: async ({ ctx, ids, origin }) => usageJson(await getUsage(ctx, ids), origin) }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: `${base}/:id`,
    summary: 'Change the path a backend is mounted under',
    input: z.object({ path: requiredText(200).optional() }),
    answers: one(200),
    async handle({ ctx, ids, input, origin }) {
      const usage = await getUsage(ctx, ids)
      if (input.path !== undefined) await changeMountPath(ctx, { usageId: usage.id, path: input.path })
      return usageJson(await getUsage(ctx, ids), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: `${base}/:id`,
    summary: 'Unmount a backend',
    input: empty,
    answers: { kind: 'nothing' },
    handle: async ({ ctx, ids }) => unmountBackend(ctx, { usageId: (await getUsage(ctx, ids)).id }),
  }),
]

async function getUsage(ctx: Ctx, ids: Record<string, bigint>): Promise<BackendUsage> {
  const usage = await ctx.db.backendUsage.findFirst({ where: { id: ids.id!, productId: ids.service_id! } })
  if (!usage) throw notFound()
  return usage
}

function usageJson({ id, path, productId, backendId }: BackendUsage, origin: string) {
  const service = `/admin/api/services/${productId}`
  return { id, path, service_id: productId, backend_id: backendId, links: linksOf(origin, { self: `${service}/backend_usages/${id}`, service, backend_api: `/admin/api/backend_apis/${backendId}` }) }
}
