'use client'

import { Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import { createBackendAction } from '../actions'

export function NewBackend() {
  return (
    <Dialog
      title="New backend"
      description="An API that products mount under a path."
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden />}>
          New backend
        </Button>
      }
    >
      {(close) => (
        <ActionForm action={createBackendAction} success="Backend created" onDone={close}>
          <Field label="Name" name="name">
            <Input required maxLength={255} autoFocus placeholder="Statuses" />
          </Field>
          <Field label="Private base URL" name="privateBaseUrl" hint="With scheme and, where it is not the usual one, port. Only the gateway needs to reach it.">
            <Input required mono placeholder="https://statuses.internal.example.com:8443" spellCheck={false} autoCapitalize="none" inputMode="url" />
          </Field>
          <Field label="System name" name="systemName" optional hint="Made from the name when left empty. It stays for good.">
            <Input mono maxLength={40} placeholder="statuses" autoCapitalize="none" spellCheck={false} />
          </Field>
          <Field label="Description" name="description" optional>
            <Textarea rows={2} maxLength={2000} />
          </Field>
          <DialogActions onCancel={close}>Create backend</DialogActions>
        </ActionForm>
      )}
    </Dialog>
  )
}
