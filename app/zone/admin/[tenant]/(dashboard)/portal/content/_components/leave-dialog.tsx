'use client'

import { useRouter } from 'next/navigation'
import { ConfirmDialog } from '@/components/ui/dialog'

/** Asked when somebody follows a link with unsaved changes. */
export function LeaveDialog({ to, onStay, onLeave }: { to: string | null; onStay: () => void; onLeave: () => void }) {
  const router = useRouter()
  return (
    <ConfirmDialog
      open={to !== null}
      onOpenChange={(open) => !open && onStay()}
      title="Leave without saving?"
      confirmLabel="Leave"
      onConfirm={() => {
        onLeave()
        if (to) router.push(to)
      }}
    >
      Your changes are not saved. If you leave now they are lost.
    </ConfirmDialog>
  )
}
