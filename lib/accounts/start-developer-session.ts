import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'
import { createSession } from '@/lib/tenants/sessions'

export type DeveloperSignIn = { sid: string; sessionId: bigint; developer: { id: bigint; accountId: bigint; email: string } }

/** The session of a developer who has just proved who they are, and the audit entry of it. `sid` goes into the cookie. */
export async function startDeveloperSession(ctx: Ctx, developer: { id: bigint; accountId: bigint; email: string }, userAgent: string): Promise<DeveloperSignIn> {
  const { id, accountId, email } = developer
  const { id: sessionId, sid } = await createSession({ realm: 'portal', tenantId: ctx.tenant.id }, { developerId: id }, { address: ctx.audit.address, userAgent }, ctx.now)
  await recordEvent(ctx.db, { tenantId: ctx.tenant.id, type: 'developer.signed_in', data: { developerId: Number(id), accountId: Number(accountId) } })
  await recordAudit(ctx.db, { ...ctx.audit, actor: { kind: 'developer', id, name: email } }, { action: 'developer.signed_in', object: { kind: 'developer', id, name: email } })
  return { sid, sessionId, developer: { id, accountId, email } }
}
