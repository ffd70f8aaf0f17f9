'use client'

import { Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { addDomainAction } from '../actions'

/** By itself on the page that has none yet, else behind a button. */
export function AddDomain({ inline = false }: { inline?: boolean }) {
  if (inline) return <DomainForm />
  return (
    <Dialog
      title="Add a domain"
      description="You make two DNS records; we look for them and switch it on."
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden />}>
          Add domain
        </Button>
      }
    >
      {(close) => <DomainForm onDone={close} />}
    </Dialog>
  )
}

function DomainForm({ onDone }: { onDone?: () => void }) {
  return (
    <ActionForm action={addDomainAction} success="Domain added. Now make its records" onDone={onDone} resetOnDone>
      <Field label="Domain" name="name">
        <Input required maxLength={253} placeholder="developer.example.com" autoComplete="off" spellCheck={false} inputMode="url" />
      </Field>
      <FormActions>
        <SubmitButton>Add domain</SubmitButton>
        {onDone && (
          <Button variant="ghost" onClick={onDone}>
            Cancel
          </Button>
        )}
      </FormActions>
    </ActionForm>
  )
}
