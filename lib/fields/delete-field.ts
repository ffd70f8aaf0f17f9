import { AppError, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { toFieldDto } from '@/lib/fields/queries'
import { fieldRef, type FieldRef } from '@/lib/fields/schema'
import type { Ctx } from '@/lib/tenants/context'

/** Takes a field off every form. What people wrote in it stays stored and comes back with a field of the same name. Throws `not_found`, `conflict`. */
export async function deleteField(ctx: Ctx, raw: FieldRef): Promise<void> {
  const { fieldId } = fieldRef.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const row = await tx.fieldDefinition.findUnique({ where: { id: fieldId } })
    if (!row) throw notFound()
    const { fixed, target, name, label } = toFieldDto(row)
    if (fixed) throw new AppError('conflict', { publicMessage: `${label} is always needed and cannot be deleted.` })
    await tx.fieldDefinition.delete({ where: { id: fieldId } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'field_definition.deleted', data: { fieldId: Number(fieldId), target, name } })
    await recordAudit(tx, ctx.audit, { action: 'field_definition.deleted', object: { kind: 'field_definition', id: fieldId, name: label }, before: { target, name, label } })
  })
}
