'use client'

import { Ban, Check, MoreHorizontal, Pencil, Play, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { FieldInputs, toFieldValues } from '@/components/fields/field-inputs'
import { RejectDialog } from '@/components/partners/reject-dialog'
import { Button } from '@/components/ui/button'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { ActionForm, useAction } from '@/components/ui/form'
import { Menu } from '@/components/ui/menu'
import { useDelete } from '@/components/ui/use-delete'
import type { ApplicationDto } from '@/lib/applications/queries'
import type { FieldDto } from '@/lib/fields/queries'
import { approveApplicationAction, deleteApplicationAction, editApplicationAction, rejectApplicationAction, resumeApplicationAction, suspendApplicationAction } from '../../_actions'

/** What can be done with an application in its state: one button for the likely step, the rest behind a menu. */
export function ApplicationActions({ application, fields }: { application: Pick<ApplicationDto, 'id' | 'name' | 'state' | 'values'>; fields: FieldDto[] }) {
  const remove = useDelete({ name: application.name })
  const [asked, setAsked] = useState<'edit' | 'suspend' | 'reject' | 'delete' | null>(null)
  const close = () => setAsked(null)
  const ref = { applicationId: application.id }
  const approving = useAction(approveApplicationAction, { success: 'Application approved' })
  const suspending = useAction(suspendApplicationAction, { success: 'Application suspended' })
  const resuming = useAction(resumeApplicationAction, { success: 'Application resumed' })

  return (
    <>
      {application.state === 'pending' && (
        <>
          <Button variant="primary" icon={<Check aria-hidden />} pending={approving.pending} onClick={() => approving.run(ref)}>
            Approve
          </Button>
          <Button onClick={() => setAsked('reject')}>Reject</Button>
        </>
      )}
      {application.state === 'live' && (
        <Button icon={<Ban aria-hidden />} onClick={() => setAsked('suspend')}>
          Suspend
        </Button>
      )}
      {application.state === 'suspended' && (
        <Button variant="primary" icon={<Play aria-hidden />} pending={resuming.pending} onClick={() => resuming.run(ref)}>
          Resume
        </Button>
      )}
      <Menu
        trigger={<Button size="icon" aria-label={`More for ${application.name}`} icon={<MoreHorizontal aria-hidden />} />}
        items={[
          { label: 'Edit', icon: <Pencil aria-hidden />, onSelect: () => setAsked('edit') },
          { kind: 'separator' },
          { label: 'Delete', icon: <Trash2 aria-hidden />, danger: true, onSelect: () => setAsked('delete') },
        ]}
      />

      {asked === 'edit' && (
        <Dialog open onOpenChange={close} title="Edit application">
          <ActionForm action={editApplicationAction} toInput={(input, form) => ({ ...ref, values: toFieldValues(input, form) })} success="Application saved" onDone={close}>
            <FieldInputs fields={fields} values={application.values} />
            <DialogActions onCancel={close}>Save application</DialogActions>
          </ActionForm>
        </Dialog>
      )}
      {asked === 'suspend' && (
        <ConfirmDialog open onOpenChange={close} title={`Suspend ${application.name}`} confirmLabel="Suspend application" onConfirm={() => suspending.run(ref)}>
          Its calls are refused within a second, until you resume it. Its keys stay as they are.
        </ConfirmDialog>
      )}
      {asked === 'reject' && (
        <RejectDialog title={application.name} consequence="The application is deleted. The partner may ask again." action={rejectApplicationAction} input={ref} reasonOptional onClose={close} />
      )}
      {asked === 'delete' && (
        <ConfirmDialog open onOpenChange={close} title={`Delete ${application.name}`} phrase={application.name} confirmLabel="Delete application" onConfirm={(confirmation) => remove(deleteApplicationAction, { ...ref, confirmation })}>
          Its keys die within a second and cannot be brought back. What it used stays in your figures.
        </ConfirmDialog>
      )}
    </>
  )
}
