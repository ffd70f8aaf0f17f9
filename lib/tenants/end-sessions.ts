import { z } from 'zod'
import { AppError, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'
import { revokeSession, revokeSessionsOf } from '@/lib/tenants/sessions'

export const sessionRef = z.object({ sessionId: idInput })
export type SessionRef = z.input<typeof sessionRef>

/** Ends one of the person's own sessions (SES-4). Somebody else's is simply not found. */
export async function endOwnSession(ctx: Ctx, raw: SessionRef): Promise<void> {
  const { sessionId } = sessionRef.parse(raw)
  const { kind, id, name, holder } = personOf(ctx)
  if (!(await revokeSession(ctx.tenant.id, sessionId, ctx.now, holder))) throw notFound()
  await recordAudit(ctx.db, ctx.audit, { action: `${kind}.session_ended`, object: { kind, id, name } })
}

/** Signs the person out everywhere but here (SES-4). Answers how many sessions ended. */
export async function endOtherSessions(ctx: Ctx): Promise<{ ended: number }> {
  const { kind, id, name, sessionId, holder } = personOf(ctx)
  const ended = await revokeSessionsOf(ctx.tenant.id, holder, ctx.now, sessionId)
  if (ended > 0) await recordAudit(ctx.db, ctx.audit, { action: `${kind}.session_ended`, object: { kind, id, name }, after: { sessions: ended } })
  return { ended }
}

function personOf({ actor }: Ctx) {
  if (actor.kind === 'member') return { ...actor, holder: { memberId: actor.id } }
  if (actor.kind === 'developer') return { ...actor, holder: { developerId: actor.id } }
  throw new AppError('unauthenticated')
}
