'use client'

import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Badge, VerbBadge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/choice'
import { Code } from '@/components/ui/code-block'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton, useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { SortableList } from '@/components/ui/sortable-list'
import type { BackendRuleDto } from '@/lib/backends/queries'
import { createBackendRuleAction, deleteBackendRuleAction, editBackendRuleAction, reorderBackendRulesAction } from '../../actions'

type MetricChoice = { id: number; name: string; isMethod: boolean }

const verbOptions = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'].map((verb) => ({ value: verb, label: verb === 'ANY' ? 'Any verb' : verb }))

export function RuleList({ backendId, rules, metrics }: { backendId: number; rules: BackendRuleDto[]; metrics: MetricChoice[] }) {
  const [editing, setEditing] = useState<BackendRuleDto | null>(null)
  const reorder = useAction(reorderBackendRulesAction, { success: 'Order saved' })
  return (
    <Card
      id="mapping-rules"
      title="Mapping rules"
      description="Paths as the backend knows them; products put their mount path before. They are tried after a product’s own rules."
      action={<NewRule backendId={backendId} metrics={metrics} />}
      flush
    >
      <SortableList
        label="Mapping rules in order"
        items={rules}
        nameOf={(rule) => `${rule.verb} ${rule.pattern}`}
        onReorder={(ids) => reorder.run({ backendId, ruleIds: ids.map(String) })}
        render={(rule) => <RuleRow rule={rule} onEdit={() => setEditing(rule)} />}
      />
      {rules.length === 0 && <p className="px-4 py-6 text-center text-text-2">No rules yet: calls to this backend need a rule of the product itself.</p>}
      {editing && (
        <Dialog open onOpenChange={(open) => !open && setEditing(null)} title="Mapping rule">
          <ActionForm action={editBackendRuleAction} toInput={(input) => ({ ...input, ruleId: editing.id })} success="Mapping rule saved" onDone={() => setEditing(null)}>
            <RuleFields metrics={metrics} rule={editing} />
            <FormActions>
              <SubmitButton>Save</SubmitButton>
              <Button variant="ghost" onClick={() => setEditing(null)}>
                Cancel
              </Button>
            </FormActions>
          </ActionForm>
        </Dialog>
      )}
    </Card>
  )
}

function RuleRow({ rule, onEdit }: { rule: BackendRuleDto; onEdit: () => void }) {
  const remove = useAction(deleteBackendRuleAction, { success: 'Mapping rule deleted' })
  const name = `${rule.verb} ${rule.pattern}`
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="flex min-w-0 flex-1 basis-64 items-center gap-x-2.5 gap-y-1 max-sm:flex-wrap">
        <VerbBadge verb={rule.verb} />
        <code className="min-w-0 font-mono text-[13px] max-sm:order-last max-sm:basis-full max-sm:break-all sm:truncate" title={rule.pattern}>
          {rule.pattern}
        </code>
        {rule.last && <Badge>Last</Badge>}
      </div>
      <p className="min-w-0 flex-1 basis-40 truncate text-text-2">
        <span className="num">+{rule.delta}</span> {rule.metric.name}
      </p>
      <span className="flex shrink-0">
        <Button variant="ghost" size="icon-sm" aria-label={`Edit ${name}`} title="Edit" icon={<Pencil aria-hidden />} onClick={onEdit} />
        <ConfirmDialog
          title="Delete this mapping rule?"
          confirmLabel="Delete mapping rule"
          onConfirm={() => remove.run({ ruleId: rule.id })}
          trigger={<Button variant="ghost" size="icon-sm" aria-label={`Delete ${name}`} title="Delete" icon={<Trash2 aria-hidden />} />}
        >
          On staging of every product that mounts the backend it goes at once, in production with the next promotion.
        </ConfirmDialog>
      </span>
    </div>
  )
}

function NewRule({ backendId, metrics }: { backendId: number; metrics: MetricChoice[] }) {
  return (
    <Dialog
      title="New mapping rule"
      trigger={
        <Button size="sm" icon={<Plus aria-hidden />}>
          New mapping rule
        </Button>
      }
    >
      {(close) => (
        <ActionForm action={createBackendRuleAction} toInput={(input) => ({ ...input, backendId })} success="Mapping rule created" onDone={close}>
          <RuleFields metrics={metrics} />
          <FormActions>
            <SubmitButton>Create mapping rule</SubmitButton>
            <Button variant="ghost" onClick={close}>
              Cancel
            </Button>
          </FormActions>
        </ActionForm>
      )}
    </Dialog>
  )
}

function RuleFields({ metrics, rule }: { metrics: MetricChoice[]; rule?: BackendRuleDto }) {
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-[8rem_1fr]">
        <Field label="Verb" name="verb">
          <Select options={verbOptions} defaultValue={rule?.verb ?? 'GET'} />
        </Field>
        <Field label="Pattern" name="pattern">
          <Input required mono maxLength={255} defaultValue={rule?.pattern} placeholder="/{id}$" spellCheck={false} autoCapitalize="none" />
        </Field>
      </div>
      <p className="-mt-2 text-xs text-text-3">
        Below the path the backend is mounted under. <Code>{'{id}'}</Code> stands for one part between slashes, <Code>$</Code> at the end for exactly this path.
      </p>
      <div className="grid gap-3 sm:grid-cols-[8rem_1fr]">
        <Field label="Increment" name="delta">
          <Input type="number" required min={1} max={1_000_000} defaultValue={rule?.delta ?? 1} />
        </Field>
        <Field label="Method or metric" name="metricId">
          <Select options={metrics.map(({ id, name }) => ({ value: String(id), label: name }))} defaultValue={String(rule?.metric.id ?? metrics.find((metric) => metric.isMethod)?.id ?? metrics[0]?.id)} />
        </Field>
      </div>
      <Checkbox name="last" defaultChecked={rule?.last ?? false} label="Last" hint="When this rule matches, no rule below it counts." />
    </>
  )
}
