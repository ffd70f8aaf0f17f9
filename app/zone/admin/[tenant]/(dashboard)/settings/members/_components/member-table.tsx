'use client'

import { Users } from 'lucide-react'
import { useState } from 'react'
import { Badge, StateDot } from '@/components/ui/badge'
import { DataTable } from '@/components/ui/data-table'
import { Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { EmptyState } from '@/components/ui/empty-state'
import { ActionForm } from '@/components/ui/form'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Permission } from '@/lib/tenants/context'
import type { MemberListing } from '@/lib/tenants/list-members'
import type { Plain } from '@/lib/request/plain'
import { changeMemberRoleAction } from '../actions'
import { MemberMenu } from './member-menu'
import { labelsOf } from './permission-words'
import { RoleFields } from './role-fields'

export type Member = Plain<MemberListing>

const states = {
  active: { tone: 'good', word: 'Active' },
  invited: { tone: 'warn', word: 'Invited' },
  unconfirmed: { tone: 'warn', word: 'E-mail not confirmed' },
  suspended: { tone: 'bad', word: 'Suspended' },
} as const

export function MemberTable({ members, grantable, isAdmin, timeZone }: { members: Member[]; grantable: Permission[]; isAdmin: boolean; timeZone: string }) {
  const [editing, setEditing] = useState<Member | null>(null)
  const admins = members.filter(({ role, state }) => role === 'admin' && state === 'active').length
  const rows = members.map((member) => ({
    ...member,
    roleWord: member.role === 'admin' ? 'Admin' : 'Member',
    stateWord: states[member.state].word,
    may: member.role === 'admin' ? 'Everything' : labelsOf(member.permissions).join(', ') || 'Nothing yet',
  }))
  return (
    <>
      <DataTable
        label="members"
        rows={rows}
        search={members.length > 10 ? 'Search by name or e-mail' : undefined}
        columns={[
          {
            key: 'name',
            header: 'Member',
            cell: (row) => (
              <div className="min-w-0">
                <p className="flex min-w-0 items-center gap-2">
                  <span className="truncate font-semibold">{row.name}</span>
                  {row.self && <Badge>You</Badge>}
                </p>
                <p className="truncate text-xs text-text-3">{row.email}</p>
                <p className="truncate text-xs text-text-3 sm:hidden">
                  {row.roleWord}, {states[row.state].word.toLowerCase()}
                </p>
              </div>
            ),
          },
          { key: 'roleWord', header: 'Role', width: 'w-24', hideOnPhone: true },
          { key: 'may', header: 'May', hideOnPhone: true },
          { key: 'state', header: 'State', valueKey: 'stateWord', hideOnPhone: true, cell: (row) => <StateDot tone={states[row.state].tone}>{states[row.state].word}</StateDot> },
          { key: 'lastSeenAt', header: 'Last seen', hideOnPhone: true, valueKey: 'lastSeenAt', cell: (row) => <RelativeTime at={row.lastSeenAt} timeZone={timeZone} className="whitespace-nowrap text-text-2" /> },
          {
            key: 'menu',
            header: 'Actions',
            sortable: false,
            align: 'right',
            width: 'w-20',
            cell: (row) => <MemberMenu member={row} lastAdmin={row.role === 'admin' && row.state === 'active' && admins === 1} mayManage={isAdmin || row.role !== 'admin'} onEdit={() => setEditing(row)} />,
          },
        ]}
        empty={<EmptyState icon={<Users />} title="Nobody here" />}
      />
      {editing && (
        <Dialog open onOpenChange={(open) => !open && setEditing(null)} title={`Role of ${editing.name}`} description="They are signed out and come back with the new role.">
          <ActionForm action={changeMemberRoleAction} toInput={(input) => ({ ...input, memberId: editing.id })} success={`Role of ${editing.name} saved`} onDone={() => setEditing(null)}>
            <RoleFields role={editing.role} permissions={editing.permissions} grantable={grantable} isAdmin={isAdmin} />
            <DialogActions onCancel={() => setEditing(null)}>Save role</DialogActions>
          </ActionForm>
        </Dialog>
      )}
    </>
  )
}
