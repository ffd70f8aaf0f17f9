import { notFound } from '@/lib/errors'
import { periods, type Period } from '@/lib/metering/periods'
import { endUserListInput, type EndUserListInput } from '@/lib/plans/schema'
import { decodeCursor, pageSize, takePage } from '@/lib/tenants/cursor'
import type { Ctx } from '@/lib/tenants/context'

export type EndUserItem = {
  id: number
  externalId: string
  state: 'active' | 'suspended'
  registered: 'manual' | 'first_sight'
  plan: { id: number; name: string }
  createdAt: Date
  /** Hits in production since the first of this month (UTC). */
  callsThisMonth: number
}

/** The end users of a product, the latest first, 25 a page; `search` is a part of the id. */
export async function listEndUsers(ctx: Ctx, productId: bigint, raw: EndUserListInput = {}): Promise<{ items: EndUserItem[]; nextCursor: string | null; previousCursor: string | null; total: number }> {
  const input = endUserListInput.parse(raw)
  const where = {
    productId,
    ...(input.search && { externalId: { contains: input.search, mode: 'insensitive' as const } }),
    ...(input.planId && { planId: input.planId }),
    ...(input.state && { state: input.state }),
  }
  const cursor = decodeCursor(input.cursor)
  const found = await ctx.db.endUser.findMany({
    where: cursor ? { AND: [where, { id: cursor.back ? { gt: cursor.id } : { lt: cursor.id } }] } : where,
    orderBy: { id: cursor?.back ? 'asc' : 'desc' },
    take: pageSize + 1,
    include: { plan: { select: { id: true, name: true } } },
  })
  const { rows, next, previous } = takePage(found, cursor)
  const calls = await callsOf(ctx, productId, rows.map((row) => row.id))
  return {
    items: rows.map((row) => ({
      id: Number(row.id),
      externalId: row.externalId,
      state: row.state as EndUserItem['state'],
      registered: row.registered as EndUserItem['registered'],
      plan: { id: Number(row.plan.id), name: row.plan.name },
      createdAt: row.createdAt,
      callsThisMonth: calls.get(row.id) ?? 0,
    })),
    nextCursor: next,
    previousCursor: previous,
    total: await ctx.db.endUser.count({ where }),
  }
}

export type EndUserDetails = Omit<EndUserItem, 'callsThisMonth'> & {
  productId: number
  /** Every limit that holds for this user, in the order of the product's metrics: own ones in place of the plan's. */
  limits: { metricId: number; metric: string; period: Period; value: number; planValue: number | null; own: boolean }[]
  /** For the editor: what may be limited. */
  metrics: { id: number; name: string }[]
}

/** One end user with the limits that hold. Throws `not_found`. */
export async function getEndUser(ctx: Ctx, endUserId: bigint): Promise<EndUserDetails> {
  const user = await ctx.db.endUser.findUnique({ where: { id: endUserId }, include: { plan: { select: { id: true, name: true, limits: { orderBy: { id: 'asc' } } } }, limits: { orderBy: { id: 'asc' } } } })
  if (!user) throw notFound()
  const metrics = await ctx.db.metric.findMany({ where: { productId: user.productId, retiredAt: null }, orderBy: [{ parentId: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }], select: { id: true, name: true } })
  const keyOf = ({ metricId, period }: { metricId: bigint; period: string }) => `${metricId}:${period}`
  const own = new Set(user.limits.map(keyOf))
  const ofPlan = new Map(user.plan.limits.map((limit) => [keyOf(limit), Number(limit.value)]))
  const holding = [...user.plan.limits.filter((limit) => !own.has(keyOf(limit))).map((limit) => ({ ...limit, own: false })), ...user.limits.map((limit) => ({ ...limit, own: true }))]
  return {
    id: Number(user.id),
    productId: Number(user.productId),
    externalId: user.externalId,
    state: user.state as EndUserItem['state'],
    registered: user.registered as EndUserItem['registered'],
    plan: { id: Number(user.plan.id), name: user.plan.name },
    createdAt: user.createdAt,
    metrics: metrics.map(({ id, name }) => ({ id: Number(id), name })),
    limits: metrics.flatMap(({ id, name }) =>
      holding
        .filter((limit) => limit.metricId === id)
        .map((limit) => ({ metricId: Number(id), metric: name, period: limit.period as Period, value: Number(limit.value), planValue: ofPlan.get(keyOf(limit)) ?? null, own: limit.own }))
        .toSorted((one, other) => periods.indexOf(one.period) - periods.indexOf(other.period)),
    ),
  }
}

/** How the product treats end users. Throws `not_found`. */
export async function getEndUserSettings(ctx: Ctx, productId: bigint): Promise<{ registrationRequired: boolean; header: string; countersShared: boolean }> {
  const product = await ctx.db.product.findUnique({ where: { id: productId }, select: { endUserRegistrationRequired: true, endUserHeader: true, endUserCounters: true } })
  if (!product) throw notFound()
  return { registrationRequired: product.endUserRegistrationRequired, header: product.endUserHeader, countersShared: product.endUserCounters !== 'per_application' }
}

async function callsOf(ctx: Ctx, productId: bigint, ids: bigint[]): Promise<Map<bigint, number>> {
  const hits = ids.length > 0 ? await ctx.db.metric.findFirst({ where: { productId, systemName: 'hits' }, select: { id: true } }) : null
  if (!hits) return new Map()
  const monthOn = new Date(Date.UTC(ctx.now.getUTCFullYear(), ctx.now.getUTCMonth(), 1))
  const sums = await ctx.db.endUserUsageDay.groupBy({
    by: ['endUserId'],
    where: { environment: 'production', productId, metricId: hits.id, endUserId: { in: ids }, dayOn: { gte: monthOn } },
    _sum: { value: true },
  })
  return new Map(sums.map((sum) => [sum.endUserId, Number(sum._sum.value ?? 0n)]))
}
