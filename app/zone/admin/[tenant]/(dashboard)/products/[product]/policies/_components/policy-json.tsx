'use client'

import { useState, useTransition } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { CopyButton } from '@/components/ui/copy-button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { FormActions } from '@/components/ui/form'
import { Textarea } from '@/components/ui/textarea'
import type { PolicyEntry } from '@/lib/products/gateway-config'
import type { Errors } from './policy-chain'

const SHOWN_MAX = 12

/** The whole chain as APIcast writes it, to copy and to paste. */
export function PolicyJson({ policies, onClose, onSave }: { policies: PolicyEntry[]; onClose: () => void; onSave: (policies: unknown) => Promise<Errors | null | undefined> }) {
  const [json, setJson] = useState(() => JSON.stringify(policies, null, 2))
  const [errors, setErrors] = useState<[string, string][]>([])
  const [pending, start] = useTransition()

  function submit() {
    let chain: unknown
    try {
      chain = JSON.parse(json)
    } catch (error) {
      return setErrors([['', `This is no JSON: ${(error as Error).message}`]])
    }
    start(async () => {
      const found = await onSave(chain)
      if (found === null) onClose()
      else setErrors(Object.entries(found ?? {}).flatMap(([path, messages]) => messages.map((message): [string, string] => [path, message])))
    })
  }

  return (
    <Dialog open onOpenChange={onClose} size="lg" title="Chain as JSON" description="In the format of APIcast: paste the policies_config of a 3scale product, or copy this one to another.">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {errors.length > 0 && (
          <Callout kind="danger" title="Not saved">
            <ul className="flex flex-col gap-1">
              {errors.slice(0, SHOWN_MAX).map(([path, message], index) => (
                <li key={index}>
                  {path && path !== 'policies' && <code className="mr-1.5 font-mono text-[13px] break-all">{path}</code>}
                  {message}
                </li>
              ))}
              {errors.length > SHOWN_MAX && <li>And {errors.length - SHOWN_MAX} more.</li>}
            </ul>
          </Callout>
        )}
        <Field label="Policies">
          <Textarea mono rows={18} value={json} onChange={(event) => setJson(event.target.value)} spellCheck={false} autoCapitalize="none" />
        </Field>
        <FormActions>
          <Button type="submit" variant="primary" pending={pending}>
            Save chain
          </Button>
          <CopyButton value={json} label="Copy JSON" />
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
        </FormActions>
      </form>
    </Dialog>
  )
}
