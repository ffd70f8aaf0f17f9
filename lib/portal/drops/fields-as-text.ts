import type { FieldDto } from '@/lib/fields/queries'
import type { FieldValues } from '@/lib/fields/validate-values'

/** "* Label: value" per line, for mails. What is hidden from partners is left out. */
export function fieldsAsText(fields: FieldDto[], values: FieldValues): string {
  const textOf = (name: string) => [values[name] ?? ''].flat().join(', ')
  return fields.flatMap(({ name, label, hidden }) => (hidden || textOf(name) === '' ? [] : [`* ${label}: ${textOf(name)}`])).join('\n')
}
