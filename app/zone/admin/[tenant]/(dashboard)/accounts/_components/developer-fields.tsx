'use client'

import { FieldInputs, toFieldValues } from '@/components/fields/field-inputs'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { DeveloperDto } from '@/lib/accounts/queries'
import type { FieldDto } from '@/lib/fields/queries'

const always = new Set(['email', 'first_name', 'last_name', 'username'])

/** The fields of a person besides those that every person has. */
export function ownFieldsOf(fields: FieldDto[]): FieldDto[] {
  return fields.filter(({ name, builtIn }) => !(builtIn && always.has(name)))
}

/** The fields of a person; `prefix` is their place in a larger form. */
export function DeveloperFields({ prefix = '', emailOptional = false, developer, fields }: { prefix?: string; emailOptional?: boolean; developer?: DeveloperDto; fields: FieldDto[] }) {
  return (
    <>
      <Field label="E-mail" name={`${prefix}email`} optional={emailOptional} hint={emailOptional ? 'Leave empty to add people later.' : undefined}>
        <Input type="email" required={!emailOptional} maxLength={255} autoComplete="off" defaultValue={developer?.email} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="First name" name={`${prefix}firstName`} optional>
          <Input maxLength={100} autoComplete="off" defaultValue={developer?.firstName} />
        </Field>
        <Field label="Last name" name={`${prefix}lastName`} optional>
          <Input maxLength={100} autoComplete="off" defaultValue={developer?.lastName} />
        </Field>
      </div>
      <Field label="User name" name={`${prefix}userName`} optional hint="To sign in with, beside the e-mail. 3 to 40 letters, digits, dots, dashes or underscores.">
        <Input maxLength={40} autoComplete="off" spellCheck={false} defaultValue={developer?.userName ?? ''} />
      </Field>
      <FieldInputs fields={ownFieldsOf(fields)} values={developer?.values} prefix={`${prefix}values.`} />
    </>
  )
}

/** The form's value with the lists among its fields as lists. */
export function withDeveloperValues(input: Record<string, unknown>, form: HTMLFormElement, prefix = ''): Record<string, unknown> {
  const values = input.values as Record<string, unknown> | undefined
  return values ? { ...input, values: toFieldValues(values, form, `${prefix}values.`) } : input
}
