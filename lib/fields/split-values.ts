import type { Prisma } from '@/lib/db/generated/client'
import { builtIns, type FieldTarget } from '@/lib/fields/built-in'
import type { FieldValues } from '@/lib/fields/validate-values'

/** Columns of the nouns that are fields of a form, by our names. */
export type FieldColumns = { orgName?: string; email?: string; userName?: string | null; firstName?: string; lastName?: string; name?: string; description?: string }

/** A row of the noun, as far as its fields go. */
export type FieldRow = { extra: Prisma.JsonValue } & { [Column in keyof FieldColumns]?: string | null }

/** Checked values as they are stored: what has a column of its own, and the rest for `extra`. */
export function splitValues(target: FieldTarget, values: FieldValues): { columns: FieldColumns; extra: FieldValues } {
  const columns: FieldColumns = {}
  const extra: FieldValues = {}
  const columnOf = new Map(builtIns[target].flatMap(({ name, column }) => (column ? [[name, column] as const] : [])))
  for (const [name, value] of Object.entries(values)) {
    const column = columnOf.get(name)
    if (!column) extra[name] = value
    else if (column === 'userName') columns.userName = String(value) || null
    else columns[column] = String(value)
  }
  return { columns, extra }
}

/** The other way round: every stored value of a row by field name; empty ones are left out. */
export function joinValues(target: FieldTarget, row: FieldRow): FieldValues {
  const values = readExtra(row.extra)
  for (const { name, column } of builtIns[target]) if (column && row[column]) values[name] = row[column]
  return values
}

/** `extra` after a change: emptied fields go, what no field names any more stays. */
export function mergeExtra(stored: Prisma.JsonValue, changes: FieldValues): Prisma.InputJsonObject {
  const merged = { ...readExtra(stored), ...changes }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value.length > 0))
}

/** The JSON column as values; anything else that might stand there is left out. */
export function readExtra(stored: Prisma.JsonValue): FieldValues {
  if (stored === null || typeof stored !== 'object' || Array.isArray(stored)) return {}
  const isValue = (value: unknown): value is string | string[] => typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  return Object.fromEntries(Object.entries(stored).filter((entry): entry is [string, string | string[]] => isValue(entry[1])))
}
