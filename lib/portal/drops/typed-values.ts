import type { FieldDto } from '@/lib/fields/queries'
import type { FieldValues } from '@/lib/fields/validate-values'
import type { FormTree } from '@/lib/portal/portal-route'

/** A part of a form as values of fields: text and lists of text, nothing nested. */
export function typedValues(part: FormTree[string] | undefined): FieldValues {
  if (part === undefined || typeof part === 'string' || Array.isArray(part)) return {}
  return Object.fromEntries(Object.entries(part).filter((entry): entry is [string, string | string[]] => typeof entry[1] === 'string' || Array.isArray(entry[1])))
}

/** One text of a form; anything else is empty. */
export function formText(part: FormTree[string] | undefined, name: string): string {
  const value = typedValues(part)[name]
  return typeof value === 'string' ? value : ''
}

/** What stands in the inputs of a form shown again: the typed where it may be typed, else the stored. */
export function refilled(fields: FieldDto[], stored: FieldValues, typed: FieldValues): FieldValues {
  const again = fields.filter(({ name, hidden, readOnly }) => !hidden && !readOnly && Object.hasOwn(typed, name))
  return { ...stored, ...Object.fromEntries(again.map(({ name }) => [name, typed[name]!])) }
}
