'use client'

import { Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { RadioGroup } from '@/components/ui/choice'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import { createProductAction } from '../actions'

export const authenticationModes = [
  { value: 'user_key', label: 'API key', hint: 'One key per application, called user_key.' },
  { value: 'app_id_app_key', label: 'Application id and key', hint: 'A public app_id and up to five app_keys at once, so that keys can be rotated.' },
  { value: 'oauth', label: 'OAuth 2.0', hint: 'Applications act for your end users, who sign in on your own site.' },
  { value: 'oidc', label: 'OpenID Connect', hint: 'Tokens of your own identity provider, checked by its keys.' },
  { value: 'introspection', label: 'Token introspection', hint: 'Opaque tokens; we ask your authorization server about them.' },
]

export function NewProduct() {
  return (
    <Dialog
      title="New product"
      description="One for each API, version or environment."
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden />}>
          New product
        </Button>
      }
    >
      {(close) => (
        <ActionForm action={createProductAction} success="Product created" onDone={close}>
          <Field label="Name" name="name">
            <Input required maxLength={255} autoFocus placeholder="Orders API" />
          </Field>
          <Field label="System name" name="systemName" optional hint="Part of its gateway address; made from the name when left empty. It stays for good.">
            <Input mono maxLength={40} placeholder="orders" autoCapitalize="none" spellCheck={false} />
          </Field>
          <Field label="Description" name="description" optional>
            <Textarea rows={2} maxLength={2000} />
          </Field>
          <RadioGroup cards name="authenticationMode" legend="Authentication mode" defaultValue="user_key" options={authenticationModes} />
          <DialogActions onCancel={close}>Create product</DialogActions>
        </ActionForm>
      )}
    </Dialog>
  )
}
