import { z } from 'zod'
import { createBackend } from '@/lib/backends/create-backend'
import { deleteBackend } from '@/lib/backends/delete-backend'
import { editBackend } from '@/lib/backends/edit-backend'
import type { Backend } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { answer, linksOf, requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { withPort } from '@/lib/self-managed/apicast-config'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'account_management', may: 'gateway', formats: ['json'], tag: 'Backends', errorNames: { privateBaseUrl: 'private_endpoint', name: 'name', 'servers.0.url': 'private_endpoint' } } as const
const base = '/admin/api/backend_apis'
const one = '/admin/api/backend_apis/:backend_api_id'
const empty = z.object({})

const backendAnswer = z.object({
  id: answer.id,
  name: z.string(),
  system_name: z.string(),
  description: z.string(),
  private_endpoint: z.string(),
  account_id: answer.id,
  created_at: answer.time,
  updated_at: answer.time,
  links: answer.links,
})
const answers = (status: 200 | 201) => ({ kind: 'one', name: 'backend_api', schema: backendAnswer, status }) as const

/** Backends (reference portal 8.4). */
export const backendApiRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: base,
    summary: 'List the backends',
    input: empty,
    paged: true,
    answers: { kind: 'many', name: 'backend_apis', each: 'backend_api', schema: backendAnswer },
    async handle({ ctx, page, origin }) {
      const rows = await ctx.db.backend.findMany({ orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => backendJson(row, origin)), total: await ctx.db.backend.count() }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: base,
    summary: 'Create a backend',
    input: z.object({ name: requiredText(), system_name: text(40).optional(), description: text(2000).optional(), private_endpoint: requiredText(2000) }),
    answers: answers(201),
    async handle({ ctx, input, origin }) {
      const { id } = await createBackend(ctx, { name: input.name, systemName: input.system_name, description: input.description, privateBaseUrl: input.private_endpoint })
      return backendJson(await getBackendRow(ctx, id), origin)
    },
  }),
  managementRoute({ ...common, method: 'GET', path: one, summary: 'Read a backend', input: empty, answers: answers(200), handle: async ({ ctx, ids, origin }) => backendJson(await getBackendRow(ctx, ids.backend_api_id!), origin) }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: one,
    summary: 'Change a backend',
    input: z.object({ name: requiredText().optional(), description: text(2000).optional(), private_endpoint: requiredText(2000).optional() }),
    answers: answers(200),
    async handle({ ctx, ids, input, origin }) {
      const backend = await getBackendRow(ctx, ids.backend_api_id!)
      const unchanged = input.private_endpoint === withPort(backend.privateBaseUrl)
      await editBackend(ctx, { backendId: backend.id, name: input.name, description: input.description, privateBaseUrl: unchanged ? undefined : input.private_endpoint })
      return backendJson(await getBackendRow(ctx, backend.id), origin)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: one,
    summary: 'Delete a backend that no product mounts',
    input: empty,
    answers: { kind: 'nothing' },
    handle: ({ ctx, ids }) => deleteBackend(ctx, { backendId: ids.backend_api_id! }),
  }),
]

/** Throws `not_found`. */
export async function getBackendRow(ctx: Ctx, backendId: bigint): Promise<Backend> {
  const backend = await ctx.db.backend.findUnique({ where: { id: backendId } })
  if (!backend) throw notFound()
  return backend
}

function backendJson(backend: Backend, origin: string) {
  const self = `${base}/${backend.id}`
  return {
    id: backend.id,
    name: backend.name,
    system_name: backend.systemName,
    description: backend.description,
    private_endpoint: withPort(backend.privateBaseUrl),
    account_id: backend.tenantId,
    created_at: backend.createdAt,
    updated_at: backend.updatedAt,
    links: linksOf(origin, { self, metrics: `${self}/metrics`, mapping_rules: `${self}/mapping_rules` }),
  }
}
