'use client'

import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { createAccountAction } from '../_actions'
import { DeveloperFields } from './developer-fields'

/** The organisation, and its first developer when an address is given. */
export function NewAccount() {
  return (
    <Card className="max-w-2xl">
      <ActionForm action={createAccountAction} toInput={(input) => withoutBlankDeveloper(input)} success="Account created">
        <Field label="Organisation" name="orgName">
          <Input required maxLength={200} autoComplete="off" autoFocus />
        </Field>
        <fieldset className="flex min-w-0 flex-col gap-4 border-t border-line pt-4">
          <legend className="sr-only">First developer</legend>
          <p aria-hidden className="font-semibold">
            First developer
          </p>
          <DeveloperFields prefix="developer." emailOptional />
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
  const isBlank = !developer || Object.values(developer).every((value) => value === '')
  return { ...input, developer: isBlank ? undefined : developer }
}
