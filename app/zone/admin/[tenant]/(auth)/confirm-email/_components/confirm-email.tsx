'use client'

import Link from 'next/link'
import { useState } from 'react'
import { Field } from '@/components/ui/field'
import { ActionForm, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { confirmEmailAction, requestConfirmationAction } from '../../_actions'
import { AuthCard } from '../../_components/auth-card'

export function ConfirmEmail({ token, tenantName }: { token: string; tenantName: string }) {
  const [again, setAgain] = useState<'no' | 'ask' | 'sent'>('no')
  const signIn = (
    <Link href="/sign-in" className="link">
      Go to sign-in
    </Link>
  )
  if (again === 'sent') return <AuthCard title="Look into your mailbox" description="If this address still waits for its confirmation, a new link is on its way." footer={signIn} />
  if (again === 'ask')
    return (
      <AuthCard title="Send a new link" description="To the e-mail you signed up with." footer={signIn}>
        <ActionForm action={requestConfirmationAction} onDone={() => setAgain('sent')} stay>
          <Field name="email" label="E-mail">
            <Input type="email" autoComplete="email" required autoFocus />
          </Field>
          <SubmitButton size="lg">Send a new link</SubmitButton>
        </ActionForm>
      </AuthCard>
    )
  return (
    <AuthCard
      title="Confirm your e-mail"
      description={`One press, and the dashboard of ${tenantName} is open.`}
      footer={
        <button type="button" className="link" onClick={() => setAgain('ask')}>
          The link no longer works?
        </button>
      }
    >
      <ActionForm action={confirmEmailAction} toInput={() => ({ token })} hardNavigation>
        <SubmitButton size="lg">Confirm and open the dashboard</SubmitButton>
      </ActionForm>
    </AuthCard>
  )
}
