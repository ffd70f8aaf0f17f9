import { notFound } from 'next/navigation'
import { pathId } from '@/lib/request/page-values'

/** The two ids of a plan's path. */
export function planOf({ product, plan }: { product: string; plan: string }): { productId: bigint; planId: bigint } {
  return { productId: pathId(product), planId: pathId(plan) }
}

/** A plan reached under another product's path is no page: one thing, one address. */
export function assertOfProduct<Plan extends { productId: number }>(plan: Plan, productId: bigint): Plan {
  if (BigInt(plan.productId) !== productId) notFound()
  return plan
}
