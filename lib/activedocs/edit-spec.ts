import { parseSpec } from '@/lib/activedocs/parse-spec'
import { specEditInput, type SpecEditInput } from '@/lib/activedocs/schema'
import { writeSpec } from '@/lib/activedocs/write-spec'
import { notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/** New name, description or document; what is left out stays. Throws `not_found`, `invalid` (with line). */
export async function editSpec(ctx: Ctx, raw: SpecEditInput): Promise<void> {
  const { specId, name, description, source } = specEditInput.parse(raw)
  const current = await ctx.db.apiSpec.findUnique({ where: { id: specId }, select: { source: true } })
  if (!current) throw notFound()
  const parsed = source !== undefined && source !== current.source ? await parseSpec(source) : null
  await writeSpec(ctx, specId, 'api_spec.changed', async (tx, spec) => {
    const after = { name: name ?? spec.name, description: description ?? spec.description }
    if (!parsed && after.name === spec.name && after.description === spec.description) return null
    await tx.apiSpec.update({
      where: { id: specId },
      data: { ...after, ...(parsed && { source, document: parsed.json, version: parsed.version, operations: parsed.operations }) },
      select: { id: true },
    })
    const { version, operations } = parsed ?? spec
    return {
      before: { name: spec.name, description: spec.description, version: spec.version, operations: spec.operations },
      after: { ...after, version, operations, documentReplaced: parsed !== null },
    }
  })
}
