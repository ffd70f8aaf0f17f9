import type { Metadata } from 'next'
import { Gauge } from 'lucide-react'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { exactNumber } from '@/components/ui/format'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { listEndUserUsage } from '@/lib/metering/queries'
import { getEndUserSettings, listEndUsers } from '@/lib/plans/end-user-queries'
import { listPlans } from '@/lib/plans/queries'
import { getHits } from '@/lib/products/queries'
import { orNotFound, pathId, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { DefaultPlan } from '../../plans/_components/default-plan'
import { NewPlan } from '../../plans/_components/new-plan'
import { PlanList } from '../../plans/_components/plan-list'
import { EndUserTable } from '../_components/end-user-table'

export const metadata: Metadata = { title: 'End users' }

export default async function EndUsersPage({ params, searchParams }: { params: Promise<{ product: string }>; searchParams: SearchParams }) {
  const ctx = await requireAdmin('plans')
  if (!ctx.tenant.features.endUserPlans) notFound()
  const productId = pathId((await params).product)
  const query = await queryOf(searchParams)
  const { plans, defaultPlanId } = await orNotFound(listPlans(ctx, productId, 'end_user'))
  const users = await listEndUsers(ctx, productId, { search: query.q, planId: query.plan, state: query.state as 'active' | undefined, cursor: query.cursor })
  const settings = await getEndUserSettings(ctx, productId)
  const hits = await getHits(ctx.db, productId)
  const busiest = (await listEndUserUsage(ctx, { productId, environment: 'production', metricId: hits.id, limit: 5 })).filter(({ value }) => value > 0)
  const product = Number(productId)
  const choices = plans.map(({ id, name }) => ({ id, name }))

  return (
    <>
      <PageHeader title="End users" description="The people behind your partners’ applications, each with limits of their own." action={<NewPlan productId={product} kind="end_user" />} />
      {plans.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState icon={<Gauge />} title="No end-user plans yet" action={<NewPlan productId={product} kind="end_user" />}>
            {`A call names its end user in the header ${settings.header}. Make a plan first: it says how much each of them may do, whichever application they use.`}
          </EmptyState>
        </div>
      ) : (
        <div className="flex flex-col gap-8">
          <section aria-labelledby="end-user-plans" className="flex flex-col gap-4">
            <h2 id="end-user-plans" className="text-base font-semibold">
              End-user plans
            </h2>
            <DefaultPlan productId={product} kind="end_user" plans={plans} defaultPlanId={defaultPlanId} />
            <PlanList productId={product} kind="end_user" plans={plans} />
          </section>
          <section aria-labelledby="end-user-list" className="flex flex-col gap-4">
            <h2 id="end-user-list" className="text-base font-semibold">
              Registered end users
            </h2>
            <Callout
              action={
                <LinkButton href={`/products/${product}/settings`} size="sm">
                  Settings
                </LinkButton>
              }
            >
              {settings.registrationRequired
                ? 'Manual registration is on: a call that names somebody who is not in this list is refused.'
                : `Manual registration is off: whoever is named in ${settings.header} for the first time is registered on the default plan.`}
            </Callout>
            {busiest.length > 0 && (
              <Card title="Busiest in the last 30 days" description="Calls in production, over all applications." flush>
                <ol className="divide-y divide-line">
                  {busiest.map((user) => (
                    <li key={user.endUserId} className="flex items-center justify-between gap-3 px-4 py-2">
                      <Link href={`/products/${product}/end-users/${user.endUserId}`} className="min-w-0 truncate rounded-sm font-mono text-[13px] hover:text-accent-text hover:underline">
                        {user.externalId}
                      </Link>
                      <span className="num shrink-0 text-text-2">{exactNumber(user.value)}</span>
                    </li>
                  ))}
                </ol>
              </Card>
            )}
            <EndUserTable productId={product} plans={choices} defaultPlanId={defaultPlanId} page={users} />
          </section>
        </div>
      )}
    </>
  )
}
