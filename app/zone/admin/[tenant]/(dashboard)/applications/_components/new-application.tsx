'use client'

import { FieldInputs } from '@/components/fields/field-inputs'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { Select } from '@/components/ui/select'
import { Textarea } from '@/components/ui/textarea'
import type { FieldDto } from '@/lib/fields/queries'
import type { PlanChoices } from '@/lib/plans/queries'
import { createApplicationAction } from '../_actions'
import { PlanSelect } from './plan-select'

type NewApplicationFor = { accounts: { id: number; orgName: string }[]; choices: PlanChoices[]; accountId?: number; fields: FieldDto[] }

/** Account, plan, name; keys of one's own for those who bring partners along from elsewhere. */
export function NewApplication({ accounts, choices, accountId, fields }: NewApplicationFor) {
  return (
    <Card className="max-w-2xl">
      <ActionForm action={createApplicationAction} success="Application created">
        <Field label="Account" name="accountId">
          <Select required defaultValue={accountId ?? accounts[0]?.id} options={accounts.map((account) => ({ value: String(account.id), label: account.orgName }))} />
        </Field>
        <Field label="Plan" name="planId">
          <PlanSelect choices={choices} />
        </Field>
        <Field label="Name" name="name" hint="What the partner builds.">
          <Input required maxLength={100} autoComplete="off" />
        </Field>
        <Field label="Description" name="description" optional>
          <Textarea rows={3} maxLength={2000} />
        </Field>
        <FieldInputs fields={fields.filter(({ name, builtIn }) => !(builtIn && (name === 'name' || name === 'description')))} prefix="values." />
        <details className="group rounded-md border border-line px-3 py-2">
          <summary className="cursor-default text-sm font-semibold">Keys of your own</summary>
          <div className="flex flex-col gap-4 pt-3 pb-1">
            <p className="text-text-2">For a partner who comes from elsewhere and keeps the keys it has. Leave empty what we shall make.</p>
            <Field label="User key" name="userKey" optional>
              <Input mono maxLength={256} autoComplete="off" spellCheck={false} />
            </Field>
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Application id" name="appId" optional>
                <Input mono maxLength={255} autoComplete="off" spellCheck={false} />
              </Field>
              <Field label="Application key" name="appKey" optional>
                <Input mono maxLength={255} autoComplete="off" spellCheck={false} />
              </Field>
            </div>
          </div>
        </details>
        <FormActions>
          <SubmitButton>Create application</SubmitButton>
          <LinkButton href="/applications">Cancel</LinkButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
