import { recordAudit } from '@/lib/events/record-audit'
import type { Ctx } from '@/lib/tenants/context'
import { createSession } from '@/lib/tenants/sessions'

export type SignIn = { sid: string; sessionId: bigint; member: { id: bigint; name: string; email: string } }

/** The session of a member who has just proved who they are, and the audit entry of it. `sid` goes into the cookie. */
export async function startMemberSession(ctx: Ctx, member: { id: bigint; name: string; email: string }, userAgent: string): Promise<SignIn> {
  const { id, name, email } = member
  const { id: sessionId, sid } = await createSession({ realm: 'admin', tenantId: ctx.tenant.id }, { memberId: id }, { address: ctx.audit.address, userAgent }, ctx.now)
  await recordAudit(ctx.db, { ...ctx.audit, actor: { kind: 'member', id, name } }, { action: 'member.signed_in', object: { kind: 'member', id, name } })
  return { sid, sessionId, member: { id, name, email } }
}
