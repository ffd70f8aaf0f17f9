'use client'

import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { updateGatewayAction } from '../actions'

type Bounds = { bodyBytesMax: number; connectTimeoutMs: number; firstByteTimeoutMs: number; idleTimeoutMs: number; totalTimeoutMs: number; concurrencyMax: number }

const seconds: [Exclude<keyof Bounds, 'bodyBytesMax' | 'concurrencyMax'>, string, string][] = [
  ['connectTimeoutMs', 'Connect', 'Until your API has taken the connection.'],
  ['firstByteTimeoutMs', 'First byte', 'Until its answer begins.'],
  ['idleTimeoutMs', 'Silence', 'Between two pieces of a body.'],
  ['totalTimeoutMs', 'Whole call', 'From beginning to end.'],
]

export function UpstreamBounds({ productId, bounds }: { productId: number; bounds: Bounds }) {
  return (
    <Card id="bounds" title="Bounds" description="How long the gateway waits and how much it passes on.">
      <ActionForm
        action={updateGatewayAction}
        success="Bounds saved"
        toInput={(input) => {
          const { bodyMegabytes, ...rest } = input as Record<string, number>
          return { ...rest, productId, bodyBytesMax: Math.round((bodyMegabytes ?? 0) * 1024 * 1024) }
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {seconds.map(([key, label, hint]) => (
            <Field key={key} label={`${label} timeout`} name={key} hint={hint}>
              <Input type="number" required min={100} defaultValue={bounds[key]} after="ms" />
            </Field>
          ))}
          <Field label="Largest body" name="bodyMegabytes" hint="Larger requests are answered with 413.">
            <Input type="number" required min={0.01} step="any" defaultValue={+(bounds.bodyBytesMax / 1024 / 1024).toFixed(3)} after="MB" />
          </Field>
          <Field label="Calls at once" name="concurrencyMax" hint="More wait their turn briefly, then get 503.">
            <Input type="number" required min={1} max={1000} defaultValue={bounds.concurrencyMax} />
          </Field>
        </div>
        <FormActions>
          <SubmitButton variant="secondary">Save bounds</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
