import { z } from 'zod'
import { fieldTargets } from '@/lib/fields/built-in'
import { idInput } from '@/lib/tenants/id-input'

const label = z.string().trim().min(1, 'Write what people read beside the field.').max(100, 'Use at most 100 characters.')
const hint = z.string().trim().max(300, 'Use at most 300 characters.')

/** A list, or text with one choice a line or between commas. */
const choices = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(/[\n,]/).map((choice) => choice.trim()).filter(Boolean) : value),
  z
    .array(z.string().trim().min(1, 'A choice cannot be empty.').max(255, 'A choice has at most 255 characters.'))
    .max(200, 'List at most 200 choices.')
    .refine((list) => new Set(list).size === list.length, 'Every choice once is enough.'),
)

const rules = { required: z.boolean(), hidden: z.boolean(), readOnly: z.boolean(), choices, hint }

export const fieldInput = z.object({
  target: z.enum(fieldTargets, { error: 'Choose accounts, users or applications.' }),
  name: z.string().trim(),
  /** Empty for a built-in one: its own label. */
  label: z.string().trim().max(100, 'Use at most 100 characters.').default(''),
  builtIn: z.boolean().default(false),
  required: rules.required.default(false),
  hidden: rules.hidden.default(false),
  readOnly: rules.readOnly.default(false),
  choices: choices.default([]),
  hint: hint.default(''),
})
export type FieldInput = z.input<typeof fieldInput>

/** Name and target stay what they are: values are stored under them. */
export const fieldEditInput = z.object({ fieldId: idInput, label: label.optional(), ...z.object(rules).partial().shape })
export type FieldEditInput = z.input<typeof fieldEditInput>

export const fieldRef = z.object({ fieldId: idInput })
export type FieldRef = z.input<typeof fieldRef>

export const fieldOrderInput = z.object({ target: z.enum(fieldTargets), fieldIds: z.array(idInput).max(200) })
export type FieldOrderInput = z.input<typeof fieldOrderInput>

/** Values by field name, as forms and the API send them; what they may hold is checked against the tenant's fields (ISO-9). */
export const fieldValuesInput = z.record(z.string().max(100), z.union([z.string(), z.array(z.string()).max(100)]))
