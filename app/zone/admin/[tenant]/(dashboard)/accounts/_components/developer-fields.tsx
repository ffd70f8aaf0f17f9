'use client'

import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { DeveloperDto } from '@/lib/accounts/queries'

/** The fields of a person; `prefix` is their place in a larger form. */
export function DeveloperFields({ prefix = '', emailOptional = false, developer }: { prefix?: string; emailOptional?: boolean; developer?: DeveloperDto }) {
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
    </>
  )
}
