'use client'

import { Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { createEndpointAction } from '../actions'
import { EndpointFields } from './endpoint-fields'

/** The form by itself, for the page that has no endpoint yet. */
export function FirstEndpoint() {
  return (
    <ActionForm action={createEndpointAction} success="Webhook saved">
      <EndpointFields events={['account.created']} />
      <FormActions>
        <SubmitButton>Save</SubmitButton>
      </FormActions>
    </ActionForm>
  )
}

export function NewEndpoint() {
  return (
    <Dialog
      size="lg"
      title="New webhook"
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden />}>
          New webhook
        </Button>
      }
    >
      {(close) => (
        <ActionForm action={createEndpointAction} success="Webhook saved" onDone={close}>
          <EndpointFields />
          <DialogActions onCancel={close}>Save</DialogActions>
        </ActionForm>
      )}
    </Dialog>
  )
}
