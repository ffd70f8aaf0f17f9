'use client'

import { Card } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import { renameProductAction } from '../actions'

export function Naming({ productId, name, systemName, description }: { productId: number; name: string; systemName: string; description: string }) {
  return (
    <Card title="Naming" description="What your colleagues and partners read.">
      <ActionForm action={renameProductAction} toInput={(input) => ({ ...input, productId })} success="Naming saved">
        <Field label="Name" name="name">
          <Input required maxLength={255} defaultValue={name} autoComplete="off" />
        </Field>
        <Field label="Description" name="description" optional>
          <Textarea rows={3} maxLength={2000} defaultValue={description} placeholder="What this API does, in a sentence or two." />
        </Field>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-text-2">
          <span>System name</span>
          <Copyable value={systemName} label="Copy system name" />
          <span className="text-xs text-text-3">It is part of the gateway addresses and stays for good.</span>
        </div>
        <FormActions>
          <SubmitButton variant="secondary">Save naming</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
