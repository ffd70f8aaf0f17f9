import { planRef, type PlanRef, type PlanState } from '@/lib/plans/schema'
import { writePlan } from '@/lib/plans/write-plan'
import type { Ctx } from '@/lib/tenants/context'

/** Shows the plan to developers, who may choose it from now on. Throws `not_found`. */
export async function publishPlan(ctx: Ctx, raw: PlanRef): Promise<void> {
  await setState(ctx, raw, 'published', 'plan.published')
}

/** Takes the plan from the lists of developers; applications that are on it stay on it. Throws `not_found`. */
export async function hidePlan(ctx: Ctx, raw: PlanRef): Promise<void> {
  await setState(ctx, raw, 'hidden', 'plan.hidden')
}

async function setState(ctx: Ctx, raw: PlanRef, state: PlanState, action: 'plan.published' | 'plan.hidden'): Promise<void> {
  const { planId } = planRef.parse(raw)
  await writePlan(ctx, planId, action, async (tx, plan) => {
    await tx.plan.update({ where: { id: planId }, data: { state } })
    return { result: undefined, before: { state: plan.state }, after: { state } }
  })
}
