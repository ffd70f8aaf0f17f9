import type { Metadata } from 'next'
import { getPlan, listPlans } from '@/lib/plans/queries'
import { getPlanBursts } from '@/lib/plans/set-plan-bursts'
import { orNotFound } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { PlanDetails } from '../_components/plan-details'
import { assertOfProduct, planOf } from '../_plan-of'

export const metadata: Metadata = { title: 'Details of a plan' }

export default async function PlanDetailsPage({ params }: { params: Promise<{ product: string; plan: string }> }) {
  const ctx = await requireAdmin('plans')
  const { productId, planId } = planOf(await params)
  const plan = assertOfProduct(await orNotFound(getPlan(ctx, planId)), productId)
  const { plans } = await listPlans(ctx, productId, plan.kind)
  const others = plans.filter((other) => other.id !== plan.id).map(({ id, name }) => ({ id, name }))
  return <PlanDetails key={plan.id} plan={plan} others={others} bursts={await getPlanBursts(ctx, planId)} endUserPlans={ctx.tenant.features.endUserPlans === true} />
}
