import type { Metadata } from 'next'
import { Building2 } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { findAccountsToChoose } from '@/lib/accounts/queries'
import { listFields } from '@/lib/fields/queries'
import { listPlanChoices } from '@/lib/plans/queries'
import { queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { NewApplication } from '../_components/new-application'

export const metadata: Metadata = { title: 'New application' }

export default async function NewApplicationPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await requireAdmin('partners')
  const { account } = await queryOf(searchParams)
  const wanted = account && /^\d{1,15}$/.test(account) ? Number(account) : undefined
  const [accounts, choices, fields] = await Promise.all([findAccountsToChoose(ctx, { including: wanted }), listPlanChoices(ctx), listFields(ctx, 'application')])
  return (
    <>
      <PageHeader title="New application" description="A partner’s place on one of your plans. It gets its keys at once." />
      {accounts.length === 0 || choices.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          {accounts.length === 0 ? (
            <EmptyState icon={<Building2 />} title="An account comes first" action={<LinkButton href="/accounts/new" variant="primary">New account</LinkButton>}>
              An application belongs to a partner company that is approved.
            </EmptyState>
          ) : (
            <EmptyState icon={<Building2 />} title="A plan comes first" action={<LinkButton href="/products" variant="primary">Go to products</LinkButton>}>
              An application stands on a plan of one of your products. Make one under Plans.
            </EmptyState>
          )}
        </div>
      ) : (
        <NewApplication accounts={accounts} choices={choices} fields={fields} accountId={accounts.some((each) => each.id === wanted) ? wanted : undefined} />
      )}
    </>
  )
}
