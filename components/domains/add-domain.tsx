'use client'

import { Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import type { ActionResult } from '@/lib/request/admin-action'

type Add = (input: { name: string }) => Promise<ActionResult<unknown>>

/** By itself on the page that has none yet, else behind a button. */
export function AddDomain({ add, placeholder, inline = false, small = false }: { add: Add; placeholder: string; inline?: boolean; small?: boolean }) {
  if (inline) return <DomainForm add={add} placeholder={placeholder} />
  return (
    <Dialog
      title="Add a domain"
      description="You make two DNS records; we look for them and switch it on."
      trigger={
        <Button variant={small ? undefined : 'primary'} size={small ? 'sm' : undefined} icon={<Plus aria-hidden />}>
          Add domain
        </Button>
      }
    >
      {(close) => <DomainForm add={add} placeholder={placeholder} onDone={close} />}
    </Dialog>
  )
}

function DomainForm({ add, placeholder, onDone }: { add: Add; placeholder: string; onDone?: () => void }) {
  return (
    <ActionForm action={add} toInput={(input) => ({ name: String(input.name ?? '') })} success="Domain added. Now make its records" onDone={onDone} resetOnDone>
      <Field label="Domain" name="name">
        <Input required maxLength={253} placeholder={placeholder} autoComplete="off" spellCheck={false} inputMode="url" />
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
