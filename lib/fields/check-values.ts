import { invalid } from '@/lib/errors'
import type { FieldTarget } from '@/lib/fields/built-in'
import { listFields, type FieldReader } from '@/lib/fields/queries'
import { splitValues, type FieldColumns } from '@/lib/fields/split-values'
import { validateValues, type FieldValues, type ValuesRules } from '@/lib/fields/validate-values'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Sent values against the tenant's fields, as columns and `extra` to store. Who is asking decides what may be written.
 * Throws `invalid` with the field's names, `prefix` before them.
 */
export async function checkValues(ctx: FieldReader & Pick<Ctx, 'actor'>, target: FieldTarget, given: FieldValues, { prefix = '', ...rules }: Omit<ValuesRules, 'side'> & { prefix?: string } = {}): Promise<{ columns: FieldColumns; extra: FieldValues }> {
  const { values, errors } = validateValues(await listFields(ctx, target), given, { ...rules, side: sideOf(ctx) })
  if (Object.keys(errors).length > 0) throw invalid(Object.fromEntries(Object.entries(errors).map(([name, messages]) => [`${prefix}${name}`, messages])))
  return splitValues(target, values)
}

/** Developers and visitors write as partners, everybody else as the tenant. */
function sideOf({ actor }: Pick<Ctx, 'actor'>): ValuesRules['side'] {
  return actor.kind === 'developer' || actor.kind === 'visitor' ? 'partner' : 'tenant'
}
