import { recordAudit } from '@/lib/events/record-audit'
import { AppError } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'
import { revokeSession } from '@/lib/tenants/sessions'

/** Ends the session of this request: its cookie is worth nothing from now on, wherever it was copied (SES-3). */
export async function signOut(ctx: Ctx): Promise<void> {
  const { actor } = ctx
  if (actor.kind !== 'member') throw new AppError('unauthenticated')
  await revokeSession(ctx.tenant.id, actor.sessionId, ctx.now)
  await recordAudit(ctx.db, ctx.audit, { action: 'member.signed_out', object: { kind: 'member', id: actor.id, name: actor.name } })
}
