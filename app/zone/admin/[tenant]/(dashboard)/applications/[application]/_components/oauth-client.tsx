'use client'

import { Card } from '@/components/ui/card'
import { RadioGroup } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Textarea } from '@/components/ui/textarea'
import { setOauthClientAction } from '../../_actions'

export function OauthClient({ applicationId, redirectUris, clientType }: { applicationId: number; redirectUris: string[]; clientType: string }) {
  return (
    <Card id="oauth-client" title="OAuth client" description="Where end users are sent back to, and whether the application can keep a secret. In force at once.">
      <ActionForm action={setOauthClientAction} toInput={(input) => ({ ...input, applicationId })} success="OAuth client saved">
        <Field label="Redirect URIs" name="redirectUris" hint="One a line, compared letter by letter; only the port of a loopback address may vary. At most 10.">
          <Textarea rows={Math.max(2, redirectUris.length)} defaultValue={redirectUris.join('\n')} className="font-mono text-[13px]" placeholder="https://app.example.com/callback" spellCheck={false} />
        </Field>
        <RadioGroup
          name="clientType"
          legend="Client type"
          defaultValue={clientType}
          options={[
            { value: 'confidential', label: 'Confidential', hint: 'Runs on a server: its application key is its client secret.' },
            { value: 'public', label: 'Public', hint: 'Runs in a browser or on a phone, where no secret stays one: PKCE alone protects it.' },
          ]}
        />
        <FormActions>
          <SubmitButton variant="secondary">Save OAuth client</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
