'use client'

import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { RadioGroup } from '@/components/ui/choice'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton, useHydrated } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { FieldTarget } from '@/lib/fields/built-in'
import { createFieldAction } from '../actions'
import { FieldRules, withChoices } from './field-rules'
import { targetWords } from './target-words'

type Unused = { target: FieldTarget; name: string; label: string }

/** A built-in field that is not in use yet, or one of the tenant's own. */
export function NewField({ unused }: { unused: Unused[] }) {
  const [open, setOpen] = useState(false)
  const hydrated = useHydrated()
  return (
    <>
      <Button variant="primary" icon={<Plus aria-hidden />} disabled={!hydrated} onClick={() => setOpen(true)}>
        New field
      </Button>
      {open && (
        <Dialog open onOpenChange={setOpen} title="New field" description="It goes last; drag it to its place afterwards.">
          <NewFieldForm unused={unused} onDone={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  )
}

function NewFieldForm({ unused, onDone }: { unused: Unused[]; onDone: () => void }) {
  const [target, setTarget] = useState<FieldTarget>('user')
  const [builtIn, setBuiltIn] = useState('')
  const [label, setLabel] = useState('')
  const [name, setName] = useState<string | null>(null)
  const ofTarget = unused.filter((field) => field.target === target)
  const chosen = ofTarget.find((field) => field.name === builtIn)
  return (
    <ActionForm
      action={createFieldAction}
      toInput={({ field: _, ...input }) => ({ ...withChoices(input), target, builtIn: chosen !== undefined, name: chosen?.name ?? input.name })}
      success="Field added"
      onDone={onDone}
    >
      <RadioGroup
        name="target"
        legend="Of"
        value={target}
        onValueChange={(value) => {
          setTarget(value as FieldTarget)
          setBuiltIn('')
        }}
        options={(['account', 'user', 'application'] as const).map((value) => ({ value, label: targetWords[value].title }))}
        className="[&>div]:flex-row [&>div]:flex-wrap [&>div]:gap-x-5"
      />
      <Field label="Field" name="field">
        <Select value={builtIn} onChange={(event) => setBuiltIn(event.target.value)} options={[{ value: '', label: 'A field of your own' }, ...ofTarget.map((field) => ({ value: field.name, label: `${field.label} (built-in)` }))]} />
      </Field>
      <Field key={builtIn} label="Label" name="label" hint="What people read beside it.">
        <Input required maxLength={100} autoComplete="off" {...(chosen ? { defaultValue: chosen.label } : { value: label, onChange: (event) => setLabel(event.target.value) })} />
      </Field>
      {!chosen && (
        <Field label="Name" name="name" hint="For templates, webhooks and the API. It cannot be changed later.">
          <Input required mono maxLength={60} pattern="[A-Za-z][A-Za-z0-9_\-]*" autoComplete="off" spellCheck={false} value={name ?? nameFrom(label)} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      <FieldRules withChoices={chosen?.name !== 'username'} />
      <FormActions>
        <SubmitButton>Add field</SubmitButton>
        <Button onClick={onDone}>Cancel</Button>
      </FormActions>
    </ActionForm>
  )
}

/** `VAT number` → `vat_number`, as long as nobody typed another. */
function nameFrom(label: string): string {
  return label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 60)
}
