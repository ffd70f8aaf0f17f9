'use client'

import { useEffect, useRef, useState, useTransition } from 'react'
import { Callout } from '@/components/ui/callout'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { Textarea } from '@/components/ui/textarea'
import type { PolicyEntry } from '@/lib/products/gateway-config'
import type { Definition, Errors } from './policy-chain'
import { SchemaFields, tidy, type Value } from './schema-fields'

type Props = { entry: PolicyEntry; definition: Definition | null; path: string; isNew: boolean; onClose: () => void; onSave: (entry: PolicyEntry) => Promise<Errors | null | undefined> }

/** One policy's settings, as a form made of its schema; those of a policy we do not know as JSON. */
export function PolicyDialog({ entry, definition, path, isNew, onClose, onSave }: Props) {
  const [value, setValue] = useState<Value>(entry.configuration)
  const [json, setJson] = useState(() => JSON.stringify(entry.configuration, null, 2))
  const [errors, setErrors] = useState<Errors>({})
  const [pending, start] = useTransition()
  const form = useRef<HTMLFormElement>(null)
  // A long form shows its buttons always, what is wrong in it perhaps not.
  useEffect(() => {
    if (Object.keys(errors).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-form-error]')?.focus()
  }, [errors])
  const title = definition?.title ?? entry.name
  const hasFields = definition !== null && Object.values(definition.schema.properties ?? {}).some((each) => !each.hidden)
  // What no field shows, such as a word about another policy of the chain, is said on top.
  const elsewhere = Object.entries(errors).filter(([key]) => !hasFields || !key.startsWith(path))

  function submit() {
    let configuration = value
    if (definition) configuration = tidy(definition.schema, value) as Value
    else {
      try {
        configuration = JSON.parse(json) as Value
      } catch (error) {
        return setErrors({ json: [`This is no JSON: ${(error as Error).message}`] })
      }
    }
    start(async () => {
      const found = await onSave({ ...entry, configuration })
      if (found === null) onClose()
      else setErrors(found ?? {})
    })
  }

  return (
    <Dialog open onOpenChange={onClose} size="lg" title={isNew ? `Add ${title}` : title} description={definition?.sentence ?? 'A policy of your own gateways. Ours keeps its settings and goes on without it.'}>
      <form
        ref={form}
        className="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {elsewhere.length > 0 && (
          <div data-form-error tabIndex={-1} className="outline-none">
            <Callout kind="danger">{elsewhere.flatMap(([, messages]) => messages).join(' ')}</Callout>
          </div>
        )}
        {definition === null ? (
          <Field label="Configuration" error={errors.json?.[0]}>
            <Textarea mono rows={12} value={json} onChange={(event) => setJson(event.target.value)} spellCheck={false} />
          </Field>
        ) : hasFields ? (
          <SchemaFields schema={definition.schema} path={path} errors={errors} value={value} onChange={setValue} />
        ) : (
          <p className="text-text-2">There is nothing to set.</p>
        )}
        <DialogActions pending={pending} onCancel={onClose}>{isNew ? 'Add policy' : 'Save policy'}</DialogActions>
      </form>
    </Dialog>
  )
}
