'use client'

import { ActionForm, SubmitButton } from '@/components/ui/form'
import { NewPasswordField } from '@/components/ui/new-password-field'
import { resetPasswordAction } from '../../_actions'

export function ResetPasswordForm({ token }: { token: string }) {
  return (
    <ActionForm action={resetPasswordAction} toInput={(input) => ({ ...input, token })} hardNavigation>
      <NewPasswordField label="New password" autoFocus />
      <SubmitButton size="lg">Set the password</SubmitButton>
    </ActionForm>
  )
}
