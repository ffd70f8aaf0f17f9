'use client'

import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { setIntrospectionAction } from '../actions'

export function Introspection({ productId, introspection }: { productId: number; introspection: { url: string; clientId: string; claim: string } | null }) {
  return (
    <Card id="introspection" title="Token introspection" description="Your authorization server says whether a token is good (RFC 7662). Its word is believed for a minute at most.">
      <ActionForm action={setIntrospectionAction} toInput={(input) => ({ ...input, productId })} success="Introspection saved">
        <Field label="Introspection address" name="url" hint="Empty: every call is answered 503.">
          <Input type="url" mono defaultValue={introspection?.url ?? ''} placeholder="https://login.example.com/introspect" spellCheck={false} />
        </Field>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Client id" name="clientId" hint="As whom we ask.">
            <Input mono defaultValue={introspection?.clientId ?? ''} autoComplete="off" spellCheck={false} />
          </Field>
          <Field label="Client secret" name="clientSecret" hint={introspection ? 'Kept sealed. Leave it empty to keep the one we have.' : 'Kept sealed, never shown again.'}>
            <Input type="password" mono autoComplete="new-password" />
          </Field>
        </div>
        <Field label="Claim with the application id" name="claim" hint="Usually client_id." className="sm:max-w-xs">
          <Input required mono defaultValue={introspection?.claim ?? 'client_id'} spellCheck={false} autoCapitalize="none" />
        </Field>
        <FormActions>
          <SubmitButton variant="secondary">Save introspection</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
