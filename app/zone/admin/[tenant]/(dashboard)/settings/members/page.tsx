import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { pageData } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { listMembers } from '@/lib/tenants/list-members'
import { InviteMember } from './_components/invite-member'
import { MemberTable } from './_components/member-table'

export const metadata: Metadata = { title: 'Members & roles' }

export default async function MembersPage() {
  const ctx = await requireAdmin('members')
  const members = await pageData(listMembers(ctx))
  // Nobody grants what they do not hold.
  const grantable = [...ctx.permissions]
  const isAdmin = ctx.actor.kind === 'member' && ctx.actor.role === 'admin'
  return (
    <>
      <PageHeader title="Members & roles" description="Who may enter this dashboard, and what each of them may do." action={<InviteMember grantable={grantable} isAdmin={isAdmin} />} />
      <MemberTable members={members} grantable={grantable} isAdmin={isAdmin} timeZone={ctx.tenant.timezone} />
    </>
  )
}
