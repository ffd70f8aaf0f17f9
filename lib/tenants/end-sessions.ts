import { z } from 'zod'
import { AppError, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'
import { revokeSession, revokeSessionsOf } from '@/lib/tenants/sessions'

export const sessionRef = z.object({ sessionId: idInput })
export type SessionRef = z.input<typeof sessionRef>

/** Ends one of the member's own sessions (SES-4). Somebody else's is simply not found. */
export async function endOwnSession(ctx: Ctx, raw: SessionRef): Promise<void> {
  const { sessionId } = sessionRef.parse(raw)
  const { id, name } = memberOf(ctx)
  if (!(await revokeSession(ctx.tenant.id, sessionId, ctx.now, { memberId: id }))) throw notFound()
  await recordAudit(ctx.db, ctx.audit, { action: 'member.session_ended', object: { kind: 'member', id, name } })
}

/** Signs the member out everywhere but here (SES-4). Answers how many sessions ended. */
export async function endOtherSessions(ctx: Ctx): Promise<{ ended: number }> {
  const { id, name, sessionId } = memberOf(ctx)
  const ended = await revokeSessionsOf(ctx.tenant.id, { memberId: id }, ctx.now, sessionId)
  if (ended > 0) await recordAudit(ctx.db, ctx.audit, { action: 'member.session_ended', object: { kind: 'member', id, name }, after: { sessions: ended } })
  return { ended }
}

function memberOf({ actor }: Ctx) {
  if (actor.kind !== 'member') throw new AppError('unauthenticated')
  return actor
}
