'use client'

import { Badge } from '@/components/ui/badge'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { Textarea } from '@/components/ui/textarea'
import type { FieldDto } from '@/lib/fields/queries'

export type FieldValueMap = Record<string, string | string[]>

/**
 * One input for each field, as the tenant's own people fill them in: hidden and read-only ones too, and only what the
 * product needs is required. `prefix` is the fields' place in a larger form.
 */
export function FieldInputs({ fields, values = {}, prefix = '' }: { fields: FieldDto[]; values?: FieldValueMap; prefix?: string }) {
  return fields.map((field) => (
    <Field key={field.id} label={<FieldLabel field={field} />} name={`${prefix}${field.name}`} hint={field.hint || undefined}>
      <FieldControl field={field} value={values[field.name]} />
    </Field>
  ))
}

function FieldLabel({ field }: { field: FieldDto }) {
  return (
    <>
      {field.label}
      {!field.fixed && <span className="ml-1.5 font-normal text-text-3">optional</span>}
      {field.hidden && <Badge className="ml-1.5 font-normal">Hidden from partners</Badge>}
      {field.readOnly && <Badge className="ml-1.5 font-normal">Read-only for partners</Badge>}
    </>
  )
}

function FieldControl({ field, value }: { field: FieldDto; value: string | string[] | undefined }) {
  // Several values stand on a line each; `toFieldValues` makes a list of them again.
  if (Array.isArray(value)) return <Textarea rows={Math.min(8, value.length + 1)} defaultValue={value.join('\n')} data-list="" />
  if (field.choices.length > 0) {
    const options = field.choices.map((choice) => ({ value: choice, label: choice }))
    const gone = value && !field.choices.includes(value) ? [{ value, label: `${value} (no longer offered)` }] : []
    return <Select defaultValue={value ?? ''} options={[{ value: '', label: '—' }, ...gone, ...options]} />
  }
  if (value?.includes('\n') || field.name === 'description') return <Textarea rows={3} defaultValue={value} />
  return <Input type={field.builtIn && field.name === 'email' ? 'email' : 'text'} required={field.fixed} maxLength={1000} autoComplete="off" defaultValue={value} />
}

/** The form's texts with those of several lines that are lists as lists. */
export function toFieldValues(input: Record<string, unknown>, form: HTMLFormElement, prefix = ''): FieldValueMap {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const isList = form.querySelector(`[name="${CSS.escape(prefix + name)}"][data-list]`) !== null
      return [name, isList ? String(value).split('\n').map((line) => line.trim()).filter(Boolean) : String(value)]
    }),
  )
}
