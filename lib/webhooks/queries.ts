import { notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'
import { decodeCursor, pageSize, takePage } from '@/lib/tenants/cursor'
import { deliveryListInput, type DeliveryListInput, type DeliveryState } from '@/lib/webhooks/schema'

export type EndpointDto = {
  id: number
  url: string
  active: boolean
  events: string[]
  failingSince: Date | null
  disabledBecause: 'gone' | 'failing' | null
  /** Until then the former secret signs as well. */
  overlapUntil: Date | null
  createdAt: Date
  last: { state: DeliveryState; at: Date; status: number | null } | null
}

const columns = { id: true, url: true, active: true, events: true, failingSince: true, disabledBecause: true, previousSecretUntil: true, createdAt: true } as const

/** All endpoints of the tenant, the oldest first; at most ten. */
export async function listEndpoints(ctx: Ctx): Promise<EndpointDto[]> {
  const rows = await ctx.db.webhookEndpoint.findMany({ orderBy: { id: 'asc' }, select: { ...columns, deliveries: { orderBy: { id: 'desc' }, take: 1, select: { state: true, createdAt: true, lastStatus: true } } } })
  return rows.map((row) => toEndpoint(ctx, row, row.deliveries[0] ?? null))
}

/** Throws `not_found`. */
export async function getEndpoint(ctx: Ctx, endpointId: bigint): Promise<EndpointDto> {
  const row = await ctx.db.webhookEndpoint.findUnique({ where: { id: endpointId }, select: columns })
  if (!row) throw notFound()
  return toEndpoint(ctx, row, null)
}

type EndpointRow = { id: bigint; url: string; active: boolean; events: string[]; failingSince: Date | null; disabledBecause: string | null; previousSecretUntil: Date | null; createdAt: Date }

function toEndpoint(ctx: Ctx, row: EndpointRow, last: { state: string; createdAt: Date; lastStatus: number | null } | null): EndpointDto {
  const { url, active, events, failingSince, createdAt } = row
  return {
    id: Number(row.id),
    url,
    active,
    events,
    failingSince,
    disabledBecause: row.disabledBecause as EndpointDto['disabledBecause'],
    overlapUntil: row.previousSecretUntil && row.previousSecretUntil > ctx.now ? row.previousSecretUntil : null,
    createdAt,
    last: last && { state: last.state as DeliveryState, at: last.createdAt, status: last.lastStatus },
  }
}

export type DeliveryItem = { id: number; type: string; messageId: string; state: DeliveryState; attempts: number; lastStatus: number | null; lastError: string | null; createdAt: Date; deliveredAt: Date | null; nextTryAt: Date | null }

/** What went to an endpoint, the latest first, 25 a page. */
export async function listDeliveries(ctx: Ctx, raw: DeliveryListInput): Promise<{ items: DeliveryItem[]; nextCursor: string | null; previousCursor: string | null; total: number }> {
  const { endpointId, state, type, cursor } = deliveryListInput.parse(raw)
  const at = decodeCursor(cursor)
  const back = at?.back ?? false
  const where = { endpointId, state, type }
  const found = await ctx.db.webhookDelivery.findMany({
    where: at ? { AND: [where, { id: back ? { gt: at.id } : { lt: at.id } }] } : where,
    orderBy: { id: back ? 'asc' : 'desc' },
    take: pageSize + 1,
    omit: { body: true },
  })
  const { rows, next, previous } = takePage(found, at)
  return {
    items: rows.map(({ id, type, messageId, state, attempts, lastStatus, lastError, createdAt, deliveredAt, nextTryAt }) => ({
      id: Number(id),
      type,
      messageId,
      state: state as DeliveryState,
      attempts,
      lastStatus,
      lastError,
      createdAt,
      deliveredAt,
      nextTryAt: state === 'pending' ? nextTryAt : null,
    })),
    nextCursor: next,
    previousCursor: previous,
    total: await ctx.db.webhookDelivery.count({ where }),
  }
}

export type DeliveryDetails = { body: string; tries: { number: number; status: number | null; error: string | null; durationMs: number; requestHeaders: Record<string, string>; answer: string; at: Date }[] }

/** Request and answer of every try. Throws `not_found`. */
export async function getDelivery(ctx: Ctx, deliveryId: bigint): Promise<DeliveryDetails> {
  const row = await ctx.db.webhookDelivery.findUnique({ where: { id: deliveryId }, include: { tries: { orderBy: { number: 'desc' }, take: 30 } } })
  if (!row) throw notFound()
  return {
    body: row.body,
    tries: row.tries.map(({ number, status, error, durationMs, requestHeaders, answer, createdAt }) => ({ number, status, error, durationMs, requestHeaders: requestHeaders as Record<string, string>, answer, at: createdAt })),
  }
}
