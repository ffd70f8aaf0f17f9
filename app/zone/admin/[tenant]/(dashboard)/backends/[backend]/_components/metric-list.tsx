'use client'

import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm, useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Select } from '@/components/ui/select'
import { Textarea } from '@/components/ui/textarea'
import type { BackendMetricDto } from '@/lib/backends/queries'
import { createBackendMetricAction, deleteBackendMetricAction, editBackendMetricAction } from '../../actions'

export function MetricList({ backendId, metrics }: { backendId: number; metrics: BackendMetricDto[] }) {
  const [editing, setEditing] = useState<BackendMetricDto | null>(null)
  return (
    <Card id="methods" title="Methods & metrics" description={`In products that mount the backend their system names end in .${backendId}. A method adds to Hits, a metric counts for itself.`} action={<NewMetric backendId={backendId} />} flush>
      <ul className="divide-y divide-line">
        {metrics.map((metric) => (
          <MetricRow key={metric.id} metric={metric} onEdit={() => setEditing(metric)} />
        ))}
      </ul>
      {editing && (
        <Dialog open onOpenChange={(open) => !open && setEditing(null)} title={editing.parentId === null ? 'Metric' : 'Method'}>
          <ActionForm action={editBackendMetricAction} toInput={(input) => ({ ...input, metricId: editing.id })} success="Saved" onDone={() => setEditing(null)}>
            <Words metric={editing} />
            <DialogActions onCancel={() => setEditing(null)}>Save</DialogActions>
          </ActionForm>
        </Dialog>
      )}
    </Card>
  )
}

function MetricRow({ metric, onEdit }: { metric: BackendMetricDto; onEdit: () => void }) {
  const remove = useAction(deleteBackendMetricAction, { success: `${metric.name} is deleted` })
  const what = metric.parentId === null ? 'metric' : 'method'
  return (
    <li className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
      <p className="flex min-w-0 flex-1 basis-48 items-center gap-2">
        <span className="truncate">{metric.name}</span>
        {metric.parentId === null && <Badge>Metric</Badge>}
      </p>
      <code className="min-w-0 flex-1 basis-32 truncate font-mono text-[13px] text-text-2">{metric.systemName}</code>
      <p className="w-20 text-text-2 max-sm:hidden">{metric.mappingRules === 1 ? 'One rule' : `${metric.mappingRules} rules`}</p>
      <span className="flex w-16 shrink-0">
        <Button variant="ghost" size="icon-sm" aria-label={`Edit ${metric.name}`} title="Edit" icon={<Pencil aria-hidden />} onClick={onEdit} />
        {metric.systemName !== 'hits' && (
          <ConfirmDialog
            title={`Delete ${metric.name}?`}
            confirmLabel={`Delete ${what}`}
            onConfirm={() => remove.run({ metricId: metric.id })}
            trigger={<Button variant="ghost" size="icon-sm" aria-label={`Delete ${metric.name}`} title="Delete" icon={<Trash2 aria-hidden />} />}
          >
            Its mapping rules and its limits on the plans of products that mount the backend go too. Calls counted so far stay in the usage figures.
          </ConfirmDialog>
        )}
      </span>
    </li>
  )
}

function NewMetric({ backendId }: { backendId: number }) {
  return (
    <Dialog
      title="New method or metric"
      trigger={
        <Button size="sm" icon={<Plus aria-hidden />}>
          New method
        </Button>
      }
    >
      {(close) => (
        <ActionForm action={createBackendMetricAction} toInput={(input) => ({ ...input, backendId })} success="Added to the backend" onDone={close}>
          <Field label="Kind" name="kind" hint="A method counts calls and adds them to Hits; a metric counts for itself.">
            <Select
              defaultValue="method"
              options={[
                { value: 'method', label: 'Method' },
                { value: 'metric', label: 'Metric' },
              ]}
            />
          </Field>
          <Words />
          <Field label="System name" name="systemName" optional hint="Made from the name when left empty. It stays for good.">
            <Input mono maxLength={255} autoCapitalize="none" spellCheck={false} />
          </Field>
          <DialogActions onCancel={close}>Create</DialogActions>
        </ActionForm>
      )}
    </Dialog>
  )
}

function Words({ metric }: { metric?: BackendMetricDto }) {
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-[1fr_8rem]">
        <Field label="Name" name="name">
          <Input required maxLength={200} defaultValue={metric?.name} placeholder="List statuses" />
        </Field>
        <Field label="Unit" name="unit">
          <Input required maxLength={40} defaultValue={metric?.unit ?? 'hit'} />
        </Field>
      </div>
      <Field label="Description" name="description" optional>
        <Textarea rows={2} maxLength={2000} defaultValue={metric?.description} />
      </Field>
    </>
  )
}
