import { notFound } from '@/lib/errors'
import { periods, type Period } from '@/lib/metering/periods'
import type { Plan } from '@/lib/db/generated/client'
import { effectiveMethods } from '@/lib/plans/effective-methods'
import type { NewMethods, PlanKind, PlanState } from '@/lib/plans/schema'
import type { Ctx } from '@/lib/tenants/context'

/** A plan as screens and the API see it: plain values, ids as numbers. */
export type PlanDto = {
  id: number
  productId: number
  kind: PlanKind
  name: string
  systemName: string
  description: string
  state: PlanState
  approvalRequired: boolean
  endUserRequired: boolean
  newMethods: NewMethods
  position: number
  isDefault: boolean
}

/** `users`: applications, or end users, that are on the plan. */
export type PlanListItem = PlanDto & { users: number; limits: number; features: string[] }

/** The plans of a product in their order, those made for one application left out, with `signUpOpen`: without a default plan nobody can sign up. */
export async function listPlans(ctx: Ctx, productId: bigint, kind: PlanKind = 'application'): Promise<{ plans: PlanListItem[]; defaultPlanId: number | null; signUpOpen: boolean }> {
  const defaults = await getDefaults(ctx, productId)
  const rows = await ctx.db.plan.findMany({
    where: { productId, kind, originalId: null },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
    include: { features: { orderBy: { position: 'asc' }, select: { name: true } }, _count: { select: { limits: true } } },
  })
  const users = await countUsers(ctx, productId, kind)
  const plans = rows.map(({ features, _count, ...row }) => ({
    ...toPlanDto(row, defaults),
    users: users.get(row.id) ?? 0,
    limits: _count.limits,
    features: features.map((feature) => feature.name),
  }))
  const defaultPlan = plans.find((plan) => plan.isDefault)
  return { plans, defaultPlanId: defaultPlan?.id ?? null, signUpOpen: defaultPlan !== undefined }
}

/** The plans developers may choose from: published application plans, in order (ISO-10). */
export async function listPlansToChoose(ctx: Ctx, productId: bigint): Promise<PlanDto[]> {
  const defaults = await getDefaults(ctx, productId)
  const rows = await ctx.db.plan.findMany({ where: { productId, kind: 'application', state: 'published', originalId: null }, orderBy: [{ position: 'asc' }, { id: 'asc' }] })
  return rows.map((row) => toPlanDto(row, defaults))
}

export async function getPlan(ctx: Ctx, planId: bigint): Promise<PlanListItem> {
  const row = await ctx.db.plan.findUnique({
    where: { id: planId },
    include: { features: { orderBy: { position: 'asc' }, select: { name: true } }, _count: { select: { limits: true, applications: true, endUsers: true } } },
  })
  if (!row) throw notFound()
  const { features, _count, ...plan } = row
  return {
    ...toPlanDto(plan, await getDefaults(ctx, plan.productId)),
    users: _count.applications + _count.endUsers,
    limits: _count.limits,
    features: features.map((feature) => feature.name),
  }
}

export type PlanChoices = { productId: number; product: string; plans: { id: number; name: string; state: PlanState; isDefault: boolean }[] }

/** Every application plan by product, for the tenant's own select boxes; products without a plan are left out. */
export async function listPlanChoices(ctx: Ctx, productId?: bigint): Promise<PlanChoices[]> {
  const products = await ctx.db.product.findMany({
    where: { id: productId },
    orderBy: [{ isDefault: 'desc' }, { id: 'asc' }],
    select: { id: true, name: true, defaultPlanId: true, plans: { where: { kind: 'application', originalId: null }, orderBy: [{ position: 'asc' }, { id: 'asc' }], select: { id: true, name: true, state: true } } },
  })
  return products
    .filter((product) => product.plans.length > 0)
    .map(({ id, name, defaultPlanId, plans }) => ({
      productId: Number(id),
      product: name,
      plans: plans.map((plan) => ({ id: Number(plan.id), name: plan.name, state: plan.state as PlanState, isDefault: plan.id === defaultPlanId })),
    }))
}

export type LimitDto = { id: number; period: Period; value: number }

/** One row of the matrix: a metric or a method, what the plan says about it, its limits by period. */
export type MatrixRow = {
  metricId: number
  name: string
  systemName: string
  verb: string | null
  /** Null for metrics: only methods can be switched off, a metric is closed by a limit of 0. */
  enabled: boolean | null
  /** False where the plan's word about new methods decides. */
  explicit: boolean
  read: boolean
  isMethod: boolean
  /** No longer in the imported document. */
  removedFromDocument: boolean
  limits: LimitDto[]
}

export type LimitMatrix = { plan: PlanDto; rows: MatrixRow[]; enabled: number; methods: number }

/** Methods and metrics of the plan's product with on/off and every limit: metrics first, `hits` on top, then methods by name. */
export async function limitMatrix(ctx: Ctx, planId: bigint): Promise<LimitMatrix> {
  const plan = await ctx.db.plan.findUnique({ where: { id: planId } })
  if (!plan) throw notFound()
  const metrics = await ctx.db.metric.findMany({ where: { productId: plan.productId, retiredAt: null } })
  const limits = await ctx.db.limit.findMany({ where: { planId } })
  const methodOf = new Map((await effectiveMethods(ctx.db, plan)).map((method) => [method.metricId, method]))
  const limitsOf = Map.groupBy(limits, (limit) => limit.metricId)
  const rows = metrics.map((metric): MatrixRow => {
    const method = methodOf.get(metric.id)
    return {
      metricId: Number(metric.id),
      name: metric.name,
      systemName: metric.systemName,
      verb: metric.verb,
      enabled: method?.enabled ?? null,
      explicit: method?.explicit ?? false,
      read: method?.read ?? false,
      isMethod: metric.parentId !== null,
      removedFromDocument: metric.removedFromDocumentAt !== null,
      limits: (limitsOf.get(metric.id) ?? [])
        .map((limit) => ({ id: Number(limit.id), period: limit.period as Period, value: Number(limit.value) }))
        .sort((one, other) => periods.indexOf(one.period) - periods.indexOf(other.period)),
    }
  })
  rows.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name, 'en') || one.metricId - other.metricId)
  return { plan: toPlanDto(plan, await getDefaults(ctx, plan.productId)), rows, enabled: rows.filter((row) => row.enabled).length, methods: methodOf.size }
}

type Defaults = { defaultPlanId: bigint | null; defaultEndUserPlanId: bigint | null }

async function getDefaults(ctx: Ctx, productId: bigint): Promise<Defaults> {
  const product = await ctx.db.product.findUnique({ where: { id: productId }, select: { defaultPlanId: true, defaultEndUserPlanId: true } })
  if (!product) throw notFound()
  return product
}

async function countUsers(ctx: Ctx, productId: bigint, kind: PlanKind): Promise<Map<bigint, number>> {
  if (kind === 'end_user') {
    const groups = await ctx.db.endUser.groupBy({ by: ['planId'], where: { productId }, _count: { _all: true } })
    return new Map(groups.map((group) => [group.planId, group._count._all]))
  }
  const groups = await ctx.db.application.groupBy({ by: ['planId'], where: { productId, kind: 'partner', planId: { not: null } }, _count: { _all: true } })
  return new Map(groups.map((group) => [group.planId!, group._count._all]))
}

function toPlanDto(plan: Plan, defaults: Defaults): PlanDto {
  const { id, productId, name, systemName, description, approvalRequired, endUserRequired, position } = plan
  const kind = plan.kind as PlanKind
  return {
    id: Number(id),
    productId: Number(productId),
    kind,
    name,
    systemName,
    description,
    state: plan.state as PlanState,
    approvalRequired,
    endUserRequired,
    newMethods: plan.newMethods as NewMethods,
    position,
    isDefault: (kind === 'end_user' ? defaults.defaultEndUserPlanId : defaults.defaultPlanId) === id,
  }
}

const rank = (row: MatrixRow) => (row.systemName === 'hits' ? 0 : row.isMethod ? 2 : 1)
