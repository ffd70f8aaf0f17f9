import { z } from 'zod'
import { createSpec } from '@/lib/activedocs/create-spec'
import { deleteSpec } from '@/lib/activedocs/delete-spec'
import { editSpec } from '@/lib/activedocs/edit-spec'
import { hideSpec, publishSpec } from '@/lib/activedocs/publish-spec'
import { getSpec } from '@/lib/activedocs/queries'
import type { Prisma } from '@/lib/db/generated/client'
import { AppError, invalid } from '@/lib/errors'
import { answer, flag, id, requiredText, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'

const errorNames = { source: 'body', productId: 'service_id' }
const common = { scope: 'account_management', may: 'products', formats: ['json', 'xml'], tag: 'ActiveDocs', errorNames } as const

const docAnswer = z.object({
  id: answer.id,
  system_name: z.string(),
  name: z.string(),
  description: z.string(),
  published: z.boolean(),
  skip_swagger_validations: z.literal(false),
  service_id: answer.id,
  body: z.string().nullable().describe('The document as it was given. In lists it is left out where all of them together pass 20 MB.'),
  created_at: answer.time,
  updated_at: answer.time,
})
const one = { kind: 'one', name: 'api_doc', schema: docAnswer, status: 200 } as const
const BODIES_MAX = 20 * 1024 * 1024

const document = z.union([z.string(), z.looseObject({})], { error: 'Send the document as text.' }).transform((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
const facts = { description: text(2000).optional(), published: flag().optional(), skip_swagger_validations: flag().optional().describe('Accepted and without effect: documents are always validated.') }

/** OpenAPI documents that partners read and try. */
export const activeDocRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/active_docs',
    summary: 'List the documents',
    input: z.object({ service_id: id().optional() }),
    answers: { kind: 'many', name: 'api_docs', each: 'api_doc', schema: docAnswer },
    async handle({ ctx, input }) {
      const [size] = await ctx.db.$queryRaw<{ bytes: number }[]>`SELECT coalesce(sum(octet_length(source)), 0)::float8 AS bytes FROM api_specs`
      const rows = await ctx.db.apiSpec.findMany({ where: { productId: input.service_id }, orderBy: { id: 'asc' }, select: { ...listed, source: size!.bytes <= BODIES_MAX } })
      return { items: rows.map(docJson), total: rows.length }
    },
  }),
  managementRoute({
    ...common,
    method: 'POST',
    path: '/admin/api/active_docs',
    summary: 'Add a document; without a product it is the first one’s',
    input: z.object({ name: requiredText(100), body: document, service_id: id().optional(), system_name: text(60).optional(), ...facts }),
    answers: { ...one, status: 201 },
    async handle({ ctx, input }) {
      const { name, body: source, system_name: systemName, description, published } = input
      const productId = input.service_id ?? (await ctx.db.product.findFirst({ orderBy: [{ isDefault: 'desc' }, { id: 'asc' }], select: { id: true } }))?.id
      if (productId === undefined) throw new AppError('conflict', { publicMessage: 'A document belongs to a product, and there is none yet.' })
      const made = await createSpec(ctx, { productId, name, systemName, description, source, published })
      return read(ctx, made.id)
    },
  }),
  managementRoute({
    ...common,
    method: 'GET',
    path: '/admin/api/active_docs/:api_doc_id',
    summary: 'Read a document',
    input: z.object({}),
    answers: one,
    handle: ({ ctx, ids }) => read(ctx, ids.api_doc_id!),
  }),
  managementRoute({
    ...common,
    method: 'PUT',
    path: '/admin/api/active_docs/:api_doc_id',
    summary: 'Change a document; its system name and product stay',
    input: z.object({ name: requiredText(100).optional(), body: document.optional(), service_id: id().optional(), ...facts }),
    answers: one,
    async handle({ ctx, ids, input }) {
      const specId = ids.api_doc_id!
      const { name, body: source, description, published, service_id: productId } = input
      const current = await getSpec(ctx, specId)
      if (productId !== undefined && Number(productId) !== current.productId) throw invalid({ service_id: ['A document stays with its product. Add it to the other one instead.'] })
      await editSpec(ctx, { specId, name, description, source })
      if (published !== undefined) await (published ? publishSpec : hideSpec)(ctx, { specId })
      return read(ctx, specId)
    },
  }),
  managementRoute({
    ...common,
    method: 'DELETE',
    path: '/admin/api/active_docs/:api_doc_id',
    summary: 'Delete a document',
    input: z.object({}),
    answers: { kind: 'nothing' },
    handle: ({ ctx, ids }) => deleteSpec(ctx, { specId: ids.api_doc_id! }),
  }),
]

const listed = { id: true, productId: true, name: true, systemName: true, description: true, published: true, createdAt: true, updatedAt: true } as const satisfies Prisma.ApiSpecSelect

type Row = { id: bigint | number; productId: bigint | number; name: string; systemName: string; description: string; published: boolean; source?: string; createdAt: Date; updatedAt: Date }

function docJson({ id: docId, productId, name, systemName, description, published, source, createdAt, updatedAt }: Row) {
  return { id: docId, system_name: systemName, name, description, published, skip_swagger_validations: false, service_id: productId, body: source ?? null, created_at: createdAt, updated_at: updatedAt }
}

async function read(ctx: Ctx, specId: bigint) {
  return docJson(await getSpec(ctx, specId))
}
