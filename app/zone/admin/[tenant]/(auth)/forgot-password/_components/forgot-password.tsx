'use client'

import Link from 'next/link'
import { useState } from 'react'
import { Field } from '@/components/ui/field'
import { ActionForm, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { requestPasswordResetAction } from '../../_actions'
import { AuthCard } from '../../_components/auth-card'

export function ForgotPassword({ mailboxUrl }: { mailboxUrl: string | null }) {
  const [sent, setSent] = useState(false)
  const back = (
    <Link href="/sign-in" className="link">
      Back to sign-in
    </Link>
  )
  if (sent)
    return (
      <AuthCard title="Look into your mailbox" description="If there is a member of this address, a link to set a new password is on its way. It works once, for an hour." footer={back}>
        {mailboxUrl && <LinkButton href={mailboxUrl}>Open the local mailbox</LinkButton>}
      </AuthCard>
    )
  return (
    <AuthCard title="Forgot your password?" description="Tell us your e-mail, and we send you a link to set a new one." footer={back}>
      <ActionForm action={requestPasswordResetAction} onDone={() => setSent(true)} stay>
        <Field name="email" label="E-mail">
          <Input type="email" autoComplete="email" required autoFocus />
        </Field>
        <SubmitButton size="lg">Send the link</SubmitButton>
      </ActionForm>
    </AuthCard>
  )
}
