import { invalid, notFound } from '@/lib/errors'
import type { TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import type { Plan } from '@/lib/db/generated/client'
import { limitCellInput, limitEditInput, limitListInput, limitRef, limitsInput, type LimitCellInput, type LimitEditInput, type LimitListInput, type LimitRef, type LimitsInput } from '@/lib/plans/schema'
import { writePlan } from '@/lib/plans/write-plan'
import type { Ctx } from '@/lib/tenants/context'

/** Adds limits to one metric, several at once. Throws `invalid` where a period has a limit already: one metric and period, one limit. */
export async function addLimits(ctx: Ctx, raw: LimitsInput): Promise<void> {
  const { planId, metricId, limits } = limitsInput.parse(raw)
  await writePlan(ctx, planId, 'plan.limits_changed', async (tx, plan) => {
    const metric = await getMetric(tx, plan, metricId)
    const present = await tx.limit.findMany({ where: { planId, metricId }, select: { period: true } })
    const twice = limits.find(({ period }, index) => present.some((each) => each.period === period) || limits.findIndex((each) => each.period === period) < index)
    if (twice) throw periodTaken(twice.period)
    await tx.limit.createMany({ data: limits.map(({ period, value }) => ({ tenantId: ctx.tenant.id, planId, metricId, period, value: BigInt(value) })) })
    return { result: undefined, after: { metric: metric.systemName, limits } }
  }).catch((error: unknown) => {
    if (isUniqueViolation(error)) throw periodTaken(limits[0]!.period)
    throw error
  })
}

/** Makes the limits of one metric these and no others, in one write. Throws `not_found`, `invalid`. */
export async function replaceLimits(ctx: Ctx, raw: LimitListInput): Promise<void> {
  const { planId, metricId, limits } = limitListInput.parse(raw)
  const twice = limits.find(({ period }, index) => limits.findIndex((each) => each.period === period) < index)
  if (twice) throw periodTaken(twice.period)
  await writePlan(ctx, planId, 'plan.limits_changed', async (tx, plan) => {
    const metric = await getMetric(tx, plan, metricId)
    const before = await tx.limit.findMany({ where: { planId, metricId }, orderBy: { id: 'asc' } })
    await tx.limit.deleteMany({ where: { planId, metricId } })
    await tx.limit.createMany({ data: limits.map(({ period, value }) => ({ tenantId: ctx.tenant.id, planId, metricId, period, value: BigInt(value) })) })
    const plain = before.map(({ period, value }) => ({ period, value: Number(value) }))
    return { result: undefined, before: { metric: metric.systemName, limits: plain }, after: { metric: metric.systemName, limits } }
  })
}

/** Sets one limit whether or not it exists; `value: null` removes it, 0 closes the metric. Throws `not_found`, a validation error. */
export async function setLimit(ctx: Ctx, raw: LimitCellInput): Promise<void> {
  const { planId, metricId, period, value } = limitCellInput.parse(raw)
  await writePlan(ctx, planId, 'plan.limits_changed', async (tx, plan) => {
    const metric = await getMetric(tx, plan, metricId)
    const before = await tx.limit.findFirst({ where: { planId, metricId, period } })
    if (value === null) await tx.limit.deleteMany({ where: { planId, metricId, period } })
    else if (before) await tx.limit.update({ where: { id: before.id }, data: { value: BigInt(value) } })
    else await tx.limit.create({ data: { tenantId: ctx.tenant.id, planId, metricId, period, value: BigInt(value) } })
    const fact = (limit: number | null) => ({ metric: metric.systemName, period, value: limit })
    return { result: undefined, before: fact(before ? Number(before.value) : null), after: fact(value) }
  })
}

/** Another period or value for a limit, under the same id. Throws `not_found`, `invalid` where the period has a limit already. */
export async function editLimit(ctx: Ctx, raw: LimitEditInput): Promise<void> {
  const { planId, limitId, ...change } = limitEditInput.parse(raw)
  await writePlan(ctx, planId, 'plan.limits_changed', async (tx) => {
    const limit = await tx.limit.findFirst({ where: { id: limitId, planId }, include: { metric: { select: { systemName: true } } } })
    if (!limit) throw notFound()
    const { period = limit.period, value = Number(limit.value) } = change
    if ((await tx.limit.count({ where: { planId, metricId: limit.metricId, period, id: { not: limitId } } })) > 0) throw periodTaken(period)
    await tx.limit.update({ where: { id: limitId }, data: { period, value: BigInt(value) } })
    const metric = limit.metric.systemName
    return { result: undefined, before: { metric, period: limit.period, value: Number(limit.value) }, after: { metric, period, value } }
  })
}

/** Takes a limit away: unlimited from now on. Throws `not_found`. */
export async function removeLimit(ctx: Ctx, raw: LimitRef): Promise<void> {
  const { planId, limitId } = limitRef.parse(raw)
  await writePlan(ctx, planId, 'plan.limits_changed', async (tx) => {
    const limit = await tx.limit.findFirst({ where: { id: limitId, planId }, include: { metric: { select: { systemName: true } } } })
    if (!limit) throw notFound()
    await tx.limit.delete({ where: { id: limitId } })
    return { result: undefined, before: { metric: limit.metric.systemName, period: limit.period, value: Number(limit.value) } }
  })
}

async function getMetric(tx: TenantTx, plan: Plan, metricId: bigint): Promise<{ systemName: string }> {
  const metric = await tx.metric.findFirst({ where: { id: metricId, productId: plan.productId, retiredAt: null }, select: { systemName: true } })
  if (!metric) throw notFound()
  return metric
}

function periodTaken(period: string) {
  return invalid({ limits: [`There is a limit per ${period} already. Change its value instead.`] })
}
