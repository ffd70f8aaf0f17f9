import { assertNameFree } from '@/lib/plans/create-plan'
import { effectiveMethods } from '@/lib/plans/effective-methods'
import { planEditInput, type PlanEditInput } from '@/lib/plans/schema'
import { writePlan } from '@/lib/plans/write-plan'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Changes what is given and leaves the rest. The word about methods added later changes nothing for the methods that
 * exist: each of them gets the answer it has today as a word of its own first. Throws `not_found`, `invalid`.
 */
export async function editPlan(ctx: Ctx, raw: PlanEditInput): Promise<void> {
  const { planId, ...edit } = planEditInput.parse(raw)
  await writePlan(ctx, planId, 'plan.changed', async (tx, plan) => {
    if (edit.name !== undefined && edit.name !== plan.name) {
      assertNameFree(edit.name, await tx.plan.findMany({ where: { productId: plan.productId, kind: plan.kind, id: { not: plan.id } }, select: { name: true } }))
    }
    if (edit.newMethods !== undefined && edit.newMethods !== plan.newMethods) {
      const silent = (await effectiveMethods(tx, plan)).filter((method) => !method.explicit)
      await tx.planMethod.createMany({ data: silent.map(({ metricId, enabled }) => ({ tenantId: ctx.tenant.id, planId, metricId, enabled })) })
    }
    await tx.plan.update({ where: { id: planId }, data: edit })
    const changed = (Object.keys(edit) as (keyof typeof edit)[]).filter((key) => edit[key] !== undefined && edit[key] !== plan[key])
    const pick = (from: Partial<Record<string, unknown>>) => Object.fromEntries(changed.map((key) => [key, from[key]]))
    return { result: undefined, before: pick(plan), after: pick(edit) }
  })
}
