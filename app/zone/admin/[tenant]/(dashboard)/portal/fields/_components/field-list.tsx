'use client'

import { Pencil, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useAction, useHydrated } from '@/components/ui/form'
import { SortableList } from '@/components/ui/sortable-list'
import type { FieldTarget } from '@/lib/fields/built-in'
import type { FieldDto } from '@/lib/fields/queries'
import { deleteFieldAction, orderFieldsAction } from '../actions'
import { EditField } from './edit-field'
import { targetWords } from './target-words'

/** The fields of one target in the order every form has; edited where they stand. */
export function FieldList({ target, fields }: { target: FieldTarget; fields: FieldDto[] }) {
  const { title, hint } = targetWords[target]
  const [editing, setEditing] = useState<number | null>(null)
  const [deleting, setDeleting] = useState<FieldDto | null>(null)
  const removing = useAction(deleteFieldAction, { success: 'Field deleted' })
  const router = useRouter()
  const hydrated = useHydrated()

  async function reorder(fieldIds: number[]): Promise<boolean> {
    const result = await orderFieldsAction({ target, fieldIds })
    if (result.ok) router.refresh()
    else toast.error(result.error.message)
    return result.ok
  }

  return (
    <Card flush title={title} description={hint} id={target} className="overflow-hidden">
      <SortableList
        label={title}
        items={fields}
        nameOf={(field) => field.label}
        onReorder={reorder}
        disabled={!hydrated}
        render={(field) => (
          <div className="min-w-0 py-2.5">
            <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
              <div className="min-w-0 flex-1 basis-40">
                <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                  <span className="min-w-0 truncate font-semibold">{field.label}</span>
                  {field.required && <Badge tone="accent">Required</Badge>}
                  {field.hidden && <Badge>Hidden</Badge>}
                  {field.readOnly && <Badge>Read-only</Badge>}
                </p>
                <p className="truncate text-xs text-text-3">
                  <span className="font-mono">{field.name}</span>
                  {field.builtIn && ' · built-in'}
                  {field.choices.length > 0 && ` · ${field.choices.join(', ')}`}
                </p>
              </div>
              <span className="flex shrink-0">
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Edit ${field.label}`}
                  title="Edit"
                  aria-expanded={editing === field.id}
                  disabled={!hydrated}
                  icon={<Pencil aria-hidden />}
                  onClick={() => setEditing(editing === field.id ? null : field.id)}
                />
                {!field.fixed && <Button variant="ghost" size="icon-sm" aria-label={`Delete ${field.label}`} title="Delete" disabled={!hydrated} icon={<Trash2 aria-hidden />} onClick={() => setDeleting(field)} />}
              </span>
            </div>
            {editing === field.id && <EditField field={field} onDone={() => setEditing(null)} />}
          </div>
        )}
      />
      {deleting && (
        <ConfirmDialog open onOpenChange={() => setDeleting(null)} title={`Delete ${deleting.label}`} confirmLabel="Delete field" onConfirm={() => removing.run({ fieldId: deleting.id })}>
          It leaves every form and every mail. What people wrote in it is kept, and shown again when you make a field named {deleting.name}.
        </ConfirmDialog>
      )}
    </Card>
  )
}
