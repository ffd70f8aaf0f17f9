import { AppError } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { fieldOrderInput, type FieldOrderInput } from '@/lib/fields/schema'
import type { Ctx } from '@/lib/tenants/context'

/** The order every form has. `fieldIds` names every field of the target once, else `conflict`: the list on the screen was old. */
export async function orderFields(ctx: Ctx, raw: FieldOrderInput): Promise<void> {
  const { target, fieldIds } = fieldOrderInput.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    // Locked, so that of two orders that come together one is whole.
    const rows = await tx.$queryRaw<{ id: bigint; position: number }[]>`SELECT id, position FROM field_definitions WHERE "tenantId" = ${ctx.tenant.id} AND target = ${target} ORDER BY id FOR UPDATE`
    const positionOf = new Map(rows.map((row) => [row.id, row.position]))
    if (fieldIds.length !== rows.length || new Set(fieldIds).size !== rows.length || fieldIds.some((id) => !positionOf.has(id)))
      throw new AppError('conflict', { publicMessage: 'The list of fields has changed meanwhile. Reload the page and order them again.' })
    for (const [index, id] of fieldIds.entries()) if (positionOf.get(id) !== index + 1) await tx.fieldDefinition.update({ where: { id }, data: { position: index + 1 } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'field_definition.ordered', data: { target } })
    await recordAudit(tx, ctx.audit, { action: 'field_definition.ordered', object: { kind: 'field_definition', id: null, name: target }, after: { fieldIds: fieldIds.map(Number) } })
  })
}
