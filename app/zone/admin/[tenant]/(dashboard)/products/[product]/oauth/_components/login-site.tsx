'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Switch } from '@/components/ui/choice'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton, useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { SecretField } from '@/components/ui/secret-field'
import { revealLoginSiteSecretAction, rotateLoginSiteSecretAction, updateOauthSettingsAction } from '../actions'

export function LoginSite({ productId, loginUrl, clientCredentials, classicClients }: { productId: number; loginUrl: string | null; clientCredentials: boolean; classicClients: boolean }) {
  const [classic, setClassic] = useState(classicClients)
  return (
    <Card id="login-site" title="Your login page" description="The gateway sends browsers there. Your page signs the end user in, asks for consent, and hands the answer back.">
      <div className="flex flex-col gap-5">
        <ActionForm action={updateOauthSettingsAction} toInput={(input) => ({ ...input, productId })} success="Login page saved">
          <Field label="OAuth login URL" name="oauthLoginUrl" hint="Browsers arrive with ?handoff=…&client_id=…&scope=… added. At most 255 characters.">
            <Input type="url" mono defaultValue={loginUrl ?? ''} maxLength={255} placeholder="https://login.example.com/authorize" spellCheck={false} />
          </Field>
          <Switch name="clientCredentials" defaultChecked={clientCredentials} label="Client credentials" hint="Applications may also get tokens for themselves, without an end user." />
          <Switch
            name="classicClients"
            checked={classic}
            onChange={(event) => setClassic(event.currentTarget.checked)}
            label="Classic clients"
            hint="Confidential clients made for 3scale may leave PKCE out and get its error codes and lifetimes."
          />
          {classic && (
            <Callout kind="warning" title="Less protected than it could be">
              Without PKCE a stolen code is worth something to whoever also has the client’s secret, and tokens last seven days without being renewed. The token travels to your login page as <code>tok</code> beforehand. Switch it off when the last old client is gone.
            </Callout>
          )}
          {loginUrl === null && <p className="text-sm text-text-2">Until there is an address here, applications are told that sign-in is not available.</p>}
          <FormActions>
            <SubmitButton variant="secondary">Save login page</SubmitButton>
          </FormActions>
        </ActionForm>
        <Secret productId={productId} />
      </div>
    </Card>
  )
}

function Secret({ productId }: { productId: number }) {
  const call = useCallAction()
  // A new one makes the one on screen stale: the field starts over.
  const [shown, setShown] = useState(0)
  const rotate = useAction(rotateLoginSiteSecretAction, { success: 'Login-site secret rotated', onDone: () => setShown(shown + 1) })
  async function reveal(): Promise<string> {
    const result = await call(revealLoginSiteSecretAction, { productId })
    if (!result?.ok || !result.data) throw new Error('The login-site secret was not given out')
    return result.data.secret
  }
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-4">
      <h3 className="text-sm font-semibold">Login-site secret</h3>
      <p className="text-sm text-text-2">Your site signs its answers with it, or sends it as bearer token when it calls the gateway. Nothing that comes back without it is believed.</p>
      <div className="flex flex-wrap items-center gap-3">
        <SecretField key={shown} label="login-site secret" reveal={reveal} />
        <ConfirmDialog
          title="Rotate the login-site secret?"
          confirmLabel="Rotate secret"
          onConfirm={() => rotate.run({ productId })}
          trigger={<Button size="sm">Rotate</Button>}
        >
          The old one is worth nothing at once, in staging and production. Sign-ins under way fail until your site knows the new one; tokens that exist keep working.
        </ConfirmDialog>
      </div>
    </div>
  )
}
