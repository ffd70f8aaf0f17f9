import { notFound } from '@/lib/errors'
import { effectiveMethods } from '@/lib/plans/effective-methods'
import { methodEnabledInput, methodSelectionInput, type MethodEnabledInput, type MethodSelection, type MethodSelectionInput } from '@/lib/plans/schema'
import { writePlan } from '@/lib/plans/write-plan'
import type { Ctx } from '@/lib/tenants/context'

/** Lets one method through on the plan, or closes it. Throws `not_found` for a metric that is no method of the plan's product. */
export async function setMethodEnabled(ctx: Ctx, raw: MethodEnabledInput): Promise<void> {
  const { planId, metricId, enabled } = methodEnabledInput.parse(raw)
  await writePlan(ctx, planId, 'plan.methods_changed', async (tx, plan) => {
    const method = await tx.metric.findFirst({ where: { id: metricId, productId: plan.productId, parentId: { not: null } }, select: { systemName: true } })
    if (!method) throw notFound()
    const { count } = await tx.planMethod.updateMany({ where: { planId, metricId }, data: { enabled } })
    if (count === 0) await tx.planMethod.create({ data: { tenantId: ctx.tenant.id, planId, metricId, enabled } })
    return { result: undefined, after: { method: method.systemName, enabled } }
  })
}

/** All methods, none, or those that only read, in one write. Answers how many are enabled now. Methods added later follow the plan's own word. */
export async function selectMethods(ctx: Ctx, raw: MethodSelectionInput): Promise<{ enabled: number; total: number }> {
  const { planId, selection } = methodSelectionInput.parse(raw)
  return writePlan(ctx, planId, 'plan.methods_changed', async (tx, plan) => {
    const methods = (await effectiveMethods(tx, plan)).map(({ metricId, read }) => ({ metricId, enabled: isSelected(selection, read) }))
    await tx.planMethod.deleteMany({ where: { planId } })
    await tx.planMethod.createMany({ data: methods.map((method) => ({ tenantId: ctx.tenant.id, planId, ...method })) })
    const enabled = methods.filter((method) => method.enabled).length
    return { result: { enabled, total: methods.length }, after: { selection, enabled, total: methods.length } }
  })
}

function isSelected(selection: MethodSelection, read: boolean): boolean {
  return selection === 'all' || (selection === 'reads_only' && read)
}
