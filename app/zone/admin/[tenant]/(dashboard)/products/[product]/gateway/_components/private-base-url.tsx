'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton, useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import type { GatewayWarning } from '@/lib/products/update-gateway'
import { updateGatewayAction } from '../actions'

export function PrivateBaseUrl({ productId, value, suggestion, hostHeader, warnings }: { productId: number; value: string | null; suggestion: string | null; hostHeader: string | null; warnings: GatewayWarning[] }) {
  const [url, setUrl] = useState(value ?? suggestion ?? '')
  const dropPrefix = useAction(updateGatewayAction, { success: 'Private base URL saved' })
  return (
    <Card id="your-api" title="Your API" description="Where it lives. Only the gateway needs to reach it.">
      <ActionForm action={updateGatewayAction} toInput={(input) => ({ ...input, productId })} success="Private base URL saved">
        <div className="grid gap-3 lg:grid-cols-2">
          <Field
            label="Private base URL"
            name="privateBaseUrl"
            hint={value === null && suggestion ? 'Suggested by the document you imported. Name the port if it is not the usual one.' : 'With scheme and, where it is not the usual one, port.'}
          >
            <Input mono value={url} onChange={(event) => setUrl(event.target.value)} placeholder="https://api.internal.example.com:8443" spellCheck={false} autoCapitalize="none" inputMode="url" />
          </Field>
          <Field label="Host header" name="hostHeader" optional hint="What your API sees as its host. Left empty: that of the private base URL.">
            <Input mono defaultValue={hostHeader ?? ''} placeholder="api.example.com" spellCheck={false} autoCapitalize="none" />
          </Field>
        </div>
        <FormActions>
          <SubmitButton variant={value === null ? 'primary' : 'secondary'}>Save address</SubmitButton>
        </FormActions>
      </ActionForm>
      {warnings.map((warning) => (
        <Callout
          key={warning.code}
          kind="warning"
          className="mt-4"
          action={
            <Button
              size="sm"
              pending={dropPrefix.pending}
              onClick={() => {
                setUrl(warning.suggestion)
                dropPrefix.run({ productId, privateBaseUrl: warning.suggestion })
              }}
            >
              Leave {warning.prefix} out
            </Button>
          }
        >
          {warning.message}
        </Callout>
      ))}
    </Card>
  )
}
