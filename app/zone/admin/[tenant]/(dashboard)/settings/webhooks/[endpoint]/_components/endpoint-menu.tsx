'use client'

import { Send, Trash2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useAction, useHydrated } from '@/components/ui/form'
import type { Endpoint } from '../../_components/endpoint-state'
import { deleteEndpointAction, sendTestAction } from '../../actions'

export function EndpointMenu({ endpoint }: { endpoint: Endpoint }) {
  const hydrated = useHydrated()
  const test = useAction(sendTestAction, { success: 'Test on its way. Its answer shows in the list in a moment' })
  const remove = useAction(deleteEndpointAction, { success: 'Webhook deleted' })
  return (
    <div className="flex flex-wrap gap-2">
      <ConfirmDialog
        title="Delete this webhook?"
        confirmLabel="Delete webhook"
        onConfirm={() => remove.run({ endpointId: endpoint.id })}
        trigger={<Button icon={<Trash2 aria-hidden />}>Delete</Button>}
      >
        Nothing is sent to it any more, and its log of deliveries goes with it.
      </ConfirmDialog>
      <Button variant="primary" icon={<Send aria-hidden />} pending={test.pending} disabled={!hydrated || !endpoint.active} onClick={() => test.run({ endpointId: endpoint.id })}>
        Send test
      </Button>
    </div>
  )
}
