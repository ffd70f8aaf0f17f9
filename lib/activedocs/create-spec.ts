import { parseSpec } from '@/lib/activedocs/parse-spec'
import { specInput, specsMax, type SpecInput } from '@/lib/activedocs/schema'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { freeSystemName, systemNameOf } from '@/lib/products/system-name'
import type { Ctx } from '@/lib/tenants/context'

/**
 * A new document of a product. Without a system name one is made from the name, without a description it is the document's first sentence. Throws `not_found` for a product of
 * somebody else, `invalid` for a document that cannot be read and for a system name that is taken.
 */
export async function createSpec(ctx: Ctx, raw: SpecInput): Promise<{ id: bigint; systemName: string }> {
  const { systemName: wanted, source, ...input } = specInput.parse(raw)
  const tenantId = ctx.tenant.id
  // Whose product it is comes before the seconds a large document takes.
  if (!(await ctx.db.product.findUnique({ where: { id: input.productId }, select: { id: true } }))) throw notFound()
  const { json, version, operations, description } = await parseSpec(source)
  input.description ||= description
  return ctx.db
    .$transaction(async (tx) => {
      const others = new Set((await tx.apiSpec.findMany({ select: { systemName: true } })).map((other) => other.systemName))
      if (others.size >= specsMax) throw new AppError('conflict', { publicMessage: `There can be at most ${specsMax} documents. Delete one that is no longer needed.` })
      if (wanted && others.has(wanted)) throw invalid({ systemName: ['There is a document with this system name already.'] })
      const systemName = wanted ?? freeSystemName(systemNameOf(input.name, 60) || 'api', (name) => others.has(name), 60)
      const { id } = await tx.apiSpec.create({ data: { ...input, tenantId, systemName, source, document: json, version, operations }, select: { id: true } })
      await recordEvent(tx, { tenantId, type: 'api_spec.created', data: { apiSpecId: Number(id), productId: Number(input.productId) } })
      await recordAudit(tx, ctx.audit, {
        action: 'api_spec.created',
        object: { kind: 'api_spec', id, name: input.name },
        after: { name: input.name, systemName, productId: Number(input.productId), version, operations, published: input.published },
      })
      return { id, systemName }
    })
    .catch((error: unknown) => {
      // Two clicks at once: both saw the name free, one index says no (IDM-2).
      if (isUniqueViolation(error)) throw new AppError('conflict', { publicMessage: 'A document with this name was made a moment ago.', cause: error })
      throw error
    })
}
