import { endUserListInput, type EndUserListInput } from '@/lib/plans/schema'
import { decodeCursor, encodeCursor } from '@/lib/tenants/cursor'
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

const PAGE = 25

/** The end users of a product, the latest first, 25 a page; `search` is a part of the id. */
export async function listEndUsers(ctx: Ctx, productId: bigint, raw: EndUserListInput = {}): Promise<{ items: EndUserItem[]; nextCursor: string | null; total: number }> {
  const input = endUserListInput.parse(raw)
  const where = {
    productId,
    ...(input.search && { externalId: { contains: input.search, mode: 'insensitive' as const } }),
    ...(input.planId && { planId: input.planId }),
    ...(input.state && { state: input.state }),
  }
  const after = decodeCursor(input.cursor)
  const rows = await ctx.db.endUser.findMany({
    where: after ? { AND: [where, { id: { lt: after.id } }] } : where,
    orderBy: { id: 'desc' },
    take: PAGE + 1,
    include: { plan: { select: { id: true, name: true } } },
  })
  const page = rows.slice(0, PAGE)
  const calls = await callsOf(ctx, productId, page.map((row) => row.id))
  return {
    items: page.map((row) => ({
      id: Number(row.id),
      externalId: row.externalId,
      state: row.state as EndUserItem['state'],
      registered: row.registered as EndUserItem['registered'],
      plan: { id: Number(row.plan.id), name: row.plan.name },
      createdAt: row.createdAt,
      callsThisMonth: calls.get(row.id) ?? 0,
    })),
    nextCursor: rows.length > PAGE ? encodeCursor({ id: page.at(-1)!.id, value: '' }) : null,
    total: await ctx.db.endUser.count({ where }),
  }
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
