import { placeOnPlan } from '@/lib/applications/place-on-plan'
import { applicationPlanInput, moveInput, type ApplicationPlanInput, type MoveInput } from '@/lib/applications/schema'
import { tellApplication, writeApplication } from '@/lib/applications/write-application'
import { AppError, invalid, notFound } from '@/lib/errors'
import { assertCanChoosePlan } from '@/lib/plans/assert-can-choose-plan'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Places the application on another plan of its product; its counters go on. A developer may choose published plans
 * that need no approval. Throws `not_found` (a hidden plan's id included), `forbidden`.
 */
export async function changePlan(ctx: Ctx, raw: ApplicationPlanInput): Promise<void> {
  const { applicationId, planId } = applicationPlanInput.parse(raw)
  await writeApplication(ctx, applicationId, 'application.plan_changed', async (tx, application) => {
    const plan = await tx.plan.findFirst({ where: { id: planId, productId: application.productId } })
    if (!plan) throw notFound()
    assertCanChoosePlan(ctx.actor, plan)
    if (ctx.actor.kind === 'developer' && plan.approvalRequired) throw new AppError('forbidden', { publicMessage: 'This plan needs an approval. Ask for it instead.' })
    return { result: undefined, ...(await placeOnPlan(tx, application, plan)) }
  })
}

// A transaction holds its rows until the end: in bundles, so that a plan of thousands does not lock them all for a minute.
const BUNDLE = 200

/** Moves every application of a plan to another plan of the same product and kind. Answers how many. Throws `not_found`, `invalid`. */
export async function moveApplications(ctx: Ctx, raw: MoveInput): Promise<{ moved: number }> {
  const { fromPlanId, toPlanId } = moveInput.parse(raw)
  if (fromPlanId === toPlanId) throw invalid({ toPlanId: ['Choose another plan.'] })
  const from = await ctx.db.plan.findFirst({ where: { id: fromPlanId, kind: 'application' } })
  const to = from && (await ctx.db.plan.findFirst({ where: { id: toPlanId, kind: 'application', productId: from.productId } }))
  if (!from || !to) throw notFound()
  let moved = 0
  for (;;) {
    const bundle = await ctx.db.$transaction(async (tx) => {
      const applications = await tx.application.findMany({ where: { planId: from.id }, take: BUNDLE, orderBy: { id: 'asc' } })
      await tx.application.updateMany({ where: { id: { in: applications.map((each) => each.id) }, planId: from.id }, data: { planId: to.id } })
      for (const application of applications)
        await tellApplication(tx, ctx, application, 'application.plan_changed', {
          event: { fromPlanId: Number(from.id), planId: Number(to.id) },
          before: { plan: from.name },
          after: { plan: to.name },
        })
      return applications.length
    })
    moved += bundle
    if (bundle < BUNDLE) return { moved }
  }
}
