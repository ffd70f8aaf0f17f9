'use client'

import { useState } from 'react'
import { Switch } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton, type ActionResult } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import type { SpecDto } from '@/lib/activedocs/queries'
import { createSpecAction, editSpecAction } from '../_actions'
import { SpecSource } from './spec-source'

/** A new document, or one that exists: name, description, document, and for a new one whether it is published at once. */
export function SpecForm({ productId, spec }: { productId: number; spec?: SpecDto }) {
  // An object, so that the same line twice is shown twice.
  const [problemLine, setProblemLine] = useState<{ line: number } | null>(null)

  async function save(input: never): Promise<ActionResult<unknown>> {
    const answer = await (spec ? editSpecAction(input) : createSpecAction(input))
    const line = answer.ok ? null : /^Line (\d+):/.exec(answer.error.fields?.source?.[0] ?? '')?.[1]
    setProblemLine(line ? { line: Number(line) } : null)
    return answer
  }

  return (
    <ActionForm
      action={save}
      toInput={(input) => (spec ? { ...input, specId: spec.id } : { ...input, productId })}
      success={spec ? 'Document saved' : 'Document added'}
    >
      <Field label="Name" name="name" hint={spec ? undefined : 'Partners read it. The address of the page is made from it.'}>
        <Input required maxLength={100} defaultValue={spec?.name} autoComplete="off" placeholder="Twitter REST API" />
      </Field>
      {spec && (
        <Field label="Description" name="description" optional hint="One sentence for the list of documents.">
          <Input maxLength={2000} defaultValue={spec.description} autoComplete="off" />
        </Field>
      )}
      <SpecSource defaultValue={spec?.source} problemLine={problemLine} />
      {!spec && <Switch name="published" label="Publish" hint="Visible on your portal at once. Hidden documents are for your eyes only." />}
      <FormActions>
        <SubmitButton>{spec ? 'Save document' : 'Create spec'}</SubmitButton>
        {!spec && <LinkButton href={`/products/${productId}/activedocs`}>Cancel</LinkButton>}
      </FormActions>
    </ActionForm>
  )
}
