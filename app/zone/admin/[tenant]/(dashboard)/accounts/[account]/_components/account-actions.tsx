'use client'

import { Ban, Check, MoreHorizontal, Pencil, Play, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { FieldInputs, toFieldValues } from '@/components/fields/field-inputs'
import { RejectDialog } from '@/components/partners/reject-dialog'
import { Button } from '@/components/ui/button'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { ActionForm, useAction } from '@/components/ui/form'
import { Menu, type MenuItem } from '@/components/ui/menu'
import { useDelete } from '@/components/ui/use-delete'
import type { AccountDto } from '@/lib/accounts/queries'
import type { FieldDto } from '@/lib/fields/queries'
import { approveAccountAction, deleteAccountAction, editAccountAction, rejectAccountAction, resumeAccountAction, suspendAccountAction } from '../../_actions'

/** What can be done with an account in its state: one button for the likely step, the rest behind a menu. */
export function AccountActions({ account, fields }: { account: Pick<AccountDto, 'id' | 'orgName' | 'state' | 'values'>; fields: FieldDto[] }) {
  const remove = useDelete({ name: account.orgName })
  const [asked, setAsked] = useState<'edit' | 'suspend' | 'reject' | 'delete' | null>(null)
  const close = () => setAsked(null)
  const ref = { accountId: account.id }
  const approving = useAction(approveAccountAction, { success: 'Account approved' })
  const suspending = useAction(suspendAccountAction, { success: 'Account suspended' })
  const resuming = useAction(resumeAccountAction, { success: 'Account resumed' })

  const waits = account.state === 'pending' || account.state === 'rejected'
  const items: MenuItem[] = [
    { label: 'Edit', icon: <Pencil aria-hidden />, onSelect: () => setAsked('edit') },
    ...(waits || account.state === 'suspended' ? [] : [{ label: 'Reject', icon: <X aria-hidden />, onSelect: () => setAsked('reject') }]),
    ...(waits ? [{ label: 'Suspend', icon: <Ban aria-hidden />, onSelect: () => setAsked('suspend') }] : []),
    { kind: 'separator' },
    { label: 'Delete', icon: <Trash2 aria-hidden />, danger: true, onSelect: () => setAsked('delete') },
  ]
  return (
    <>
      {waits && (
        <Button variant="primary" icon={<Check aria-hidden />} pending={approving.pending} onClick={() => approving.run(ref)}>
          Approve
        </Button>
      )}
      {account.state === 'pending' && (
        <Button onClick={() => setAsked('reject')}>Reject</Button>
      )}
      {account.state === 'suspended' && (
        <Button variant="primary" icon={<Play aria-hidden />} pending={resuming.pending} onClick={() => resuming.run(ref)}>
          Resume
        </Button>
      )}
      {account.state === 'approved' && (
        <Button icon={<Ban aria-hidden />} onClick={() => setAsked('suspend')}>
          Suspend
        </Button>
      )}
      <Menu trigger={<Button size="icon" aria-label={`More for ${account.orgName}`} icon={<MoreHorizontal aria-hidden />} />} items={items} />

      {asked === 'edit' && (
        <Dialog open onOpenChange={close} title="Edit account">
          <ActionForm action={editAccountAction} toInput={(input, form) => ({ ...ref, values: toFieldValues(input, form) })} success="Account saved" onDone={close}>
            <FieldInputs fields={fields} values={account.values} />
            <DialogActions onCancel={close}>Save account</DialogActions>
          </ActionForm>
        </Dialog>
      )}
      {asked === 'suspend' && (
        <ConfirmDialog open onOpenChange={close} title={`Suspend ${account.orgName}`} confirmLabel="Suspend account" onConfirm={() => suspending.run(ref)}>
          All its keys are refused within a second and its people are signed out, until you resume it.
        </ConfirmDialog>
      )}
      {asked === 'reject' && (
        <RejectDialog
          title={account.orgName}
          consequence="All its keys are refused within a second and its people are signed out. You can approve it again later."
          action={rejectAccountAction}
          input={ref}
          reasonOptional
          onClose={close}
        />
      )}
      {asked === 'delete' && (
        <ConfirmDialog open onOpenChange={close} title={`Delete ${account.orgName}`} phrase={account.orgName} confirmLabel="Delete account" onConfirm={(confirmation) => remove(deleteAccountAction, { ...ref, confirmation })}>
          Its people, applications and keys go with it and cannot be brought back. What it used stays in your figures.
        </ConfirmDialog>
      )}
    </>
  )
}
