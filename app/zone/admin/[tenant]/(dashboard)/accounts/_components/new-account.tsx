'use client'

import { FieldInputs } from '@/components/fields/field-inputs'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import type { FieldDto } from '@/lib/fields/queries'
import { createAccountAction } from '../_actions'
import { DeveloperFields } from './developer-fields'

/** The organisation, and its first developer when an address is given. */
export function NewAccount({ fields }: { fields: { account: FieldDto[]; user: FieldDto[] } }) {
  return (
    <Card className="max-w-2xl">
      <ActionForm action={createAccountAction} toInput={(input) => withoutBlankDeveloper(input)} success="Account created">
        <Field label="Organisation" name="orgName">
          <Input required maxLength={200} autoComplete="off" autoFocus />
        </Field>
        <FieldInputs fields={fields.account.filter(({ name }) => name !== 'org_name')} prefix="values." />
        <fieldset className="flex min-w-0 flex-col gap-4 border-t border-line pt-4">
          <legend className="sr-only">First developer</legend>
          <p aria-hidden className="font-semibold">
            First developer
          </p>
          <DeveloperFields prefix="developer." emailOptional fields={fields.user} />
        </fieldset>
        <FormActions>
          <SubmitButton>Create account</SubmitButton>
          <LinkButton href="/accounts">Cancel</LinkButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}

/** Somebody without an address is nobody yet; the account can do without. */
function withoutBlankDeveloper(input: Record<string, unknown>): Record<string, unknown> {
  const developer = input.developer as Record<string, unknown> | undefined
  const isBlank = !developer || Object.values({ ...developer, ...(developer.values as object | undefined), values: '' }).every((value) => value === '')
  return { ...input, developer: isBlank ? undefined : developer }
}
