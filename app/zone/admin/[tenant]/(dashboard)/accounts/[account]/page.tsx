import type { Metadata } from 'next'
import { KeyRound, Plus } from 'lucide-react'
import { describeValues } from '@/components/fields/describe-values'
import { CrumbName } from '@/components/shell/crumb-names'
import { StateDot } from '@/components/ui/badge'
import { Callout } from '@/components/ui/callout'
import { Card, DescriptionList } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { listApplications } from '@/lib/applications/queries'
import { queryOf, type SearchParams } from '@/lib/request/page-values'
import { AccountActions } from './_components/account-actions'
import { Developers } from './_components/developers'
import { readAccount } from './_read-account'

export const metadata: Metadata = { title: 'Account' }

export default async function AccountPage({ params, searchParams }: { params: Promise<{ account: string }>; searchParams: SearchParams }) {
  const { ctx, account, fields } = await readAccount((await params).account)
  const query = await queryOf(searchParams)
  const applications = await listApplications(ctx, { accountId: account.id, cursor: query['app-cursor'] })
  const newApplication = (
    <LinkButton href={`/applications/new?account=${account.id}`} icon={<Plus aria-hidden />}>
      New application
    </LinkButton>
  )
  return (
    <>
      <CrumbName path={`/accounts/${account.id}`} name={account.orgName} />
      <PageHeader title={account.orgName} meta={<StateDot state={account.state} className="text-sm" />} action={<AccountActions account={{ id: account.id, orgName: account.orgName, state: account.state, values: account.values }} fields={fields.account} />} />
      {account.state !== 'approved' && (
        <Callout kind="warning" className="mb-6" title={account.unconfirmed ? 'Nobody has confirmed the e-mail yet' : account.state === 'pending' ? 'This account waits for you' : `This account is ${account.state}`}>
          {account.unconfirmed ? 'It signed up itself. Its keys work as soon as its first developer opens the link in the mail, or when you approve it.' : 'Its keys are refused and its people cannot sign in.'}
        </Callout>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[18rem_minmax(0,1fr)]">
        <Card title="Facts" className="max-lg:order-last">
          <DescriptionList
            stacked
            items={[
              { label: 'Id', value: <Copyable value={String(account.id)} label="Copy account id" /> },
              { label: 'State', value: <StateDot state={account.state} /> },
              { label: 'Created', value: <RelativeTime at={account.createdAt} timeZone={ctx.tenant.timezone} /> },
              { label: 'People', value: account.developers.length },
              { label: 'Applications', value: applications.total },
              ...describeValues(fields.account, account.values, ['org_name']),
            ]}
          />
        </Card>
        <div className="flex min-w-0 flex-col gap-8">
          <section aria-labelledby="applications" className="flex min-w-0 flex-col gap-3">
            <div className="flex flex-wrap items-center justify-between gap-3">
              <h2 id="applications" className="text-base font-semibold">
                Applications
              </h2>
              {applications.total > 0 && account.state === 'approved' && newApplication}
            </div>
            <DataTable
              label="applications"
              urlPrefix="app-"
              rows={applications.items.map((item) => ({ id: item.id, href: `/applications/${item.id}`, name: item.name, product: item.product.name, plan: item.plan?.name, state: item.state, lastCallAt: item.lastCallAt }))}
              columns={[
                { key: 'name', header: 'Application', detailKey: 'product', sortable: false },
                { key: 'plan', header: 'Plan', kind: 'plan', sortable: false },
                { key: 'state', header: 'State', kind: 'state', sortable: false },
                { key: 'lastCallAt', header: 'Last call', kind: 'time', sortable: false, hideOnPhone: true },
              ]}
              server={{ next: applications.nextCursor, previous: applications.previousCursor, total: applications.total }}
              empty={
                <EmptyState icon={<KeyRound />} title="No applications yet" action={account.state === 'approved' ? newApplication : undefined}>
                  An application is a place on one of your plans, with a key to call with.
                </EmptyState>
              }
            />
          </section>
          <Developers accountId={account.id} developers={account.developers} fields={fields.user} timeZone={ctx.tenant.timezone} />
        </div>
      </div>
    </>
  )
}
