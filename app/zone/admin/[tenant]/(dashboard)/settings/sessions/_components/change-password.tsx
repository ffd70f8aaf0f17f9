'use client'

import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { NewPasswordField } from '@/components/ui/new-password-field'
import { changePasswordAction } from '../../../../(auth)/_actions'

export function ChangePassword({ email }: { email: string }) {
  return (
    <Card title="Change password" description="Your other sessions end, this one stays.">
      <ActionForm action={changePasswordAction} success="Password changed" resetOnDone>
        {/* Password managers file the new one under this name. */}
        <input type="hidden" autoComplete="username" defaultValue={email} />
        <Field label="Current password" name="current">
          <Input type="password" required autoComplete="current-password" />
        </Field>
        <NewPasswordField label="New password" name="next" />
        <FormActions>
          <SubmitButton>Change password</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
