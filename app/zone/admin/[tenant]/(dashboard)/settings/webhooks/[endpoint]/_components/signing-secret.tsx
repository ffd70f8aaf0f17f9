'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useAction } from '@/components/ui/form'
import { SecretField } from '@/components/ui/secret-field'
import { revealEndpointSecretAction, rotateEndpointSecretAction } from '../../actions'

export function SigningSecret({ endpointId, overlapUntil }: { endpointId: number; overlapUntil: string | null }) {
  const call = useCallAction()
  // A new one makes the one on screen stale: the field starts over.
  const [shown, setShown] = useState(0)
  const rotate = useAction(rotateEndpointSecretAction, { success: 'Signing secret replaced', onDone: () => setShown(shown + 1) })
  async function reveal(): Promise<string> {
    const result = await call(revealEndpointSecretAction, { endpointId })
    if (!result?.ok || !result.data) throw new Error('The signing secret was not given out')
    return result.data.secret
  }
  return (
    <div className="flex flex-col items-start gap-3">
      <SecretField key={shown} label="signing secret" reveal={reveal} />
      <ConfirmDialog danger={false} title="Replace the signing secret?" confirmLabel="Replace secret" onConfirm={() => rotate.run({ endpointId })} trigger={<Button size="sm">Replace</Button>}>
        For 24 hours both secrets sign, so your receiver can change over without losing a message.
      </ConfirmDialog>
      {overlapUntil && <p className="text-xs text-text-2">The former secret signs as well until {overlapUntil}.</p>}
    </div>
  )
}
