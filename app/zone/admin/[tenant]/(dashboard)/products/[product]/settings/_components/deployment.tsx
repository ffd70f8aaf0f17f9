'use client'

import { useState } from 'react'
import { Card } from '@/components/ui/card'
import { RadioGroup } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { setDeploymentAction } from '../actions'

type Props = { productId: number; deployment: 'hosted' | 'self_managed'; productionUrl: string; stagingUrl: string }

export function Deployment({ productId, deployment, productionUrl, stagingUrl }: Props) {
  const [chosen, setChosen] = useState(deployment)
  return (
    <Card title="Deployment" description="Who runs the gateway of this product. Limits, keys and usage are ours either way.">
      <ActionForm action={setDeploymentAction} toInput={(input) => ({ productionUrl: '', stagingUrl: '', ...input, productId })} success="Deployment saved">
        <RadioGroup
          cards
          name="deployment"
          legend="Gateway"
          value={chosen}
          onValueChange={(value) => setChosen(value as Props['deployment'])}
          options={[
            { value: 'hosted', label: 'Hosted', hint: 'Ours, at our address or a domain of yours. Nothing to run.' },
            { value: 'self_managed', label: 'Self-managed', hint: 'Yours, close to your API: an nginx from a configuration you download, or an APIcast. It asks us about each call.' },
          ]}
        />
        {chosen === 'self_managed' && (
          <>
            <Field label="Production base URL" name="productionUrl" hint="Where your gateway answers. Partners are told this address, and it is the issuer of your OAuth server.">
              <Input required mono defaultValue={productionUrl} placeholder="https://api.example.com" spellCheck={false} autoCapitalize="none" inputMode="url" />
            </Field>
            <Field label="Staging base URL" name="stagingUrl" optional hint="If you run a second gateway to try changes.">
              <Input mono defaultValue={stagingUrl} placeholder="https://api-staging.example.com" spellCheck={false} autoCapitalize="none" inputMode="url" />
            </Field>
          </>
        )}
        <FormActions>
          <SubmitButton variant="secondary">Save deployment</SubmitButton>
          {deployment === 'self_managed' && chosen === 'self_managed' && <LinkButton href={`/products/${productId}/gateway#self-managed`}>Download the configuration</LinkButton>}
        </FormActions>
      </ActionForm>
    </Card>
  )
}
