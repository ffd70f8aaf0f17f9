import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { findBuiltIn, findNameProblem } from '@/lib/fields/built-in'
import { assertFieldRules } from '@/lib/fields/field-rules'
import { listFields } from '@/lib/fields/queries'
import { fieldInput, type FieldInput } from '@/lib/fields/schema'
import type { Ctx } from '@/lib/tenants/context'

const FIELDS_MAX = 100

/** A built-in field, or one of the tenant's own, at the end of its target's list. Throws `invalid`, `conflict` at a hundred fields. */
export async function createField(ctx: Ctx, raw: FieldInput): Promise<{ id: bigint }> {
  const input = fieldInput.parse(raw)
  const { target, name } = input
  const builtIn = input.builtIn ? findBuiltIn(target, name) : undefined
  const label = input.label || builtIn?.label || ''
  const problem = input.builtIn ? (builtIn ? null : 'Choose a field from the list.') : findNameProblem(target, name)
  if (problem) throw invalid({ name: [problem] })
  if (!label) throw invalid({ label: ['Write what people read beside the field.'] })
  assertFieldRules({ ...input, required: input.required || builtIn?.required === true })
  const existing = await listFields(ctx, target)
  if (existing.length >= FIELDS_MAX) throw new AppError('conflict', { publicMessage: `There are ${FIELDS_MAX} fields already. Delete one that nobody uses.` })
  return ctx.db
    .$transaction(async (tx) => {
      const last = await tx.fieldDefinition.aggregate({ where: { target }, _max: { position: true } })
      const field = await tx.fieldDefinition.create({ data: { ...input, label, tenantId: ctx.tenant.id, position: (last._max.position ?? 0) + 1 }, select: { id: true } })
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'field_definition.created', data: { fieldId: Number(field.id) } })
      await recordAudit(tx, ctx.audit, { action: 'field_definition.created', object: { kind: 'field_definition', id: field.id, name: label }, after: { ...input, label } })
      return field
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'field_definitions_tenantId_target_name_key')) throw invalid({ name: ['There is a field with this name already.'] })
      throw error
    })
}
