'use client'

import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Checkbox } from '@/components/ui/choice'
import { CopyButton } from '@/components/ui/copy-button'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field, FieldErrorOf } from '@/components/ui/field'
import { ActionForm, FormActions } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { createAccessTokenAction } from '../actions'
import { scopeWords } from './scope-words'

const ends = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: '', label: 'Never' },
]

const DAY_MS = 86_400_000

export function NewToken() {
  const [made, setMade] = useState<string | null>(null)
  const [open, setOpen] = useState(false)
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next)
        if (!next) setMade(null)
      }}
      title={made ? 'Copy the token now' : 'New access token'}
      description={made ? 'We keep a fingerprint of it only, so it cannot be shown again.' : undefined}
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden />}>
          New access token
        </Button>
      }
    >
      {(close) => (made ? <Made token={made} close={close} /> : <TokenForm onMade={setMade} close={close} />)}
    </Dialog>
  )
}

function TokenForm({ onMade, close }: { onMade: (token: string) => void; close: () => void }) {
  return (
    <ActionForm action={createAccessTokenAction} toInput={({ days, ...input }) => ({ ...input, expiresAt: days ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : null })} success="Access token created" onDone={(data) => data && onMade(data.token)}>
      <Field label="Name" name="name" hint="What it is for: it stands in the audit log beside your name.">
        <Input required maxLength={100} autoFocus autoComplete="off" placeholder="CI pipeline" />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Access" name="permission">
          <Select name="permission" defaultValue="ro" options={[{ value: 'ro', label: 'Read only' }, { value: 'rw', label: 'Read and write' }]} />
        </Field>
        <Field label="Ends" name="days">
          <Select name="days" defaultValue="90" options={ends} />
        </Field>
      </div>
      <fieldset className="flex flex-col gap-2.5">
        <legend className="mb-2 text-sm font-semibold">Scopes</legend>
        {scopeWords.map(({ scope, label, hint }) => (
          <Checkbox key={scope} name="scopes" value={scope} label={label} hint={hint} defaultChecked={scope === 'account_management'} />
        ))}
        <FieldErrorOf name="scopes" />
      </fieldset>
      <DialogActions onCancel={close}>Create token</DialogActions>
    </ActionForm>
  )
}

function Made({ token, close }: { token: string; close: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center gap-2 rounded-md border border-line bg-sunken p-3">
        <code data-testid="access-token" className="min-w-0 flex-1 font-mono text-[13px] break-all">
          {token}
        </code>
        <CopyButton value={token} label="Copy token" showLabel />
      </div>
      <Callout kind="info">Put it where your scripts keep their secrets. Send it as Authorization: Bearer, or as user or password of HTTP Basic.</Callout>
      <FormActions>
        <Button variant="primary" onClick={close}>
          Done
        </Button>
      </FormActions>
    </div>
  )
}
