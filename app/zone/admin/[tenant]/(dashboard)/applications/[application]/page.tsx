import type { Metadata } from 'next'
import Link from 'next/link'
import { describeValues } from '@/components/fields/describe-values'
import { CrumbName } from '@/components/shell/crumb-names'
import { PlanTag, StateDot } from '@/components/ui/badge'
import { Callout } from '@/components/ui/callout'
import { Card, DescriptionList } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { readLimitUsage } from '@/lib/analytics/limit-usage'
import { listCalls } from '@/lib/calls/queries'
import { listFields } from '@/lib/fields/queries'
import { listPlanChoices } from '@/lib/plans/queries'
import { ApplicationActions } from './_components/application-actions'
import { ChangePlan } from './_components/change-plan'
import { Keys } from './_components/keys'
import { OauthClient } from './_components/oauth-client'
import { ReferrerFilters } from './_components/referrer-filters'
import { LimitUsageCard } from './_components/limit-usage-card'
import { RecentCallsCard } from './_components/recent-calls-card'
import { readApplication } from './_read-application'

export const metadata: Metadata = { title: 'Application' }

const look = 'rounded-sm hover:text-accent-text hover:underline'

export default async function ApplicationPage({ params }: { params: Promise<{ application: string }> }) {
  const { ctx, application } = await readApplication((await params).application)
  const { account, product, plan } = application
  const [fields, usage, choices, calls] = await Promise.all([
    listFields(ctx, 'application'),
    plan ? readLimitUsage(ctx, { subject: `app:${application.id}`, planId: BigInt(plan.id) }) : [],
    listPlanChoices(ctx, BigInt(product.id)),
    ctx.permissions.has('gateway') ? listCalls(ctx, { applicationId: BigInt(application.id) }) : null,
  ])
  const { timezone } = ctx.tenant
  return (
    <>
      <CrumbName path={`/applications/${application.id}`} name={application.name} />
      <PageHeader
        title={application.name}
        description={application.description || undefined}
        meta={<StateDot state={application.state} className="text-sm" />}
        action={<ApplicationActions application={{ id: application.id, name: application.name, state: application.state, values: application.values }} fields={fields} />}
      />
      {application.state === 'live' && !application.usable && (
        <Callout kind="warning" className="mb-6" title={`${account.orgName} is ${account.state}`}>
          The application is live, but its calls are refused as long as its account is not approved.
        </Callout>
      )}
      {application.state === 'pending' && (
        <Callout kind="warning" className="mb-6" title="This application waits for you">
          {`${account.orgName} asks for ${plan?.name ?? 'a plan'}. Its keys are refused until you approve.`}
        </Callout>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[18rem_minmax(0,1fr)]">
        <Card title="Facts" className="max-lg:order-last">
          <DescriptionList
            stacked
            items={[
              { label: 'Id', value: <Copyable value={String(application.id)} label="Copy id" /> },
              {
                label: 'Account',
                value: (
                  <Link href={`/accounts/${account.id}`} className={look}>
                    {account.orgName}
                  </Link>
                ),
              },
              {
                label: 'Product',
                value: (
                  <Link href={`/products/${product.id}`} className={look}>
                    {product.name}
                  </Link>
                ),
              },
              { label: 'Plan', value: plan && <PlanTag name={plan.name} /> },
              { label: 'State', value: <StateDot state={application.state} /> },
              { label: 'Created', value: <RelativeTime at={application.createdAt} timeZone={timezone} /> },
              { label: 'First call', value: <RelativeTime at={application.firstCallAt} timeZone={timezone} /> },
              { label: 'Last call', value: <RelativeTime at={application.lastCallAt} timeZone={timezone} /> },
              ...describeValues(fields, application.values, ['name', 'description']),
            ]}
          />
        </Card>
        <div className="flex min-w-0 flex-col gap-6">
          <Keys
            key={application.id}
            applicationId={application.id}
            mode={application.authenticationMode}
            appId={application.appId}
            userKey={application.userKey}
            appKeys={application.appKeys}
            revoked={application.revoked}
            timeZone={timezone}
          />
          {application.authenticationMode === 'oauth' && <OauthClient key={`oauth${application.id}`} applicationId={application.id} redirectUris={application.redirectUris} clientType={application.clientType} />}
          {application.referrerFilters && <ReferrerFilters applicationId={application.id} filters={application.referrerFilters} />}
          <LimitUsageCard usage={usage} plan={plan} productId={product.id} timeZone={timezone} mayPlan={ctx.permissions.has('plans')} />
          {calls && <RecentCallsCard calls={calls.items.slice(0, 5)} productId={product.id} applicationId={application.id} timeZone={timezone} />}
          <ChangePlan key={`plan${plan?.id}`} applicationId={application.id} planId={plan?.id ?? null} choices={choices} />
        </div>
      </div>
    </>
  )
}
