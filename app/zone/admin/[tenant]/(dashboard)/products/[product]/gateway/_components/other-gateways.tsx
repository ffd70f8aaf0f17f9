'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { Card, DescriptionList } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useAction } from '@/components/ui/form'
import { SecretField } from '@/components/ui/secret-field'
import { revealServiceTokenAction, rotateServiceTokenAction } from '../actions'

/** What an APIcast, a plug-in or a gateway of one's own needs to ask us about calls. */
export function OtherGateways({ productId, accountingUrl }: { productId: number; accountingUrl: string }) {
  const call = useCallAction()
  const [shown, setShown] = useState(0)
  const rotate = useAction(rotateServiceTokenAction, { success: 'Service token rotated', onDone: () => setShown(shown + 1) })
  async function reveal(): Promise<string> {
    const result = await call(revealServiceTokenAction, { productId })
    if (!result?.ok || !result.data) throw new Error('The service token was not given out')
    return result.data.serviceToken
  }
  return (
    <Card id="other-gateways" title="Other gateways" description="An APIcast, a plug-in or code of yours asks here whether a call may pass, and reports what was used. Same keys, limits and counters.">
      <DescriptionList
        items={[
          { label: 'Accounting address', value: <Copyable value={accountingUrl} label="Copy accounting address" /> },
          { label: 'Service id', value: <Copyable value={String(productId)} label="Copy service id" /> },
          {
            label: 'Service token',
            value: (
              <span className="flex flex-wrap items-center gap-3">
                <SecretField key={shown} label="service token" reveal={reveal} />
                <ConfirmDialog title="Rotate the service token?" confirmLabel="Rotate service token" onConfirm={() => rotate.run({ productId })} trigger={<Button size="sm" aria-label="Rotate the service token">Rotate</Button>}>
                  Gateways that still use the old one are refused within a second, and so are their callers. Have the new one ready to put in.
                </ConfirmDialog>
              </span>
            ),
          },
        ]}
      />
    </Card>
  )
}
