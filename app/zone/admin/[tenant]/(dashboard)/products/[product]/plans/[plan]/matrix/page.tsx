import type { Metadata } from 'next'
import { limitMatrix } from '@/lib/plans/queries'
import { orNotFound } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { Matrix } from '../_components/matrix'
import { assertOfProduct, planOf } from '../_plan-of'

export const metadata: Metadata = { title: 'Limits of a plan' }

export default async function PlanMatrixPage({ params }: { params: Promise<{ product: string; plan: string }> }) {
  const ctx = await requireAdmin('plans')
  const { productId, planId } = planOf(await params)
  const { plan, rows } = await orNotFound(limitMatrix(ctx, planId))
  assertOfProduct(plan, productId)
  return <Matrix planId={plan.id} rows={rows} />
}
