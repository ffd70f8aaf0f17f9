'use client'

import { useState } from 'react'
import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import type { HealthCheck } from '@/lib/products/gateway-config'
import { editBackendAction } from '../../actions'

const usual: HealthCheck = { path: '/healthz', intervalSeconds: 10, timeoutMs: 2000, unhealthyAfter: 3, healthyAfter: 2 }

export function HealthCheckForm({ backendId, healthCheck }: { backendId: number; healthCheck: HealthCheck | null }) {
  const [on, setOn] = useState(healthCheck !== null)
  const { path, intervalSeconds, timeoutMs, unhealthyAfter, healthyAfter } = healthCheck ?? usual
  return (
    <Card id="health-check" title="Health check" description="While calls come in, the gateway asks each server and leaves out those that do not answer well. Where none is well, all are tried.">
      <ActionForm
        action={editBackendAction}
        toInput={({ path, intervalSeconds, timeoutMs, unhealthyAfter, healthyAfter }) => ({ backendId, healthCheck: on ? { path, intervalSeconds, timeoutMs, unhealthyAfter, healthyAfter } : null })}
        success="Health check saved"
      >
        <Checkbox checked={on} onChange={(event) => setOn(event.target.checked)} label="Check the servers" hint="Off: a server is passed over only for a moment, after a call could not reach it." />
        {on && (
          <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
            <Field label="Path" name="path" hint="Below the base path; 2xx and 3xx are healthy.">
              <Input required mono maxLength={255} defaultValue={path} spellCheck={false} autoCapitalize="none" />
            </Field>
            <Field label="Every" name="intervalSeconds">
              <Input type="number" required min={2} max={300} defaultValue={intervalSeconds} after="s" />
            </Field>
            <Field label="Timeout" name="timeoutMs">
              <Input type="number" required min={100} max={10_000} defaultValue={timeoutMs} after="ms" />
            </Field>
            <Field label="Unhealthy after" name="unhealthyAfter" hint="Failures in a row.">
              <Input type="number" required min={1} max={10} defaultValue={unhealthyAfter} />
            </Field>
            <Field label="Healthy after" name="healthyAfter" hint="Good answers in a row.">
              <Input type="number" required min={1} max={10} defaultValue={healthyAfter} />
            </Field>
          </div>
        )}
        <FormActions>
          <SubmitButton variant="secondary">Save health check</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
