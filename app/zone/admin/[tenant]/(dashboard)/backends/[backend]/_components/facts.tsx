'use client'

import { Card } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import type { BackendDto } from '@/lib/backends/queries'
import { editBackendAction } from '../../actions'

export function Facts({ backend }: { backend: BackendDto }) {
  return (
    <Card id="facts" title="Name" description="Its metrics carry the name within products.">
      <ActionForm action={editBackendAction} toInput={(input) => ({ ...input, backendId: backend.id })} success="Backend saved">
        <div className="grid gap-3 lg:grid-cols-2">
          <Field label="Name" name="name">
            <Input required maxLength={255} defaultValue={backend.name} />
          </Field>
          <div className="flex min-w-0 flex-col gap-1.5">
            <span className="text-sm font-semibold">System name</span>
            <Copyable value={backend.systemName} label="Copy system name" />
          </div>
        </div>
        <Field label="Description" name="description" optional>
          <Textarea rows={2} maxLength={2000} defaultValue={backend.description} />
        </Field>
        <FormActions>
          <SubmitButton variant="secondary">Save name</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
