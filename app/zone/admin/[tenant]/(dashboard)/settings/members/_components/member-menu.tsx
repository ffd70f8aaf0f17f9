'use client'

import { Ban, MailPlus, MoreHorizontal, Play, Trash2, UserCog } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useAction } from '@/components/ui/form'
import { Menu, type MenuItem } from '@/components/ui/menu'
import { removeMemberAction, resendInvitationAction, resumeMemberAction, suspendMemberAction } from '../actions'
import type { Member } from './member-table'

/** What can be done with a member. Oneself is nobody's to change, and one admin always stays. */
export function MemberMenu({ member, lastAdmin, mayManage, onEdit }: { member: Member; lastAdmin: boolean; mayManage: boolean; onEdit: () => void }) {
  const [asked, setAsked] = useState<'suspend' | 'remove' | null>(null)
  const ref = { memberId: member.id }
  const resend = useAction(resendInvitationAction, { success: 'Invitation sent again' })
  const suspend = useAction(suspendMemberAction, { success: `${member.name} is suspended` })
  const resume = useAction(resumeMemberAction, { success: `${member.name} may sign in again` })
  const remove = useAction(removeMemberAction, { success: `${member.name} is removed` })
  const fixed = member.self || lastAdmin || !mayManage
  const why = member.self ? 'Nobody changes their own role.' : !mayManage ? 'Only an admin can change an admin.' : 'The last admin stays.'
  const items: MenuItem[] = [
    ...(fixed ? [{ kind: 'label', label: why } as const] : []),
    ...(member.state === 'invited' ? [{ label: 'Send the invitation again', icon: <MailPlus aria-hidden />, onSelect: () => resend.run(ref) }] : []),
    { label: 'Change role', icon: <UserCog aria-hidden />, disabled: fixed, onSelect: onEdit },
    ...(member.state === 'suspended' ? [{ label: 'Resume', icon: <Play aria-hidden />, disabled: fixed, onSelect: () => resume.run(ref) }] : []),
    ...(member.state === 'active' ? [{ label: 'Suspend', icon: <Ban aria-hidden />, disabled: fixed, onSelect: () => setAsked('suspend') }] : []),
    { kind: 'separator' },
    { label: member.state === 'invited' ? 'Withdraw the invitation' : 'Remove', icon: <Trash2 aria-hidden />, danger: !fixed, disabled: fixed, onSelect: () => setAsked('remove') },
  ]
  return (
    <>
      <Menu trigger={<Button variant="ghost" size="icon-sm" aria-label={`More for ${member.name}`} icon={<MoreHorizontal aria-hidden />} />} items={items} className="max-w-72" />
      {asked === 'suspend' && (
        <ConfirmDialog open onOpenChange={() => setAsked(null)} title={`Suspend ${member.name}?`} confirmLabel="Suspend member" onConfirm={() => suspend.run(ref)}>
          They are signed out everywhere at once and cannot sign in until you resume them.
        </ConfirmDialog>
      )}
      {asked === 'remove' && (
        <ConfirmDialog
          open
          onOpenChange={() => setAsked(null)}
          title={member.state === 'invited' ? `Withdraw the invitation of ${member.name}?` : `Remove ${member.name}?`}
          confirmLabel={member.state === 'invited' ? 'Withdraw invitation' : 'Remove member'}
          onConfirm={() => remove.run(ref)}
        >
          {member.state === 'invited' ? 'The link in their mail stops working.' : 'Their sessions and access tokens end at once. What they did stays in the audit log under their name.'}
        </ConfirmDialog>
      )}
    </>
  )
}
