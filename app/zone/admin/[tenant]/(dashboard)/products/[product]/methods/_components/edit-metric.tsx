'use client'

import { Trash2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Copyable } from '@/components/ui/copy-button'
import { ConfirmDialog, Sheet } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton, useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import type { MetricDto } from '@/lib/products/queries'
import { deleteMetricsAction, editMetricAction } from '../actions'

export function EditMetric({ productId, metric, onClose }: { productId: number; metric: MetricDto; onClose: () => void }) {
  const what = metric.parentId === null ? 'metric' : 'method'
  const { run } = useAction(deleteMetricsAction, { success: `${metric.name} deleted`, onDone: onClose })
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()} title={metric.name} description={metric.verb && metric.path ? `Imported from ${metric.verb} ${metric.path}` : undefined}>
      <ActionForm action={editMetricAction} toInput={(input) => ({ ...input, metricId: metric.id })} success="Saved" onDone={onClose}>
        <Field label="Name" name="name">
          <Input required maxLength={255} defaultValue={metric.name} />
        </Field>
        <div className="flex flex-col gap-1.5">
          <p className="text-sm font-semibold">System name</p>
          <Copyable value={metric.systemName} label="Copy system name" />
        </div>
        <Field label="Description" name="description" optional>
          <Textarea rows={3} maxLength={2000} defaultValue={metric.description} />
        </Field>
        {metric.parentId === null && (
          <Field label="Unit" name="unit">
            <Input required maxLength={40} defaultValue={metric.unit} />
          </Field>
        )}
        <FormActions className="justify-between">
          <SubmitButton>Save</SubmitButton>
          {metric.systemName !== 'hits' && (
            <ConfirmDialog
              title={`Delete ${metric.name}?`}
              confirmLabel={`Delete ${what}`}
              onConfirm={() => run({ productId, metricIds: [metric.id] })}
              trigger={
                <Button variant="ghost" icon={<Trash2 aria-hidden />}>
                  Delete {what}
                </Button>
              }
            >
              Its mapping rules and limits go too. Calls counted so far stay in the usage figures, and production counts it until you promote again.
            </ConfirmDialog>
          )}
        </FormActions>
      </ActionForm>
    </Sheet>
  )
}
