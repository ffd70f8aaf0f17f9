'use client'

import { Checkbox } from '@/components/ui/choice'
import { Field, FieldErrorOf } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import type { FieldDto } from '@/lib/fields/queries'

type Given = Pick<FieldDto, 'fixed' | 'required' | 'hidden' | 'readOnly' | 'choices' | 'hint'>

/** What can be said of a field besides its name: for a new one and for one that is edited. */
export function FieldRules({ field, withChoices = true }: { field?: Given; withChoices?: boolean }) {
  return (
    <>
      {!field?.fixed && (
        <fieldset className="flex min-w-0 flex-col gap-2">
          <legend className="mb-1.5 text-sm font-semibold">Rules</legend>
          <Checkbox name="required" defaultChecked={field?.required} label="Required" hint="Partners cannot save without it. You can." />
          <FieldErrorOf name="required" />
          <Checkbox name="hidden" defaultChecked={field?.hidden} label="Hidden" hint="Only you see it." />
          <FieldErrorOf name="hidden" />
          <Checkbox name="readOnly" defaultChecked={field?.readOnly} label="Read-only" hint="Partners see it, only you change it. Sign-up leaves it out." />
          <FieldErrorOf name="readOnly" />
        </fieldset>
      )}
      {withChoices && (
        <Field label="Choices" name="choices" optional hint="One a line. Empty for free text.">
          <Textarea rows={3} defaultValue={field?.choices.join('\n')} />
        </Field>
      )}
      <Field label="Hint" name="hint" optional hint="A short sentence under the field.">
        <Input maxLength={300} autoComplete="off" defaultValue={field?.hint} />
      </Field>
    </>
  )
}

/** `choices` as the textarea has them: commas belong to a choice, a line is one. */
export function withChoices(input: Record<string, unknown>): Record<string, unknown> {
  if (typeof input.choices !== 'string') return input
  return { ...input, choices: input.choices.split('\n').map((line) => line.trim()).filter(Boolean) }
}
