import type { Metadata } from 'next'
import { Inbox } from 'lucide-react'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { SegmentedLinks } from '@/components/ui/segmented'
import { listDecidedRequests, listOpenRequests } from '@/lib/applications/list-requests'
import { pageData, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import type { Ctx } from '@/lib/tenants/context'
import { RequestList } from './_components/request-list'
import { kindWords } from './_components/kind-words'

export const metadata: Metadata = { title: 'Requests' }

export default async function RequestsPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requireAdmin('partners')
  const { view, cursor } = await queryOf(searchParams)
  const decided = view === 'decided'
  return (
    <>
      <PageHeader
        title="Requests"
        description="What partners wait for: new accounts, new applications, other plans. They get a mail with what you decide."
        action={
          <SegmentedLinks
            label="Which requests"
            items={[
              { label: 'Open', href: '/requests', active: !decided },
              { label: 'Decided', href: '/requests?view=decided', active: decided },
            ]}
          />
        }
      />
      {decided ? <Decided ctx={ctx} cursor={cursor} /> : <Open ctx={ctx} />}
    </>
  )
}

async function Open({ ctx }: { ctx: Ctx }) {
  const { items, total } = await pageData(listOpenRequests(ctx))
  if (items.length > 0) return <RequestList items={items} total={total} timeZone={ctx.tenant.timezone} />
  return (
    <div className="rounded-lg border border-line bg-surface">
      <EmptyState icon={<Inbox />} title="Nobody waits for you">
        New accounts appear here when they need your approval, applications when their plan does, and every wish for another plan.
      </EmptyState>
    </div>
  )
}

async function Decided({ ctx, cursor }: { ctx: Ctx; cursor: string | undefined }) {
  const { items, nextCursor, previousCursor } = await listDecidedRequests(ctx, { cursor })
  return (
    <DataTable
      label="decisions"
      rows={items.map(({ id, kind, outcome, objectId, name, toPlan, answer, by, at }) => ({
        id,
        // What was rejected as an application is gone; a plan request has no page of its own.
        href: objectId !== null && kind === 'account' ? `/accounts/${objectId}` : objectId !== null && kind === 'application' && outcome === 'approved' ? `/applications/${objectId}` : undefined,
        name,
        kind: kindWords[kind],
        outcome,
        toPlan,
        answer,
        by,
        at,
      }))}
      columns={[
        { key: 'name', header: 'Request', detailKey: 'kind', sortable: false },
        { key: 'outcome', header: 'Outcome', kind: 'state', sortable: false },
        { key: 'toPlan', header: 'Plan', kind: 'plan', sortable: false, hideOnPhone: true },
        { key: 'answer', header: 'Answer', sortable: false, hideOnPhone: true },
        { key: 'by', header: 'By', sortable: false, hideOnPhone: true },
        { key: 'at', header: 'When', kind: 'time', sortable: false },
      ]}
      server={{ next: nextCursor, previous: previousCursor }}
      empty={
        <EmptyState icon={<Inbox />} title="Nothing decided yet">
          What you approve and reject is kept here, with who did it and what was said.
        </EmptyState>
      }
    />
  )
}
