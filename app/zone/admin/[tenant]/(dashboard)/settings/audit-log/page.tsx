import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { toPlain } from '@/lib/request/plain'
import { queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { auditNouns, listAudit, type AuditListInput } from '@/lib/tenants/list-audit'
import { listMembers } from '@/lib/tenants/list-members'
import { AuditTable } from './_components/audit-table'

export const metadata: Metadata = { title: 'Audit log' }

export default async function AuditLogPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requireAdmin('settings')
  const query = await queryOf(searchParams)
  // The words of the address go through the list's own schema: what it does not know it ignores.
  const input = { search: query.q, noun: query.noun, actor: query.actor, since: query.since, cursor: query.cursor } as AuditListInput
  const [page, members] = await Promise.all([listAudit(ctx, input), listMembers(ctx)])
  return (
    <>
      <PageHeader title="Audit log" description="Who changed what, when and from where. Nobody can alter it." />
      <AuditTable
        items={toPlain(page.items)}
        next={page.nextCursor}
        previous={page.previousCursor}
        nouns={[...auditNouns]}
        members={members.map(({ id, name }) => ({ id: Number(id), name }))}
        timeZone={ctx.tenant.timezone}
      />
    </>
  )
}
