import { z } from 'zod'
import { callsKept, type CallDetail } from '@/lib/calls/call-record'
import { getCall, type CallDto } from '@/lib/calls/queries'
import { randomToken, tokenHash } from '@/lib/crypto'
import type { Prisma } from '@/lib/db/generated/client'
import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

/** A call as a stranger with the link sees it: neither who called from where, nor where the call went. */
export type SharedCall = Pick<CallDto, 'requestId' | 'method' | 'target' | 'status' | 'refusal' | 'durationMs' | 'environment'> & {
  at: string
  productName: string
  detail: Omit<CallDetail, 'address' | 'upstream' | 'bearer'>
}

export const callShareInput = z.object({ productId: idInput, callId: idInput })
export const callShareRef = z.object({ shareId: idInput })

/**
 * A link to a copy of this call for whoever holds it, for seven days: the token is told once and kept as a hash. The copy
 * outlives the call, so that support may look after the newest thousand have moved on. Throws `not_found`.
 */
export async function shareCall(ctx: Ctx, raw: z.input<typeof callShareInput>): Promise<{ token: string; expiresAt: Date }> {
  const { productId, callId } = callShareInput.parse(raw)
  const call = await getCall(ctx, productId, callId)
  const product = await ctx.db.product.findUnique({ where: { id: productId }, select: { name: true } })
  if (!product) throw notFound()
  const token = randomToken()
  const expiresAt = new Date(ctx.now.getTime() + callsKept.shareDays * 86_400_000)
  await ctx.db.$transaction(async (tx) => {
    await tx.callShare.create({
      data: { tenantId: ctx.tenant.id, hash: tokenHash(token), requestId: call.requestId, content: contentOf(call, product.name) as unknown as Prisma.InputJsonObject, createdBy: ctx.audit.actor.name, createdAt: ctx.now, expiresAt },
    })
    await recordAudit(tx, ctx.audit, { action: 'call.shared', object: { kind: 'call', id: callId, name: call.requestId } })
  })
  return { token, expiresAt }
}

/** The link dies at once. Throws `not_found`. */
export async function revokeCallShare(ctx: Ctx, raw: z.input<typeof callShareRef>): Promise<void> {
  const { shareId } = callShareRef.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const share = await tx.callShare.findUnique({ where: { id: shareId }, select: { requestId: true } })
    if (!share) throw notFound()
    await tx.callShare.delete({ where: { id: shareId } })
    await recordAudit(tx, ctx.audit, { action: 'call.share_revoked', object: { kind: 'call', id: shareId, name: share.requestId } })
  })
}

export type CallShareItem = { id: number; createdBy: string; createdAt: Date; expiresAt: Date }

/** Links to a call that still work, the newest first. */
export async function listCallShares(ctx: Ctx, requestId: string): Promise<CallShareItem[]> {
  const rows = await ctx.db.callShare.findMany({ where: { requestId, expiresAt: { gt: ctx.now } }, orderBy: { id: 'desc' }, take: 20, select: { id: true, createdBy: true, createdAt: true, expiresAt: true } })
  return rows.map((row) => ({ ...row, id: Number(row.id) }))
}

/** What a link shows; null for a token that was never given out, is revoked, or has had its time. */
export async function findSharedCall(ctx: Pick<Ctx, 'db' | 'now'>, token: string): Promise<{ call: SharedCall; expiresAt: Date } | null> {
  if (!/^[\w-]{43}$/.test(token)) return null
  const row = await ctx.db.callShare.findFirst({ where: { hash: tokenHash(token), expiresAt: { gt: ctx.now } }, select: { content: true, expiresAt: true } })
  return row && { call: row.content as unknown as SharedCall, expiresAt: row.expiresAt }
}

/** An allow-list: what the record learns to hold is not shown by itself. */
function contentOf({ requestId, at, method, target, status, refusal, durationMs, environment, detail }: CallDto, productName: string): SharedCall {
  const { scheme, host, head, answerHead, step, rules, usage, limits, upstreamMs } = detail
  return { requestId, at: at.toISOString(), method, target, status, refusal, durationMs, environment, productName, detail: { scheme, host, head, answerHead, step, rules, usage, limits, upstreamMs } }
}
