import type { Metadata } from 'next'
import { limitMatrix } from '@/lib/plans/queries'
import { orNotFound } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { MethodList } from './_components/method-list'
import { assertOfProduct, planOf } from './_plan-of'

export const metadata: Metadata = { title: 'Methods of a plan' }

export default async function PlanMethodsPage({ params }: { params: Promise<{ product: string; plan: string }> }) {
  const ctx = await requireAdmin('plans')
  const { productId, planId } = planOf(await params)
  const { plan, rows, enabled, methods } = await orNotFound(limitMatrix(ctx, planId))
  assertOfProduct(plan, productId)
  return <MethodList planId={plan.id} productId={plan.productId} newMethods={plan.newMethods} rows={rows} enabled={enabled} methods={methods} />
}
