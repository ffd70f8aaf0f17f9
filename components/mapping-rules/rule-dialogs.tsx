'use client'

import type { ReactNode } from 'react'
import { Checkbox } from '@/components/ui/choice'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm, type ActionFormProps } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'

export type Rule = { id: number; verb: string; pattern: string; delta: number; last: boolean; metric: { id: number; name: string } }

export type MetricChoice = { id: number; name: string; isMethod: boolean }

/** What the fields of a rule say: what it may count, and how a pattern is written there. */
export type RuleWords = { metrics: MetricChoice[]; placeholder: string; hint: ReactNode }

type Action = ActionFormProps<unknown>['action']

export const verbOptions = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'].map((verb) => ({ value: verb, label: verb === 'ANY' ? 'Any verb' : verb }))

/** `owner` is sent along: the product's or the backend's id. */
export function NewRuleDialog({ words, owner, action, trigger }: { words: RuleWords; owner: Record<string, number>; action: Action; trigger: ReactNode }) {
  return (
    <Dialog title="New mapping rule" trigger={trigger}>
      {(close) => (
        <ActionForm action={action} toInput={(input) => ({ ...input, ...owner })} success="Mapping rule created" onDone={close}>
          <RuleFields words={words} />
          <DialogActions onCancel={close}>Create mapping rule</DialogActions>
        </ActionForm>
      )}
    </Dialog>
  )
}

export function EditRuleDialog({ words, rule, action, onClose }: { words: RuleWords; rule: Rule; action: Action; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Mapping rule">
      <ActionForm action={action} toInput={(input) => ({ ...input, ruleId: rule.id })} success="Mapping rule saved" onDone={onClose}>
        <RuleFields words={words} rule={rule} />
        <DialogActions onCancel={onClose}>Save</DialogActions>
      </ActionForm>
    </Dialog>
  )
}

function RuleFields({ words: { metrics, placeholder, hint }, rule }: { words: RuleWords; rule?: Rule }) {
  const groups = [
    { label: 'Methods', choices: metrics.filter((metric) => metric.isMethod) },
    { label: 'Metrics', choices: metrics.filter((metric) => !metric.isMethod) },
  ]
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-[8rem_1fr]">
        <Field label="Verb" name="verb">
          <Select options={verbOptions} defaultValue={rule?.verb ?? 'GET'} />
        </Field>
        <Field label="Pattern" name="pattern">
          <Input required mono maxLength={255} defaultValue={rule?.pattern} placeholder={placeholder} spellCheck={false} autoCapitalize="none" />
        </Field>
      </div>
      <p className="-mt-2 text-xs text-text-3">{hint}</p>
      <div className="grid gap-3 sm:grid-cols-[8rem_1fr]">
        <Field label="Increment" name="delta">
          <Input type="number" required min={1} max={1_000_000} defaultValue={rule?.delta ?? 1} />
        </Field>
        <Field label="Method or metric" name="metricId">
          <Select defaultValue={rule?.metric.id ?? groups[0]?.choices[0]?.id ?? metrics[0]?.id}>
            {groups.map(({ label, choices }) => (
              <optgroup key={label} label={label}>
                {choices.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        </Field>
      </div>
      <Checkbox name="last" defaultChecked={rule?.last ?? false} label="Last" hint="When this rule matches, no rule below it counts." />
    </>
  )
}
