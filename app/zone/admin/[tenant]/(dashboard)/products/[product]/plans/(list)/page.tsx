import type { Metadata } from 'next'
import { FlaskConical, Layers } from 'lucide-react'
import { Callout } from '@/components/ui/callout'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { listPlans } from '@/lib/plans/queries'
import { orNotFound, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { DefaultPlan } from '../_components/default-plan'
import { NewPlan } from '../_components/new-plan'
import { PlanList } from '../_components/plan-list'

export const metadata: Metadata = { title: 'Plans' }

export default async function PlansPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin('plans')
  const productId = pathId((await params).product)
  const { plans, defaultPlanId, signUpOpen } = await orNotFound(listPlans(ctx, productId))
  const product = Number(productId)
  return (
    <>
      <PageHeader
        title="Plans"
        description="What partners may do with this API: which methods are open, and how much is allowed."
        action={
          <>
            {ctx.permissions.has('gateway') && plans.length > 0 && (
              <LinkButton href={`/products/${product}/limit-lab`} icon={<FlaskConical aria-hidden />}>
                Limit lab
              </LinkButton>
            )}
            <NewPlan productId={product} kind="application" />
          </>
        }
      />
      {plans.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState icon={<Layers />} title="No plans yet" action={<NewPlan productId={product} kind="application" />}>
            A plan opens methods and sets limits. Partners need one to get a key, so nobody can sign up until there is a default plan.
          </EmptyState>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          {!signUpOpen && (
            <Callout kind="warning" title="Nobody can sign up">
              This product has no default plan, so a new partner would start on nothing. Choose one below when you are ready.
            </Callout>
          )}
          <DefaultPlan productId={product} kind="application" plans={plans} defaultPlanId={defaultPlanId} />
          <PlanList productId={product} kind="application" plans={plans} />
        </div>
      )}
    </>
  )
}
