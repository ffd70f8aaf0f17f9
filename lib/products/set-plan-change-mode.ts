import { z } from 'zod'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

/** What partners may do about the plan of an application: ask for another, change it themselves, or neither. */
const planChangeModes = ['request', 'direct', 'none'] as const
export type PlanChangeMode = (typeof planChangeModes)[number]

export const planChangeModeInput = z.object({ productId: idInput, mode: z.enum(planChangeModes, { error: 'Choose one from the list.' }) })
export type PlanChangeModeInput = z.input<typeof planChangeModeInput>

/** Throws `not_found`. */
export async function setPlanChangeMode(ctx: Ctx, raw: PlanChangeModeInput): Promise<void> {
  const { productId, mode } = planChangeModeInput.parse(raw)
  await writeProduct(ctx, productId, 'product.plan_change_mode_changed', async (tx, { planChangeMode }) => {
    if (planChangeMode === mode) return { result: undefined, unchanged: true }
    await tx.product.update({ where: { id: productId }, data: { planChangeMode: mode } })
    return { result: undefined, before: { planChangeMode }, after: { planChangeMode: mode } }
  })
}

/** The products with their mode, the default one first. */
export async function listPlanChangeModes(ctx: Pick<Ctx, 'db'>): Promise<{ id: number; name: string; mode: PlanChangeMode }[]> {
  const rows = await ctx.db.product.findMany({ orderBy: [{ isDefault: 'desc' }, { name: 'asc' }, { id: 'asc' }], select: { id: true, name: true, planChangeMode: true } })
  return rows.map(({ id, name, planChangeMode }) => ({ id: Number(id), name, mode: planChangeMode as PlanChangeMode }))
}
