import { z } from 'zod'
import { getApplication } from '@/lib/applications/queries'
import type { CallDetail } from '@/lib/calls/call-record'
import type { CallRecord as Row, Prisma } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { decodeCursor, pageSize, takePage } from '@/lib/tenants/cursor'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

export type CallItem = {
  id: number
  requestId: string
  at: Date
  method: string
  target: string
  status: number
  refusal: string | null
  durationMs: number
  environment: string
  productId: number
  /** Null: nobody was recognised, or the application is gone. */
  application: { id: number; name: string } | null
}

export type CallDto = CallItem & { detail: CallDetail }

/** Filters as they stand in an address: what cannot be read filters nothing. */
export const callFilters = z.object({
  application: z.union([z.literal('strangers'), idInput]).optional().catch(undefined),
  environment: z.enum(['staging', 'production']).optional().catch(undefined),
  status: z.enum(['2xx', '3xx', '4xx', '5xx']).optional().catch(undefined),
  /** A refusal code; `any`: whatever was refused. */
  refusal: z.string().regex(/^[a-z0-9_]{2,60}$/).optional().catch(undefined),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']).optional().catch(undefined),
  /** A part of path and query, or a whole request id. */
  q: z.string().trim().max(200).optional().catch(undefined),
  cursor: z.string().max(500).optional().catch(undefined),
})
export type CallFilters = z.input<typeof callFilters>

type Place = { productId: bigint } | { applicationId: bigint }

/** Recent calls, the newest first, 25 a page. `place` is looked up by the caller: a product or an application of one's own. */
export async function listCalls(ctx: Ctx, place: Place, raw: CallFilters = {}): Promise<{ items: CallItem[]; nextCursor: string | null; previousCursor: string | null; total: number; newestId: number }> {
  const { cursor, ...filters } = callFilters.parse(raw)
  const where = whereOf(place, filters)
  const at = decodeCursor(cursor)
  const found = await ctx.db.callRecord.findMany({
    where: at ? { AND: [where, { id: at.back ? { gt: at.id } : { lt: at.id } }] } : where,
    orderBy: { id: at?.back ? 'asc' : 'desc' },
    take: pageSize + 1,
    omit: { detail: true },
  })
  const { rows, next, previous } = takePage(found, at)
  const [total, newest, names] = await Promise.all([ctx.db.callRecord.count({ where }), ctx.db.callRecord.findFirst({ where, orderBy: { id: 'desc' }, select: { id: true } }), namesOf(ctx, rows)])
  return { items: rows.map((row) => toItem(row, names)), nextCursor: next, previousCursor: previous, total, newestId: Number(newest?.id ?? 0) }
}

/** How many calls came in after this one, a hundred at the most: for "12 new calls". */
export async function countNewCalls(ctx: Ctx, place: Place, afterId: bigint, raw: CallFilters = {}): Promise<number> {
  const found = await ctx.db.callRecord.findMany({ where: { AND: [whereOf(place, callFilters.parse(raw)), { id: { gt: afterId } }] }, select: { id: true }, take: 100 })
  return found.length
}

/** One call of a product. Throws `not_found`. */
export async function getCall(ctx: Ctx, productId: bigint, callId: bigint): Promise<CallDto> {
  return toDto(ctx, await ctx.db.callRecord.findFirst({ where: { id: callId, productId } }))
}

/** One call of an application; whose it is has been looked up. Throws `not_found`. */
export async function getCallOf(ctx: Ctx, applicationId: bigint, callId: bigint): Promise<CallDto> {
  return toDto(ctx, await ctx.db.callRecord.findFirst({ where: { id: callId, applicationId } }))
}

/** The call of a request id, of one product or of the tenant; null where none is kept. */
export async function findCallByRequestId(ctx: Ctx, requestId: string, productId?: bigint): Promise<CallDto | null> {
  if (!isRequestId(requestId)) return null
  const row = await ctx.db.callRecord.findFirst({ where: { requestId, ...(productId !== undefined && { productId }) }, orderBy: { id: 'desc' } })
  return row && toDto(ctx, row)
}

/** A developer's own: the call of a request id among the applications of the account. Null for others' and unknown ones alike. */
export async function findOwnCall(ctx: Ctx, requestId: string): Promise<{ id: number; applicationId: number } | null> {
  if (!isRequestId(requestId)) return null
  const row = await ctx.db.callRecord.findFirst({ where: { requestId, applicationId: { gt: 0 } }, orderBy: { id: 'desc' }, select: { id: true, applicationId: true } })
  if (!row) return null
  try {
    await getApplication(ctx, row.applicationId)
  } catch {
    return null // of another account
  }
  return { id: Number(row.id), applicationId: Number(row.applicationId) }
}

/** Whether a text can be the id of a request at all: asked before it reaches a query. */
export const isRequestId = (text: string) => /^[0-9A-Za-z_-]{10,64}$/.test(text)

function whereOf(place: Place, { application, environment, status, refusal, method, q }: z.output<typeof callFilters>): Prisma.CallRecordWhereInput {
  const from = status === undefined ? undefined : Number(status[0]) * 100
  return {
    ...place,
    ...(application !== undefined && !('applicationId' in place) && { applicationId: application === 'strangers' ? 0n : application }),
    ...(environment && { environment }),
    ...(from !== undefined && { status: { gte: from, lt: from + 100 } }),
    ...(refusal && { refusal: refusal === 'any' ? { not: null } : refusal }),
    ...(method && { method }),
    ...(q && { OR: [{ target: { contains: q, mode: 'insensitive' } }, ...(isRequestId(q) ? [{ requestId: q }] : [])] }),
  }
}

async function namesOf(ctx: Ctx, rows: { applicationId: bigint }[]): Promise<Map<bigint, string>> {
  const ids = [...new Set(rows.map((row) => row.applicationId))].filter((id) => id > 0n)
  if (ids.length === 0) return new Map()
  const found = await ctx.db.application.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } })
  return new Map(found.map(({ id, name }) => [id, name]))
}

async function toDto(ctx: Ctx, row: Row | null): Promise<CallDto> {
  if (!row) throw notFound()
  return { ...toItem(row, await namesOf(ctx, [row])), detail: row.detail as unknown as CallDetail }
}

function toItem(row: Omit<Row, 'detail'>, names: ReadonlyMap<bigint, string>): CallItem {
  const { id, requestId, at, method, target, status, refusal, durationMs, environment, productId, applicationId } = row
  const name = names.get(applicationId)
  return { id: Number(id), requestId, at, method, target, status, refusal, durationMs, environment, productId: Number(productId), application: name === undefined ? null : { id: Number(applicationId), name } }
}
