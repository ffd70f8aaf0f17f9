'use client'

import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm, type ActionFormProps } from '@/components/ui/form'
import { Textarea } from '@/components/ui/textarea'

type Rejection = {
  /** What is rejected: "the account Widget Works". */
  title: string
  consequence: string
  action: ActionFormProps<unknown>['action']
  /** Names the thing; the reason comes along. */
  input: Record<string, unknown>
  reasonOptional?: boolean
  onClose: () => void
}

/** Asks for the words the partner reads before something is rejected. */
export function RejectDialog({ title, consequence, action, input, reasonOptional = false, onClose }: Rejection) {
  return (
    <Dialog open onOpenChange={onClose} title={`Reject ${title}`} description={consequence}>
      <ActionForm action={action} toInput={(typed) => ({ ...typed, ...input })} success="Rejected" onDone={onClose}>
        <Field label="Reason" name="reason" optional={reasonOptional} hint="The partner reads it.">
          <Textarea required={!reasonOptional} rows={4} maxLength={1000} autoFocus />
        </Field>
        <DialogActions variant="danger" onCancel={onClose}>Reject</DialogActions>
      </ActionForm>
    </Dialog>
  )
}
