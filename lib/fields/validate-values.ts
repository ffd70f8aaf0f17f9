import type { FieldErrors } from '@/lib/errors'
import { findBuiltIn } from '@/lib/fields/built-in'
import type { FieldDto } from '@/lib/fields/queries'
import { normalEmail, normalUserName } from '@/lib/tenants/login-names'

/** Values by field name. An own field may hold several. */
export type FieldValues = Record<string, string | string[]>

export type ValuesRules = {
  /** Who writes: a partner never touches hidden and read-only fields; the tenant may and is forced to built-in ones only. */
  side: 'partner' | 'tenant'
  /** Of the fields, only these: what a first application is asked for at sign-up. */
  only?: 'required'
  /** What is stored, where something is edited: a field that was not sent keeps its value. */
  current?: FieldValues
}

const LENGTH_MAX = 1000
const ITEMS_MAX = 50

/**
 * What may be stored of what was sent, and what is wrong with it, by field name. Pure. Names no field has are dropped
 * without a word (ISO-9), and so is what a partner may not write. An emptied field is in `values` as ''.
 */
export function validateValues(fields: FieldDto[], given: Readonly<Record<string, unknown>>, rules: ValuesRules): { values: FieldValues; errors: FieldErrors } {
  const values: FieldValues = {}
  const errors: FieldErrors = {}
  for (const field of writableFields(fields, rules)) {
    const sent = Object.hasOwn(given, field.name) ? tidy(given[field.name]) : undefined
    const kept = rules.current && Object.hasOwn(rules.current, field.name) ? rules.current[field.name] : undefined
    const problem = findProblem(field, sent ?? kept, sent !== undefined && !isSame(sent, kept), rules.side)
    if (problem) errors[field.name] = [problem]
    else if (sent !== undefined) values[field.name] = sent
  }
  return { values, errors }
}

/** The fields somebody of this side may write, in order: what a form shows as inputs. */
export function writableFields(fields: FieldDto[], { side, only }: Pick<ValuesRules, 'side' | 'only'>): FieldDto[] {
  return fields.filter((field) => (side === 'tenant' || (!field.hidden && !field.readOnly)) && (only === undefined || field.required))
}

function findProblem(field: FieldDto, value: string | string[] | undefined, changed: boolean, side: ValuesRules['side']): string | null {
  const items = value === undefined ? [] : [value].flat().filter((item) => item !== '')
  if (items.length === 0) return field.required && (side === 'partner' || field.fixed) ? `${field.label} is needed.` : null
  // What stands since before a rule was made is no reason to refuse another change.
  if (!changed) return null
  const builtIn = field.builtIn ? findBuiltIn(field.target, field.name) : undefined
  if (Array.isArray(value) && builtIn) return 'Write one value.'
  if (items.length > ITEMS_MAX) return `Choose at most ${ITEMS_MAX}.`
  const lengthMax = builtIn?.lengthMax ?? LENGTH_MAX
  if (items.some((item) => item.length > lengthMax)) return `Use at most ${lengthMax} characters.`
  // Names go into headers of mails (ML-1); text of several lines may stand in descriptions and own fields.
  if (items.some((item) => (builtIn && field.name !== 'description' ? /[\p{Cc}\u2028\u2029]/u : /(?![\n\t])\p{Cc}/u).test(item))) return 'Leave out line breaks and control characters.'
  if (builtIn?.column === 'email' && normalEmail(items[0]!) === null) return 'Write an address like name@example.com.'
  if (builtIn?.column === 'userName' && normalUserName(items[0]!) === null) return 'Use 3 to 40 letters, digits, dots, dashes or underscores.'
  if (side === 'partner' && field.choices.length > 0 && items.some((item) => !field.choices.includes(item))) return `Choose one of ${field.choices.join(', ')}.`
  return null
}

/** As stored: trimmed, line ends as line feeds, empty items of lists left out. Anything but text counts as empty. */
function tidy(value: unknown): string | string[] {
  if (Array.isArray(value)) return value.map(tidyText).filter((item) => item !== '')
  return tidyText(value)
}

function tidyText(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\r\n', '\n').replaceAll('\0', '').trim() : ''
}

function isSame(one: string | string[], other: string | string[] | undefined): boolean {
  return JSON.stringify([one].flat()) === JSON.stringify([other ?? ''].flat())
}
