'use client'

import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { exactNumber } from '@/components/ui/format'
import { useDelete } from '@/components/ui/use-delete'
import { deleteIntegrationErrorsAction } from '../actions'

export function EmptyList({ productId, total }: { productId: number; total: number }) {
  const [open, setOpen] = useState(false)
  const remove = useDelete({ name: 'The list', goTo: `/products/${productId}/calls/integration-errors` })
  return (
    <>
      <Button icon={<Trash2 aria-hidden />} onClick={() => setOpen(true)}>
        Delete all
      </Button>
      {open && (
        <ConfirmDialog open onOpenChange={(stays) => !stays && setOpen(false)} title="Delete all integration errors?" confirmLabel="Delete all" onConfirm={() => remove(deleteIntegrationErrorsAction, { productId })}>
          {total === 1 ? 'The one entry goes.' : `All ${exactNumber(total)} entries go.`} Usage and limits stay as they are; new errors will show here again.
        </ConfirmDialog>
      )}
    </>
  )
}
