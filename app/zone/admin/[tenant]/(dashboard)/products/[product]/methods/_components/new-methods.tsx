'use client'

import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { createMetricsAction } from '../actions'

/** One method or metric, or several in one go. */
export function NewMethods({ productId, kind, trigger = 'primary' }: { productId: number; kind: 'method' | 'metric'; trigger?: 'primary' | 'secondary' }) {
  const [keys, setKeys] = useState([0])
  const [open, setOpen] = useState(false)
  const change = (value: boolean) => {
    setKeys([0])
    setOpen(value)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      size="lg"
      title={kind === 'method' ? 'New method' : 'New metric'}
      description={kind === 'method' ? 'Calls of a method count for itself and for Hits. Map requests to it under Mapping rules.' : 'A metric counts for itself, like megabytes or documents.'}
      trigger={
        <Button variant={trigger} icon={<Plus aria-hidden />}>
          {kind === 'method' ? 'New method' : 'New metric'}
        </Button>
      }
    >
      <ActionForm
        action={createMetricsAction}
        toInput={(input) => ({ productId, kind, items: Object.values((input.items ?? []) as object).filter(Boolean) })}
        success={keys.length === 1 ? `${kind === 'method' ? 'Method' : 'Metric'} created` : `${keys.length} ${kind}s created`}
        onDone={() => change(false)}
      >
        {keys.map((key, index) => (
          <fieldset key={key} className="grid gap-3 rounded-lg border border-line p-4 sm:grid-cols-2">
            <legend className="sr-only">
              {kind === 'method' ? 'Method' : 'Metric'} {index + 1}
            </legend>
            <Field label="Name" name={`items.${index}.name`}>
              <Input required maxLength={255} autoFocus={index === keys.length - 1} placeholder={kind === 'method' ? 'GET statuses/mentions_timeline' : 'Megabytes'} />
            </Field>
            <Field label="System name" name={`items.${index}.systemName`} optional hint="Made from the name when left empty. It stays for good.">
              <Input mono maxLength={255} autoCapitalize="none" spellCheck={false} />
            </Field>
            <Field label="Description" name={`items.${index}.description`} optional className={kind === 'method' ? 'sm:col-span-2' : undefined}>
              <Input maxLength={2000} />
            </Field>
            {kind === 'metric' && (
              <Field label="Unit" name={`items.${index}.unit`}>
                <Input required maxLength={40} defaultValue="hit" />
              </Field>
            )}
            {keys.length > 1 && (
              <div className="sm:col-span-2">
                <Button size="sm" variant="ghost" icon={<X aria-hidden />} onClick={() => setKeys(keys.filter((other) => other !== key))}>
                  Leave this one out
                </Button>
              </div>
            )}
          </fieldset>
        ))}
        <FormActions>
          <SubmitButton>{keys.length === 1 ? `Create ${kind}` : `Create ${keys.length} ${kind}s`}</SubmitButton>
          <Button variant="ghost" icon={<Plus aria-hidden />} onClick={() => setKeys([...keys, Math.max(...keys) + 1])}>
            Another one
          </Button>
        </FormActions>
      </ActionForm>
    </Dialog>
  )
}
