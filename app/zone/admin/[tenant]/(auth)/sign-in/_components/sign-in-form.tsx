'use client'

import { Field } from '@/components/ui/field'
import { ActionForm, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { signInAction } from '../../_actions'

export function SignInForm({ returnTo }: { returnTo?: string }) {
  return (
    <ActionForm action={signInAction} toInput={(input) => ({ ...input, returnTo })} hardNavigation>
      <Field name="login" label="E-mail or user name">
        <Input autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus />
      </Field>
      <Field name="password" label="Password">
        <Input type="password" autoComplete="current-password" required />
      </Field>
      <SubmitButton size="lg">Sign in</SubmitButton>
    </ActionForm>
  )
}
