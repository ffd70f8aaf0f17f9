import { z } from 'zod'
import { invalid } from '@/lib/errors'
import { money } from '@/lib/plans/pricing-rules'
import { writePlan } from '@/lib/plans/write-plan'
import { idInput } from '@/lib/tenants/id-input'
import type { Ctx } from '@/lib/tenants/context'

const days = z.coerce.number({ error: 'Write a whole number of days.' }).int('Write a whole number of days.').min(0, 'Use 0 or more.').max(3650, 'Use at most 3,650 days.')

/** Every field may be left out: it stays as it is. */
const planPricesInput = z.object({ planId: idInput, setupFee: money.optional(), costPerMonth: money.optional(), trialPeriodDays: days.optional() })
export type PlanPricesInput = z.input<typeof planPricesInput>

/** What the plan costs once and by month, and how long it is free at first. Throws `not_found`, `invalid` for an end-user plan. */
export async function setPlanPrices(ctx: Ctx, raw: PlanPricesInput): Promise<void> {
  const { planId, ...prices } = planPricesInput.parse(raw)
  await writePlan(ctx, planId, 'plan.changed', async (tx, plan) => {
    if (plan.kind !== 'application') throw invalid({ costPerMonth: ['End users pay nothing: their plans have no price.'] })
    const before = { setupFee: plan.setupFee.toString(), costPerMonth: plan.costPerMonth.toString(), trialPeriodDays: plan.trialPeriodDays }
    await tx.plan.update({ where: { id: planId }, data: prices })
    return { result: undefined, before, after: { ...before, ...prices } }
  })
}
