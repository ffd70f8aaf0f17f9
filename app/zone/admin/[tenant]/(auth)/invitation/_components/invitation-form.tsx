'use client'

import { Field } from '@/components/ui/field'
import { ActionForm, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { NewPasswordField } from '@/components/ui/new-password-field'
import { acceptInvitationAction } from '../../_actions'

export function InvitationForm({ token, name, email }: { token: string; name: string; email: string }) {
  return (
    <ActionForm action={acceptInvitationAction} toInput={({ name, password }) => ({ name, password, token })} hardNavigation>
      {/* So that a password manager keeps the password under the right name. */}
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <Field name="name" label="Your name">
        <Input defaultValue={name} autoComplete="name" required />
      </Field>
      <NewPasswordField label="Password" />
      <SubmitButton size="lg">Join</SubmitButton>
    </ActionForm>
  )
}
