'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { Card } from '@/components/ui/card'
import { Code } from '@/components/ui/code-block'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { SecretField } from '@/components/ui/secret-field'
import { revealSecretTokenAction, rotateSecretTokenAction } from '../actions'

export function SecretToken({ productId }: { productId: number }) {
  const call = useCallAction()
  const [own, setOwn] = useState('')
  // A new one makes the one on screen stale: the field starts over.
  const [shown, setShown] = useState(0)
  const rotate = useAction(rotateSecretTokenAction, {
    success: 'Secret token rotated',
    onDone: () => {
      setOwn('')
      setShown(shown + 1)
    },
  })
  async function reveal(): Promise<string> {
    const result = await call(revealSecretTokenAction, { productId })
    if (!result?.ok || !result.data) throw new Error('The secret token was not given out')
    return result.data.secretToken
  }
  return (
    <Card id="secret-token" title="Secret token" description="Proof for your API that a call came through the gateway. Let it refuse calls without it.">
      <div className="flex flex-col gap-3">
        <p className="text-text-2">
          Sent with every call as <Code>X-3scale-proxy-secret-token</Code>.
        </p>
        <div className="flex flex-wrap items-center gap-3">
          <SecretField key={shown} label="secret token" reveal={reveal} />
          <ConfirmDialog
            danger={false}
            title="Rotate the secret token?"
            confirmLabel="Rotate secret token"
            onConfirm={() => rotate.run({ productId, ...(own.trim() && { secretToken: own }) })}
            trigger={<Button size="sm">Rotate</Button>}
          >
            <div className="flex flex-col gap-3">
              <p>Staging sends the new one at once, production after the next promotion. Let your API accept both until then.</p>
              <Field label="A value of your own" optional hint="16 to 255 characters. Left empty, we make one.">
                <Input mono value={own} onChange={(event) => setOwn(event.target.value)} autoComplete="off" spellCheck={false} />
              </Field>
            </div>
          </ConfirmDialog>
        </div>
      </div>
    </Card>
  )
}
