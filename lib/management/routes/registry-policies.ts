import { z } from 'zod'
import type { RegistryPolicy } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { answer, linksOf, requiredText } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import { createRegistryPolicy, deleteRegistryPolicy, editRegistryPolicy } from '@/lib/products/registry-policies'
import type { Ctx } from '@/lib/tenants/context'

const common = { scope: 'policy_registry', may: 'gateway', formats: ['json'], tag: 'Policies' } as const
const base = '/admin/api/registry/policies'
const texts = { id: 'The id, or name and version as name-version' }
const policyAnswer = z.object({ id: answer.id, name: z.string(), version: z.string(), schema: z.record(z.string(), z.unknown()), created_at: answer.time, updated_at: answer.time, links: answer.links })
const one = (status: 200 | 201) => ({ kind: 'one', name: 'policy', schema: policyAnswer, status }) as const
const schema = z.union([z.record(z.string(), z.unknown()), z.string()], { error: 'Write a JSON object.' })

/** Policies that the tenant's own gateways bring (reference portal 8.4); we keep and name them, and never run them. */
export const registryPolicyRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: base,
    summary: 'List the policies of your own gateways',
    input: z.object({}),
    paged: true,
    answers: { kind: 'many', name: 'policies', each: 'policy', schema: policyAnswer },
    async handle({ ctx, page, origin }) {
      const rows = await ctx.db.registryPolicy.findMany({ orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => policyJson(row, origin)), total: await ctx.db.registryPolicy.count() }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: base,
    summary: 'Register a policy of your own gateways',
    input: z.object({ name: requiredText(100), version: requiredText(50), schema }),
    answers: one(201),
    async handle({ ctx, input, origin }) {
      const { id } = await createRegistryPolicy(ctx, input)
      return policyJson(await getPolicy(ctx, String(id)), origin)
    },
  }),
  managementRoute({ ...common, texts, method: 'GET', path: `${base}/:id`, summary: 'Read a registered policy', input: z.object({}), answers: one(200), handle: async ({ ctx, texts: { id }, origin }) => policyJson(await getPolicy(ctx, id!), origin) }),
  managementRoute({
    ...common,
    texts,
    method: 'PUT',
    path: `${base}/:id`,
    summary: 'Change a registered policy',
    input: z.object({ name: requiredText(100).optional(), version: requiredText(50).optional(), schema: schema.optional() }),
    answers: one(200),
    async handle({ ctx, texts: { id }, input, origin }) {
      const policy = await getPolicy(ctx, id!)
      await editRegistryPolicy(ctx, { policyId: policy.id, ...input })
      return policyJson(await getPolicy(ctx, String(policy.id)), origin)
    },
  }),
  managementRoute({
    ...common,
    texts,
    method: 'DELETE',
    path: `${base}/:id`,
    summary: 'Delete a registered policy that no chain names',
    input: z.object({}),
    answers: { kind: 'nothing' },
    handle: async ({ ctx, texts: { id } }) => deleteRegistryPolicy(ctx, { policyId: (await getPolicy(ctx, id!)).id }),
  }),
]

/** By id, or by `name-version` as 3scale's clients ask. Throws `not_found`. */
async function getPolicy(ctx: Ctx, text: string): Promise<RegistryPolicy> {
  const byId = /^[1-9]\d{0,15}$/.test(text) ? await ctx.db.registryPolicy.findUnique({ where: { id: BigInt(text) } }) : null
  // Names and versions may hold dashes of their own: the list is short, so each is compared whole.
  const found = byId ?? (await ctx.db.registryPolicy.findMany()).find(({ name, version }) => `${name}-${version}` === text)
  if (!found) throw notFound()
  return found
}

function policyJson({ id, name, version, schema, createdAt, updatedAt }: RegistryPolicy, origin: string) {
  return { id, name, version, schema, created_at: createdAt, updated_at: updatedAt, links: linksOf(origin, { self: `${base}/${id}` }) }
}
