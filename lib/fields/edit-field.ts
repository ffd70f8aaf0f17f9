import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { assertFieldRules } from '@/lib/fields/field-rules'
import { toFieldDto } from '@/lib/fields/queries'
import { fieldEditInput, type FieldEditInput } from '@/lib/fields/schema'
import type { Ctx } from '@/lib/tenants/context'

/** Changes what is given; name and target never. Values people have given stay, choices that are gone included. Throws `not_found`, `invalid`. */
export async function editField(ctx: Ctx, raw: FieldEditInput): Promise<void> {
  const { fieldId, ...edit } = fieldEditInput.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM field_definitions WHERE "tenantId" = ${ctx.tenant.id} AND id = ${fieldId} FOR UPDATE`
    const row = await tx.fieldDefinition.findUnique({ where: { id: fieldId } })
    if (!row) throw notFound()
    const before = toFieldDto(row)
    const given = Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined)) as typeof edit
    assertFieldRules({ ...before, ...given })
    await tx.fieldDefinition.update({ where: { id: fieldId }, data: given })
    const changed = (Object.keys(given) as (keyof typeof given)[]).filter((key) => JSON.stringify(given[key]) !== JSON.stringify(before[key]))
    const pick = (from: typeof edit) => Object.fromEntries(changed.map((key) => [key, from[key]]))
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'field_definition.changed', data: { fieldId: Number(fieldId) } })
    await recordAudit(tx, ctx.audit, { action: 'field_definition.changed', object: { kind: 'field_definition', id: fieldId, name: row.label }, before: pick(before), after: pick(given) })
  })
}
