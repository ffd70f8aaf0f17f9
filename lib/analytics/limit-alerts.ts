import { z } from 'zod'
import { ownAccountOnly } from '@/lib/accounts/own-account'
import type { Prisma } from '@/lib/db/generated/client'
import { periods, windowOf, type Period } from '@/lib/metering/periods'
import type { Ctx } from '@/lib/tenants/context'
import { decodeCursor, pageSize, takePage } from '@/lib/tenants/cursor'
import { idInput } from '@/lib/tenants/id-input'
import { alertLevels } from '@/lib/tenants/portal-settings'

export type LimitAlertDto = {
  id: number
  /** Per cent of the limit that was reached; 100 and more: calls were refused. */
  level: number
  /** What the counter showed when it was seen, and the limit of that moment. */
  value: number
  limit: number
  percent: number
  period: Period
  /** Start of the window; of a minute limit, of its hour. `windowEndsAt` null for eternity. */
  windowAt: Date
  windowEndsAt: Date | null
  /** Name null: deleted since. */
  metric: { id: number; name: string | null; verb: string | null }
  application: { id: number; name: string }
  account: { id: number; name: string }
  product: { id: number; name: string }
  /** By the partner. */
  readAt: Date | null
  createdAt: Date
}

const included = { application: { select: { name: true, product: { select: { id: true, name: true } }, account: { select: { id: true, orgName: true } } } } } satisfies Prisma.LimitAlertInclude

/** Query parameters of the tenant's list. Words that are not on the lists are ignored (ISO-9). */
const alertListInput = z.object({
  search: z.string().trim().max(255).catch('').default(''),
  level: z.coerce.number().refine((level) => (alertLevels as readonly number[]).includes(level)).optional().catch(undefined),
  period: z.enum(periods).optional().catch(undefined),
  productId: idInput.optional().catch(undefined),
  cursor: z.string().max(1000).optional().catch(undefined),
})
export type AlertListInput = z.input<typeof alertListInput>

/** Every alert of the tenant, the latest first, 25 a page; `search` finds a part of the application's or the account's name. What a partner deleted is still here. */
export async function listLimitAlerts(ctx: Ctx, raw: AlertListInput = {}): Promise<{ items: LimitAlertDto[]; nextCursor: string | null; previousCursor: string | null; total: number }> {
  const { search, level, period, productId, cursor } = alertListInput.parse(raw)
  const part = { contains: search, mode: 'insensitive' as const }
  const where: Prisma.LimitAlertWhereInput = { level, period, productId, ...ownAccountOnly(ctx), ...(search && { application: { OR: [{ name: part }, { account: { orgName: part } }] } }) }
  const at = decodeCursor(cursor)
  const found = await ctx.db.limitAlert.findMany({
    where: at ? { AND: [where, { id: at.back ? { gt: at.id } : { lt: at.id } }] } : where,
    orderBy: { id: at?.back ? 'asc' : 'desc' },
    take: pageSize + 1,
    include: included,
  })
  const { rows, next, previous } = takePage(found, at)
  return { items: await toDtos(ctx, rows), nextCursor: next, previousCursor: previous, total: await ctx.db.limitAlert.count({ where }) }
}

type Row = Prisma.LimitAlertGetPayload<{ include: typeof included }>

async function toDtos(ctx: Ctx, rows: Row[]): Promise<LimitAlertDto[]> {
  const metrics = await ctx.db.metric.findMany({ where: { id: { in: [...new Set(rows.map(({ metricId }) => metricId))] } }, select: { id: true, name: true, verb: true } })
  return rows.map((row) => {
    const { application, level, readAt, createdAt, windowAt } = row
    const [value, limit, period] = [Number(row.value), Number(row.limitValue), row.period as Period]
    const metric = metrics.find(({ id }) => id === row.metricId)
    const end = windowOf(period === 'minute' ? 'hour' : period, windowAt.getTime()).end
    return {
      id: Number(row.id),
      level,
      value,
      limit,
      percent: Math.floor((value / Math.max(1, limit)) * 100),
      period,
      windowAt,
      windowEndsAt: end === null ? null : new Date(end),
      metric: { id: Number(row.metricId), name: metric?.name ?? null, verb: metric?.verb ?? null },
      application: { id: Number(row.applicationId), name: application.name },
      account: { id: Number(row.accountId), name: application.account?.orgName ?? '' },
      product: { id: Number(application.product.id), name: application.product.name },
      readAt,
      createdAt,
    }
  })
}

/** `80 % of 100 Hits a day`; for ever is "in all". */
export function describeAlert({ percent, limit, metric, period }: Pick<LimitAlertDto, 'percent' | 'limit' | 'metric' | 'period'>): string {
  return `${percent} % of ${limit.toLocaleString('en')} ${metric.name ?? 'calls of a deleted method'} ${period === 'eternity' ? 'in all' : period === 'hour' ? 'an hour' : `a ${period}`}`
}
