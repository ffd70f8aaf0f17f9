import type { Metadata } from 'next'
import { KeyRound, Plus } from 'lucide-react'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { listApplications } from '@/lib/applications/queries'
import type { ApplicationListInput } from '@/lib/applications/schema'
import { listPlanChoices } from '@/lib/plans/queries'
import { queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'

export const metadata: Metadata = { title: 'Applications' }

export default async function ApplicationsPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requireAdmin('partners')
  const query = await queryOf(searchParams)
  // The words of the address go through the list's own schema: what it does not know it ignores.
  const input = { search: query.q, state: query.state, productId: query.product, planId: query.plan, sort: query.sort, cursor: query.cursor } as ApplicationListInput
  const [{ items, nextCursor, previousCursor, total }, choices] = await Promise.all([listApplications(ctx, input), listPlanChoices(ctx)])
  const action = (
    <LinkButton href="/applications/new" variant="primary" icon={<Plus aria-hidden />}>
      New application
    </LinkButton>
  )
  const manyProducts = choices.length > 1
  return (
    <>
      <PageHeader title="Applications" description="Who calls your APIs: each application has a plan, keys and counters of its own." action={action} />
      <DataTable
        label="applications"
        search="Search by name, account or application id"
        rows={items.map((item) => ({
          id: item.id,
          href: `/applications/${item.id}`,
          name: item.name,
          account: item.account.orgName,
          product: item.product.name,
          plan: item.plan?.name,
          state: item.state === 'live' && !item.usable ? 'suspended' : item.state,
          lastCallAt: item.lastCallAt,
          created: item.createdAt,
        }))}
        columns={[
          { key: 'name', header: 'Application', detailKey: 'account' },
          ...(manyProducts ? [{ key: 'product', header: 'Product', sortable: false, hideOnPhone: true } as const] : []),
          { key: 'plan', header: 'Plan', kind: 'plan', sortable: false },
          { key: 'state', header: 'State', kind: 'state', sortable: false },
          { key: 'lastCallAt', header: 'Last call', kind: 'time', sortable: false, hideOnPhone: true },
          { key: 'created', header: 'Created', kind: 'time', hideOnPhone: true },
        ]}
        filters={[
          {
            key: 'state',
            label: 'State',
            options: [
              { value: 'live', label: 'Live' },
              { value: 'pending', label: 'Pending' },
              { value: 'suspended', label: 'Suspended' },
            ],
          },
          ...(manyProducts ? [{ key: 'product', label: 'Product', options: choices.map((choice) => ({ value: String(choice.productId), label: choice.product })) }] : []),
          { key: 'plan', label: 'Plan', options: choices.flatMap((choice) => choice.plans.map((plan) => ({ value: String(plan.id), label: manyProducts ? `${plan.name} (${choice.product})` : plan.name }))) },
        ]}
        exportName="applications"
        server={{ next: nextCursor, previous: previousCursor, total }}
        empty={
          <EmptyState icon={<KeyRound />} title="No applications yet" action={action}>
            An application belongs to an account, stands on one of your plans and has a key to call with.
          </EmptyState>
        }
      />
    </>
  )
}
