import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Period } from '@/lib/metering/periods'
import { createPlan } from '@/lib/plans/create-plan'
import type { PlanInput } from '@/lib/plans/schema'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { setEndUserRegistration } from '@/lib/plans/set-end-user-registration'
import { writePlan } from '@/lib/plans/write-plan'
import { getHits } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'
import { setFeature } from '@/lib/tenants/set-feature'

type NewLimit = { metricId: bigint; period: Period; value: number }

export type DemoPlans = { trial: bigint; public: bigint; partner: bigint }

/** Trial, Public, Partner and the end-user plan User Limits. Plans that are there already stay as they are. */
export async function loadPlans(ctx: Ctx, productId: bigint): Promise<DemoPlans> {
  const { id: hits } = await getHits(ctx.db, productId)
  const chart = await readChart(ctx, productId)

  const trial = await loadPlan(
    ctx,
    {
      productId,
      name: 'Trial',
      description: 'Look around: everything that reads, a hundred calls a month.',
      state: 'published',
      newMethods: 'reads_only',
      features: ['Everything that reads', 'Answers from the community'],
    },
    [{ metricId: hits, period: 'month', value: 100 }],
  )
  await setDefaultPlan(ctx, { productId, planId: trial })
  const open = await loadPlan(
    ctx,
    {
      productId,
      name: 'Public',
      description: 'For apps in the open. We look at your request within a working day.',
      state: 'published',
      approvalRequired: true,
      features: ['Reads and writes', 'Support by mail'],
    },
    chart.flatMap(({ metricId, perApplication }) => perQuarterHour(metricId, perApplication)),
  )
  const partner = await loadPlan(
    ctx,
    {
      productId,
      name: 'Partner',
      description: 'For partners we know: generous by day, steady by minute.',
      state: 'hidden',
      features: ['Reads and writes', 'A person to call'],
    },
    [{ metricId: hits, period: 'minute', value: 60 }, { metricId: hits, period: 'day', value: 50_000 }],
  )

  await setFeature(ctx, { feature: 'endUserPlans', on: true })
  await loadPlan(
    ctx,
    { productId, kind: 'end_user', name: 'User Limits', description: 'What one person behind an app may do, whichever app it is.' },
    chart.flatMap(({ metricId, perUser }) => perQuarterHour(metricId, perUser)),
  )
  await setEndUserRegistration(ctx, { productId, required: false })
  return { trial, public: open, partner }
}

/** One plan for the beta, hidden: whoever takes part is placed on it. */
export async function loadBetaPlan(ctx: Ctx, productId: bigint): Promise<void> {
  const { id: hits } = await getHits(ctx.db, productId)
  await loadPlan(ctx, { productId, name: 'Beta', description: 'For the partners who try it out with us.', features: ['All methods', '1,000 calls a day'] }, [{ metricId: hits, period: 'day', value: 1_000 }])
}

async function loadPlan(ctx: Ctx, input: PlanInput & { productId: bigint }, limits: NewLimit[]): Promise<bigint> {
  const { productId, kind = 'application', name } = input
  const there = await ctx.db.plan.findFirst({ where: { productId, kind, name }, select: { id: true, _count: { select: { limits: true } } } })
  const planId = there?.id ?? (await createPlan(ctx, input)).id
  // A start that was cut short may have made the plan and not its limits.
  if (!there?._count.limits)
    await writePlan(ctx, planId, 'plan.limits_changed', async (tx) => {
      await tx.limit.createMany({ data: limits.map(({ metricId, period, value }) => ({ tenantId: ctx.tenant.id, planId, metricId, period, value: BigInt(value) })) })
      return { result: undefined, after: { limits: limits.length } }
    })
  return planId
}

/** `calls` per 15 minutes, in the windows there are. */
function perQuarterHour(metricId: bigint, calls: number): NewLimit[] {
  return [{ metricId, period: 'minute', value: Math.ceil(calls / 15) }, { metricId, period: 'hour', value: 4 * calls }]
}

async function readChart(ctx: Ctx, productId: bigint): Promise<{ metricId: bigint; perApplication: number; perUser: number }[]> {
  const { limits } = JSON.parse(readFileSync(join(process.cwd(), 'e2e', 'data', 'twitter-limits.json'), 'utf8')) as {
    limits: { method: string; per_user: number; per_application: number }[]
  }
  const methods = await ctx.db.metric.findMany({ where: { productId, parentId: { not: null }, retiredAt: null }, select: { id: true, name: true } })
  const idOf = new Map(methods.map(({ id, name }) => [name, id]))
  return limits.map(({ method, per_user: perUser, per_application: perApplication }) => {
    const metricId = idOf.get(method)
    if (metricId === undefined) throw new Error(`The chart of limits names "${method}", which the imported document does not have.`)
    return { metricId, perApplication, perUser }
  })
}
