import { placeOnPlan } from '@/lib/applications/place-on-plan'
import { applicationRef, type ApplicationRef } from '@/lib/applications/schema'
import { writeApplication } from '@/lib/applications/write-application'
import type { Plan } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, notFound } from '@/lib/errors'
import { recordChange } from '@/lib/events/record-change'
import { copyPlanParts } from '@/lib/plans/copy-plan-parts'
import type { Ctx } from '@/lib/tenants/context'

/**
 * The application gets a plan of its own, "Name (custom)", that begins as a copy of the one it is on: hidden, in no list
 * of plans, to be changed without touching others (reference portal 1.5). Throws `not_found`, `conflict` where it has one.
 */
export async function customizePlan(ctx: Ctx, raw: ApplicationRef): Promise<{ planId: bigint }> {
  const { applicationId } = applicationRef.parse(raw)
  return writeApplication(ctx, applicationId, 'application.plan_changed', async (tx, application) => {
    const plan = await planOf(tx, application.planId)
    if (plan.originalId !== null) throw new AppError('conflict', { publicMessage: 'This application has a plan of its own already.' })
    const { id: _id, createdAt: _createdAt, ...facts } = plan
    const custom = await tx.plan.create({
      data: { ...facts, bursts: facts.bursts ?? undefined, originalId: plan.id, name: `${plan.name} (custom)`.slice(0, 100), systemName: `${plan.systemName.slice(0, 60)}_custom_${applicationId}`, state: 'hidden' },
    })
    await copyPlanParts(tx, plan, custom.id)
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'plan', subjectId: custom.id })
    return { result: { planId: custom.id }, ...(await placeOnPlan(tx, application, custom)) }
  })
}

/** Back on the plan its own one was made from; its own is gone with its limits. Throws `not_found`, `conflict` where it has none. */
export async function decustomizePlan(ctx: Ctx, raw: ApplicationRef): Promise<{ planId: bigint }> {
  const { applicationId } = applicationRef.parse(raw)
  return writeApplication(ctx, applicationId, 'application.plan_changed', async (tx, application) => {
    const custom = await planOf(tx, application.planId)
    if (custom.originalId === null) throw new AppError('conflict', { publicMessage: 'This application has no plan of its own.' })
    const original = await planOf(tx, custom.originalId)
    const told = await placeOnPlan(tx, application, original)
    await tx.plan.deleteMany({ where: { id: custom.id, applications: { none: {} } } })
    return { result: { planId: original.id }, ...told }
  })
}

async function planOf(tx: TenantTx, planId: bigint | null): Promise<Plan> {
  const plan = planId === null ? null : await tx.plan.findUnique({ where: { id: planId } })
  if (!plan) throw notFound()
  return plan
}
