'use client'

import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/choice'
import { Code } from '@/components/ui/code-block'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import type { MappingRuleDto } from '@/lib/products/queries'
import { createMappingRuleAction, editMappingRuleAction } from '../actions'

export type MetricChoice = { id: number; name: string; isMethod: boolean }

export const verbOptions = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'].map((verb) => ({ value: verb, label: verb === 'ANY' ? 'Any verb' : verb }))

export function NewRule({ productId, metrics }: { productId: number; metrics: MetricChoice[] }) {
  const [open, setOpen] = useState(false)
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="New mapping rule"
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden />}>
          New mapping rule
        </Button>
      }
    >
      <ActionForm action={createMappingRuleAction} toInput={(input) => ({ ...input, productId })} success="Mapping rule created" onDone={() => setOpen(false)}>
        <RuleFields metrics={metrics} />
        <FormActions>
          <SubmitButton>Create mapping rule</SubmitButton>
          <Button variant="ghost" onClick={() => setOpen(false)}>
            Cancel
          </Button>
        </FormActions>
      </ActionForm>
    </Dialog>
  )
}

export function EditRule({ rule, metrics, onClose }: { rule: MappingRuleDto; metrics: MetricChoice[]; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Mapping rule">
      <ActionForm action={editMappingRuleAction} toInput={(input) => ({ ...input, ruleId: rule.id })} success="Mapping rule saved" onDone={onClose}>
        <RuleFields metrics={metrics} rule={rule} />
        <FormActions>
          <SubmitButton>Save</SubmitButton>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
        </FormActions>
      </ActionForm>
    </Dialog>
  )
}

function RuleFields({ metrics, rule }: { metrics: MetricChoice[]; rule?: MappingRuleDto }) {
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-[8rem_1fr]">
        <Field label="Verb" name="verb">
          <Select options={verbOptions} defaultValue={rule?.verb ?? 'GET'} />
        </Field>
        <Field label="Pattern" name="pattern">
          <Input required mono maxLength={255} defaultValue={rule?.pattern} placeholder="/orders/{id}$" spellCheck={false} autoCapitalize="none" />
        </Field>
      </div>
      <p className="-mt-2 text-xs text-text-3">
        Matches from the start of the path. <Code>{'{id}'}</Code> stands for one part between slashes, <Code>{'{path+}'}</Code> for several, <Code>$</Code> at the end for exactly this path,{' '}
        <Code>?status=open</Code> for a query parameter.
      </p>
      <div className="grid gap-3 sm:grid-cols-[8rem_1fr]">
        <Field label="Increment" name="delta">
          <Input type="number" required min={1} max={1_000_000} defaultValue={rule?.delta ?? 1} />
        </Field>
        <Field label="Method" name="metricId">
          <Select defaultValue={rule?.metric.id ?? metrics.find((metric) => metric.isMethod)?.id ?? metrics[0]?.id}>
            <optgroup label="Methods">
              {metrics.filter((metric) => metric.isMethod).map((metric) => (
                <option key={metric.id} value={metric.id}>
                  {metric.name}
                </option>
              ))}
            </optgroup>
            <optgroup label="Metrics">
              {metrics.filter((metric) => !metric.isMethod).map((metric) => (
                <option key={metric.id} value={metric.id}>
                  {metric.name}
                </option>
              ))}
            </optgroup>
          </Select>
        </Field>
      </div>
      <Checkbox name="last" defaultChecked={rule?.last ?? false} label="Last" hint="When this rule matches, no rule below it counts." />
    </>
  )
}
