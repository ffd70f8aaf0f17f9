'use client'

import { Trash2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useDelete } from '@/components/ui/use-delete'
import { deleteBackendAction } from '../../actions'

export function DeleteBackend({ backendId, name, systemName, products }: { backendId: number; name: string; systemName: string; products: string[] }) {
  const remove = useDelete({ name, goTo: '/backends' })
  const mounted = products.length > 0
  return (
    <Card title="Delete this backend" description={mounted ? `Unmount it first: ${products.join(', ')} ${products.length === 1 ? 'uses' : 'use'} it.` : 'Its methods and mapping rules go with it. This cannot be undone.'}>
      <ConfirmDialog
        title={`Delete ${name}?`}
        phrase={systemName}
        confirmLabel="Delete backend"
        onConfirm={() => remove(deleteBackendAction, { backendId })}
        trigger={
          <Button variant="danger" icon={<Trash2 aria-hidden />} disabled={mounted}>
            Delete backend
          </Button>
        }
      >
        Versions of products that were promoted while they mounted it go on calling it until they are promoted again.
      </ConfirmDialog>
    </Card>
  )
}
