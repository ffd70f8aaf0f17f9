import type { Metadata } from 'next'
import { Building2, Plus } from 'lucide-react'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { listAccounts } from '@/lib/accounts/queries'
import type { AccountListInput } from '@/lib/accounts/schema'
import { queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'

export const metadata: Metadata = { title: 'Accounts' }

export default async function AccountsPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requireAdmin('partners')
  const query = await queryOf(searchParams)
  // The words of the address go through the list's own schema: what it does not know it ignores.
  const input = { search: query.q, state: query.state, sort: query.sort, cursor: query.cursor } as AccountListInput
  const { items, nextCursor, previousCursor, total } = await listAccounts(ctx, input)
  const action = (
    <LinkButton href="/accounts/new" variant="primary" icon={<Plus aria-hidden />}>
      New account
    </LinkButton>
  )
  return (
    <>
      <PageHeader title="Accounts" description="The companies that use your APIs, and the people in them." action={action} />
      <DataTable
        label="accounts"
        search="Search by name, e-mail or id"
        rows={items.map((item) => ({
          id: item.id,
          href: `/accounts/${item.id}`,
          name: item.orgName,
          email: item.email,
          state: item.state,
          applications: item.applicationsTotal,
          plans: [...new Set(item.applications.flatMap((application) => application.plan ?? []))].join(', '),
          created: item.createdAt,
        }))}
        columns={[
          { key: 'name', header: 'Account', detailKey: 'email' },
          { key: 'state', header: 'State', kind: 'state', sortable: false },
          { key: 'plans', header: 'Plans', sortable: false, hideOnPhone: true },
          { key: 'applications', header: 'Applications', kind: 'number', sortable: false, hideOnPhone: true },
          { key: 'created', header: 'Created', kind: 'time', hideOnPhone: true },
        ]}
        filters={[
          {
            key: 'state',
            label: 'State',
            options: [
              { value: 'approved', label: 'Approved' },
              { value: 'pending', label: 'Pending' },
              { value: 'suspended', label: 'Suspended' },
              { value: 'rejected', label: 'Rejected' },
            ],
          },
        ]}
        exportName="accounts"
        server={{ next: nextCursor, previous: previousCursor, total }}
        empty={
          <EmptyState icon={<Building2 />} title="No accounts yet" action={action}>
            An account is a partner company. Make one, give it an application on one of your plans, and hand over the key.
          </EmptyState>
        }
      />
    </>
  )
}
