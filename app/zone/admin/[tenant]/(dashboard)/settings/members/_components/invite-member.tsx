'use client'

import { UserPlus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import type { Permission } from '@/lib/tenants/context'
import { inviteMemberAction } from '../actions'
import { RoleFields } from './role-fields'

export function InviteMember({ grantable, isAdmin }: { grantable: Permission[]; isAdmin: boolean }) {
  return (
    <Dialog
      title="Invite a member"
      description="They get a mail with a link that is good for seven days."
      trigger={
        <Button variant="primary" icon={<UserPlus aria-hidden />}>
          Invite member
        </Button>
      }
    >
      {(close) => (
        <ActionForm action={inviteMemberAction} success="Invitation sent" onDone={close}>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="Name" name="name">
              <Input required maxLength={100} autoFocus autoComplete="off" placeholder="Grace Hopper" />
            </Field>
            <Field label="E-mail" name="email">
              <Input type="email" required maxLength={254} autoComplete="off" placeholder="grace@example.com" />
            </Field>
          </div>
          <RoleFields grantable={grantable} isAdmin={isAdmin} />
          <DialogActions onCancel={close}>Send invitation</DialogActions>
        </ActionForm>
      )}
    </Dialog>
  )
}
