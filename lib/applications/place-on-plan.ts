import type { Application } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import type { EventData } from '@/lib/events/record-event'

/** Puts the application on the plan, keys and counters as they are; answers what there is to tell of it. Whether it may is decided before. */
export async function placeOnPlan(
  tx: TenantTx,
  application: Pick<Application, 'id' | 'planId'>,
  plan: { id: bigint; name: string },
): Promise<{ event: EventData; before: { plan: string | null }; after: { plan: string } }> {
  const before = application.planId === null ? null : await tx.plan.findUnique({ where: { id: application.planId }, select: { name: true } })
  await tx.application.update({ where: { id: application.id }, data: { planId: plan.id } })
  return {
    event: { fromPlanId: application.planId === null ? null : Number(application.planId), planId: Number(plan.id) },
    before: { plan: before?.name ?? null },
    after: { plan: plan.name },
  }
}
