'use client'

import { ConfirmDialog } from '@/components/ui/dialog'
import { useDelete } from '@/components/ui/use-delete'
import type { SpecItem } from '@/lib/activedocs/queries'
import { deleteSpecAction } from '../_actions'

export function DeleteSpec({ spec, goTo, onClose }: { spec: Pick<SpecItem, 'id' | 'name' | 'published'>; goTo?: string; onClose: () => void }) {
  const remove = useDelete({ name: spec.name, goTo })
  return (
    <ConfirmDialog open onOpenChange={(open) => !open && onClose()} title={`Delete ${spec.name}?`} confirmLabel="Delete spec" onConfirm={() => remove(deleteSpecAction, { specId: spec.id })}>
      {spec.published ? 'Partners no longer find it on your portal. ' : ''}The document itself is gone with it; keep a copy if you need one.
    </ConfirmDialog>
  )
}
