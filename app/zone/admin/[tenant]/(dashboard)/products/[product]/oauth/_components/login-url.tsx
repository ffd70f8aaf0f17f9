'use client'

import Link from 'next/link'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { updateOauthSettingsAction } from '../actions'

/** The one setting of OAuth without which nothing works, beside the rest of the gateway. */
export function LoginUrl({ productId, loginUrl }: { productId: number; loginUrl: string | null }) {
  return (
    <Card id="login-url" title="OAuth" description="Where your end users sign in, on your own site.">
      <ActionForm action={updateOauthSettingsAction} toInput={(input) => ({ ...input, productId })} success="OAuth login URL saved">
        <Field label="OAuth login URL" name="oauthLoginUrl">
          <Input type="url" mono defaultValue={loginUrl ?? ''} maxLength={255} placeholder="https://login.example.com/authorize" spellCheck={false} />
        </Field>
        <p className="text-sm text-text-2">
          Secret, scopes and grants are on the{' '}
          <Link className="link" href={`/products/${productId}/oauth`}>
            OAuth tab
          </Link>
          .
        </p>
        <FormActions>
          <SubmitButton variant="secondary">Save login URL</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
