import type { FieldDto } from '@/lib/fields/queries'
import type { FieldValues } from '@/lib/fields/validate-values'

/** What stands in the inputs of a form shown again: the typed where it may be typed, else the stored. */
export function refilled(fields: FieldDto[], stored: FieldValues, typed: FieldValues = {}): FieldValues {
  const again = fields.filter(({ name, hidden, readOnly }) => !hidden && !readOnly && Object.hasOwn(typed, name))
  return { ...stored, ...Object.fromEntries(again.map(({ name }) => [name, typed[name]!])) }
}
