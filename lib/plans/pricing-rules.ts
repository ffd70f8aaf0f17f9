import { z } from 'zod'
import { invalid, notFound } from '@/lib/errors'
import { writePlan } from '@/lib/plans/write-plan'
import { idInput } from '@/lib/tenants/id-input'
import type { Ctx } from '@/lib/tenants/context'

/** What one unit costs, up to four decimals, as number or text: what is written comes out again, no rounding between. */
export const money = z
  .union([z.number().transform((value) => (Number.isInteger(value) ? String(value) : value.toFixed(10).replace(/0+$/, ''))), z.string().trim()], { error: 'Write an amount, like 0.05.' })
  .refine((text) => /^\d{1,10}(\.\d{1,4})?$/.test(text), 'Write an amount of 0 or more with at most four decimals, like 0.05.')

const units = z.coerce.number({ error: 'Write a whole number.' }).int('Write a whole number.').min(1, 'Use at least 1.').max(Number.MAX_SAFE_INTEGER, 'This number is too large.')

const pricingRuleInput = z
  .object({ planId: idInput, metricId: idInput, min: units.default(1), max: units.nullable().default(null), costPerUnit: money })
  .refine(({ min, max }) => max === null || max >= min, { path: ['max'], message: 'The end of the range lies before its beginning.' })
export type PricingRuleInput = z.input<typeof pricingRuleInput>

const pricingRuleRef = z.object({ planId: idInput, pricingRuleId: idInput })
export type PricingRuleRef = z.input<typeof pricingRuleRef>

const RULES_MAX = 100

/**
 * From the `min`-th to the `max`-th unit (null: no end) of a metric in a month each costs `costPerUnit`. Ranges of one
 * metric do not overlap. Throws `not_found`, `invalid`.
 */
export async function addPricingRule(ctx: Ctx, raw: PricingRuleInput): Promise<{ id: bigint }> {
  const { planId, metricId, min, max, costPerUnit } = pricingRuleInput.parse(raw)
  return writePlan(ctx, planId, 'pricing_rule.changed', async (tx, plan) => {
    // Two writers cannot both find their range free.
    await tx.$queryRaw`SELECT 1 FROM plans WHERE "tenantId" = ${ctx.tenant.id} AND id = ${planId} FOR UPDATE`
    const metric = await tx.metric.findFirst({ where: { id: metricId, productId: plan.productId, retiredAt: null }, select: { systemName: true } })
    if (!metric || plan.kind !== 'application') throw notFound()
    const others = await tx.pricingRule.findMany({ where: { planId, metricId }, select: { min: true, max: true } })
    const overlapping = others.find((other) => (max === null || other.min <= max) && (other.max === null || other.max >= min))
    if (overlapping) throw invalid({ min: [`This range overlaps the one from ${overlapping.min} to ${overlapping.max ?? 'infinity'}.`] })
    if (others.length >= RULES_MAX) throw invalid({ min: [`A metric has at most ${RULES_MAX} price ranges on a plan.`] })
    const { id } = await tx.pricingRule.create({ data: { tenantId: ctx.tenant.id, planId, metricId, min: BigInt(min), max: max === null ? null : BigInt(max), costPerUnit }, select: { id: true } })
    return { result: { id }, after: { metric: metric.systemName, min, max, costPerUnit } }
  })
}

/** Throws `not_found`. */
export async function removePricingRule(ctx: Ctx, raw: PricingRuleRef): Promise<void> {
  const { planId, pricingRuleId } = pricingRuleRef.parse(raw)
  await writePlan(ctx, planId, 'pricing_rule.changed', async (tx) => {
    const rule = await tx.pricingRule.findFirst({ where: { id: pricingRuleId, planId }, include: { metric: { select: { systemName: true } } } })
    if (!rule) throw notFound()
    await tx.pricingRule.delete({ where: { id: pricingRuleId } })
    return { result: undefined, before: { metric: rule.metric.systemName, min: Number(rule.min), max: rule.max === null ? null : Number(rule.max), costPerUnit: rule.costPerUnit.toString() } }
  })
}
