'use client'

import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import type { FieldDto } from '@/lib/fields/queries'
import { editFieldAction } from '../actions'
import { FieldRules, withChoices } from './field-rules'

/** A field edited in its row. Its name stays: values are stored under it. */
export function EditField({ field, onDone }: { field: FieldDto; onDone: () => void }) {
  const isLogin = field.builtIn && (field.name === 'email' || field.name === 'username')
  return (
    <ActionForm
      action={editFieldAction}
      toInput={(input) => ({ ...withChoices(input), fieldId: field.id })}
      success="Field saved"
      onDone={onDone}
      aria-label={`Edit ${field.label}`}
      className="mt-3 max-w-xl rounded-lg border border-line bg-sunken/60 p-4"
    >
      <Field label="Label" name="label">
        <Input required maxLength={100} autoComplete="off" defaultValue={field.label} autoFocus />
      </Field>
      <FieldRules field={field} withChoices={!isLogin} />
      <FormActions>
        <SubmitButton>Save field</SubmitButton>
        <Button onClick={onDone}>Cancel</Button>
      </FormActions>
    </ActionForm>
  )
}
