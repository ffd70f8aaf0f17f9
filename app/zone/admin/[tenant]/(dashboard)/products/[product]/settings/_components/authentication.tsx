'use client'

import Link from 'next/link'
import { useState } from 'react'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { RadioGroup } from '@/components/ui/choice'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { LinkButton } from '@/components/ui/link-button'
import type { AuthenticationMode } from '@/lib/products/gateway-config'
import { changeAuthenticationModeAction } from '../actions'
import { authenticationModes } from '../../../_components/new-product'

export function Authentication({ productId, mode, withoutKey, live }: { productId: number; mode: AuthenticationMode; withoutKey: Record<AuthenticationMode, number>; live: boolean }) {
  const [chosen, setChosen] = useState<AuthenticationMode>(mode)
  const changes = chosen !== mode
  return (
    <Card title="Authentication" description="How callers prove which application they are.">
      <ActionForm action={changeAuthenticationModeAction} toInput={(input) => ({ ...input, productId })} success="Authentication mode saved">
        <RadioGroup cards name="authenticationMode" legend="Mode" value={chosen} onValueChange={(value) => setChosen(value as AuthenticationMode)} options={authenticationModes} />
        {withoutKey[chosen] > 0 && (
          <Callout
            kind="warning"
            title={withoutKey[chosen] === 1 ? 'One application would be refused' : `${withoutKey[chosen]} applications would be refused`}
            action={
              <LinkButton href={`/applications?product=${productId}`} size="sm">
                Applications
              </LinkButton>
            }
          >
            {withoutKey[chosen] === 1 ? 'It holds' : 'They hold'} no live {chosen === 'user_key' ? 'user_key' : 'app_key'} yet. Add one to each before this mode is in force in production.
          </Callout>
        )}
        {mode !== 'user_key' && mode !== 'app_id_app_key' && !changes && (
          <p className="text-text-2">
            Login page, scopes and issuers stand on the{' '}
            <Link className="link" href={`/products/${productId}/oauth`}>
              OAuth tab
            </Link>
            .
          </p>
        )}
        {changes && <p className="text-text-2">{live ? 'Staging follows at once, production with the next promotion.' : 'Staging follows at once.'}</p>}
        <FormActions>
          <SubmitButton variant="secondary">Save authentication mode</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
