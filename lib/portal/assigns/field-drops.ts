import type { FieldErrors } from '@/lib/errors'
import type { FieldDto } from '@/lib/fields/queries'
import { drop, dropList, typedText, type Drop, type DropList } from '@/lib/liquid/values'

export type FieldValue = string | string[] | undefined

export type FieldForm = {
  /** Rails' name before the field's: `account`, `account[user]`, `application`, `user`. */
  object: string
  /** By field name. */
  values?: Readonly<Record<string, FieldValue>>
  errors?: FieldErrors
}

/**
 * Fields as forms and pages show them (reference portal 4.2). Hidden ones are left out: developers never see them. What
 * is given in `values` was typed by a developer, so it is escaped whatever a template says (LQ-4).
 */
function fieldDrops(fields: FieldDto[], { object, values = {}, errors = {} }: FieldForm): DropList {
  const shown = fields.filter((field) => !field.hidden)
  return dropList(shown.map((field) => fieldDrop(field, { object, values, errors })), (item) => String(item.name))
}

function fieldDrop(field: FieldDto, { object, values = {}, errors = {} }: FieldForm): Drop {
  const { name, label, required, hidden, readOnly, choices, hint } = field
  const value = values[name]
  const text = Array.isArray(value) ? value.join(', ') : (value ?? '')
  const inputName = `${object}[${name}]`
  const list = (errors[name] ?? []).map((message, at) => errorDrop(name, message, at))
  return drop('field', inputName, {
    name,
    label,
    value: typedText(text),
    required,
    hidden,
    'hidden?': hidden,
    'visible?': !hidden,
    read_only: readOnly,
    errors: list,
    input_name: inputName,
    html_id: inputName.replace(/\]/g, '').replace(/\[/g, '_'),
    choices: choices.map((choice) => ({ id: choice, label: choice, 'selected?': Array.isArray(value) ? value.includes(choice) : value === choice })),
    hint,
    input_type: name === 'email' ? 'email' : name === 'telephone_number' ? 'tel' : 'text',
    autocomplete: autocompleteOf(name),
    'builtin?': field.builtIn,
  }, text)
}

/** `fields` of account, user, application: all, ours, the tenant's own. */
export function fieldSets(fields: FieldDto[], form: FieldForm): { fields: DropList; builtin_fields: DropList; extra_fields: DropList } {
  return {
    fields: fieldDrops(fields, form),
    builtin_fields: fieldDrops(fields.filter((field) => field.builtIn), form),
    extra_fields: fieldDrops(fields.filter((field) => !field.builtIn), form),
  }
}

/** `errors` of a record: iterable, `errors.email`, `empty?`. Messages of ours, by field. */
export function errorsDrop(errors: FieldErrors | undefined): Drop {
  const all = Object.entries(errors ?? {}).flatMap(([name, messages]) => messages.map((message, at) => errorDrop(name, message, at)))
  const byName = Object.fromEntries([...Map.groupBy(all, (each) => String(each.attribute))])
  return drop('errors', 'errors', { ...byName, all, 'empty?': all.length === 0, 'present?': all.length > 0, size: all.length })
}

/** Errors of one part of a form: `user.email` of a sign-up is `email` of its user. */
export function errorsOf(fields: FieldErrors | undefined, part: string): FieldErrors {
  return Object.fromEntries(Object.entries(fields ?? {}).flatMap(([name, messages]) => (name.startsWith(`${part}.`) ? [[name.slice(part.length + 1), messages] as const] : [])))
}

function errorDrop(attribute: string, message: string, at: number): Drop {
  return drop('error', `${attribute}-${at}`, { attribute, message, value: '' }, message)
}

function autocompleteOf(name: string): string {
  const known: Record<string, string> = { email: 'email', username: 'username', first_name: 'given-name', last_name: 'family-name', org_name: 'organization', telephone_number: 'tel', city: 'address-level2', zip: 'postal-code', country: 'country-name', job_role: 'organization-title', title: 'honorific-prefix' }
  return known[name] ?? 'off'
}
