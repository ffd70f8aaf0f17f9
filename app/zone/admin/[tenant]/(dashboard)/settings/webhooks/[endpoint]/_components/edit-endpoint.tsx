'use client'

import { Card } from '@/components/ui/card'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import type { Endpoint } from '../../_components/endpoint-state'
import { EndpointFields } from '../../_components/endpoint-fields'
import { editEndpointAction } from '../../actions'

export function EditEndpoint({ endpoint }: { endpoint: Endpoint }) {
  return (
    <Card title="Settings">
      <ActionForm action={editEndpointAction} toInput={(input) => ({ ...input, endpointId: endpoint.id })} success="Webhook saved">
        {/* Switched off by us meanwhile: the form starts from what is true. */}
        <EndpointFields key={String(endpoint.active)} url={endpoint.url} active={endpoint.active} events={endpoint.events} />
        <FormActions>
          <SubmitButton>Save</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
