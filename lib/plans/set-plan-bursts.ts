import { Prisma } from '@/lib/db/generated/client'
import { planBurstsInput, type PlanBurstsInput } from '@/lib/plans/schema'
import { writePlan } from '@/lib/plans/write-plan'
import type { Bursts } from '@/lib/products/gateway-config'
import type { Ctx } from '@/lib/tenants/context'

/** What each application (or end user) on the plan may do at once; every field empty: no bounds. In force within a second. Throws `not_found`, a validation error. */
export async function setPlanBursts(ctx: Ctx, raw: PlanBurstsInput): Promise<void> {
  const { planId, bursts } = planBurstsInput.parse(raw)
  await writePlan(ctx, planId, 'plan.changed', async (tx, plan) => {
    await tx.plan.update({ where: { id: planId }, data: { bursts: bursts ?? Prisma.DbNull } })
    return { result: undefined, before: { bursts: plan.bursts }, after: { bursts } }
  })
}

/** Of a plan. Throws `not_found`. */
export async function getPlanBursts(ctx: Ctx, planId: bigint): Promise<Bursts | null> {
  const plan = await ctx.db.plan.findUniqueOrThrow({ where: { id: planId }, select: { bursts: true } })
  return plan.bursts as Bursts | null
}
