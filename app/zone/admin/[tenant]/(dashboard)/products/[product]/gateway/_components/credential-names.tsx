'use client'

import { useState } from 'react'
import { Card } from '@/components/ui/card'
import { RadioGroup, Switch } from '@/components/ui/choice'
import { Code } from '@/components/ui/code-block'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import type { AuthenticationMode, CredentialsLocation } from '@/lib/products/gateway-config'
import { updateGatewayAction } from '../actions'

const descriptions: Record<AuthenticationMode, string> = {
  user_key: 'Callers send one API key.',
  app_id_app_key: 'Callers send an application id and a key.',
  oauth: 'Callers send an access token that we gave out.',
  oidc: 'Callers send a token of your identity provider.',
  introspection: 'Callers send a token of your authorization server.',
}

type Credentials = { location: CredentialsLocation; userKeyName: string; appIdName: string; appKeyName: string }

export function CredentialNames({ productId, mode, credentials, endUserHeader, endUserPlans, stripCredentials, referrerFiltersRequired }: { productId: number; mode: AuthenticationMode; credentials: Credentials; endUserHeader: string; endUserPlans: boolean; stripCredentials: boolean; referrerFiltersRequired: boolean }) {
  const tokens = mode !== 'user_key' && mode !== 'app_id_app_key'
  const [location, setLocation] = useState<string>(credentials.location)
  return (
    <Card id="credentials" title="Credentials" description={descriptions[mode]}>
      <ActionForm action={updateGatewayAction} toInput={(input) => ({ ...input, productId })} success="Credentials saved">
        <RadioGroup
          name="credentialsLocation"
          legend="Location"
          value={location}
          onValueChange={setLocation}
          options={[
            { value: 'query', label: 'Query', hint: 'In the address, or in a form body.' },
            { value: 'headers', label: 'Headers', hint: 'Keeps keys out of logs of addresses.' },
            { value: 'basic', label: tokens ? 'Authorization only' : 'HTTP Basic', hint: tokens ? 'Nowhere but in Authorization: Bearer.' : mode === 'user_key' ? 'The key as user name.' : 'Id as user name, key as password.' },
          ]}
        />
        {tokens && (
          <p className="text-sm text-text-2">
            <Code>Authorization: Bearer</Code> is always taken{location !== 'basic' && (
              <>
                , <Code>access_token</Code> in the {location === 'query' ? 'query or a form' : 'headers'} as well
              </>
            )}
            .
          </p>
        )}
        {location !== 'basic' && !tokens && (
          <div className="grid gap-3 sm:grid-cols-2">
            {mode === 'user_key' ? (
              <Field label="Key name" name="userKeyName">
                <Input required mono defaultValue={credentials.userKeyName} spellCheck={false} autoCapitalize="none" />
              </Field>
            ) : (
              <>
                <Field label="Application id name" name="appIdName">
                  <Input required mono defaultValue={credentials.appIdName} spellCheck={false} autoCapitalize="none" />
                </Field>
                <Field label="Application key name" name="appKeyName">
                  <Input required mono defaultValue={credentials.appKeyName} spellCheck={false} autoCapitalize="none" />
                </Field>
              </>
            )}
          </div>
        )}
        {endUserPlans && !tokens && (
          <Field label="End user header" name="endUserHeader" hint="The header in which applications name their end user." className="sm:max-w-xs">
            <Input required mono defaultValue={endUserHeader} spellCheck={false} />
          </Field>
        )}
        <Switch name="stripCredentials" defaultChecked={stripCredentials} label="Strip credentials" hint="Your API gets calls without the caller’s keys, wherever they stood. Bodies are left as they are." />
        <Switch name="referrerFiltersRequired" defaultChecked={referrerFiltersRequired} label="Hold applications to their referrer filters" hint="An application that names hosts is refused from elsewhere. For keys that live in browsers." />
        <FormActions>
          <SubmitButton variant="secondary">Save credentials</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
