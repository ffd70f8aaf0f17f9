'use client'

import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { editContactAction } from '../actions'

export function ContactForm({ contactEmail }: { contactEmail: string }) {
  return (
    <ActionForm action={editContactAction} success="Contact address saved">
      <Field label="Contact address" name="contactEmail" hint="Partners see it on your portal, and their answers to its mails go there.">
        <Input type="email" defaultValue={contactEmail} maxLength={255} autoComplete="email" placeholder="api@example.com" />
      </Field>
      <FormActions>
        <SubmitButton>Save address</SubmitButton>
      </FormActions>
    </ActionForm>
  )
}
