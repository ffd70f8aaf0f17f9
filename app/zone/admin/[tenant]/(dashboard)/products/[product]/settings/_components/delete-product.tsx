'use client'

import { Trash2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useDelete } from '@/components/ui/use-delete'
import { deleteProductAction } from '../actions'

type Impact = { applications: number; plans: number; methods: number; isLast: boolean }

export function DeleteProduct({ productId, name, systemName, impact }: { productId: number; name: string; systemName: string; impact: Impact }) {
  const remove = useDelete({ name })
  const parts = [counted(impact.methods, 'method'), counted(impact.plans, 'plan'), counted(impact.applications, 'application')].join(', ')
  return (
    <Card title="Delete this product" description={impact.isLast ? 'This is your only product, and one always remains. Create another one first.' : `With it go ${parts}, and its gateway addresses. This cannot be undone.`}>
      <ConfirmDialog
        title={`Delete ${name}?`}
        phrase={systemName}
        confirmLabel="Delete product"
        onConfirm={(confirmation) => remove(deleteProductAction, { productId, confirmation })}
        trigger={
          <Button variant="danger" icon={<Trash2 aria-hidden />} disabled={impact.isLast}>
            Delete product
          </Button>
        }
      >
        {parts} go with it. Calls to its addresses are answered with 404 within a second, and every key of it is gone.
      </ConfirmDialog>
    </Card>
  )
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
