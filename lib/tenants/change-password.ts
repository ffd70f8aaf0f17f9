import { AppError, invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { findPasswordProblem, isTooLong } from '@/lib/passwords/check-password'
import { hashPassword, verifyPassword } from '@/lib/passwords/hash-password'
import type { Ctx } from '@/lib/tenants/context'
import { revokeSessionsOf, rotateSession } from '@/lib/tenants/sessions'
import { bookSignInAttempt, forgiveSignInFailures } from '@/lib/tenants/sign-in-failures'

/**
 * The signed-in member's own new password. Every other session of theirs ends and this one gets a new id (SES-3,
 * SES-4): answers the `sid` for the cookie. Throws `invalid` by field, `too_many_requests`.
 */
export async function changePassword(ctx: Ctx, given: { current: string; next: string }): Promise<{ sid: string }> {
  const member = await assertOwnPassword(ctx, given.current, 'current')
  const problem = findPasswordProblem(given.next, { kind: 'member', email: member.email })
  if (problem) throw invalid({ next: [problem] })
  const passwordHash = await hashPassword(given.next)
  const { id, name, sessionId } = member
  await ctx.db.$transaction(async (tx) => {
    await tx.member.update({ where: { id }, data: { passwordHash } })
    await tx.oneTimeToken.updateMany({ where: { memberId: id, purpose: 'reset_password', usedAt: null }, data: { usedAt: ctx.now } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'member.password_changed', data: { memberId: Number(id) } })
    await recordAudit(tx, ctx.audit, { action: 'member.password_changed', object: { kind: 'member', id, name } })
  })
  await revokeSessionsOf(ctx.tenant.id, { memberId: id }, ctx.now, sessionId)
  return newSid(ctx, sessionId, false)
}

/**
 * PW-6: the password again, before something sensitive. Good for ten minutes; the session gets a new id (SES-3),
 * answered as `sid` for the cookie. Throws `invalid` on `password`, `too_many_requests`.
 */
export async function confirmPassword(ctx: Ctx, { password }: { password: string }): Promise<{ sid: string }> {
  const { sessionId } = await assertOwnPassword(ctx, password, 'password')
  return newSid(ctx, sessionId, true)
}

async function assertOwnPassword(ctx: Ctx, password: string, field: string) {
  const { actor } = ctx
  if (actor.kind !== 'member') throw new AppError('unauthenticated')
  if (isTooLong(password)) throw invalid({ [field]: ['A password has at most 128 characters.'] })
  // A borrowed, unlocked screen must not be a place to guess the password (PW-2).
  const attempt = await bookSignInAttempt({ realm: 'admin', tenantId: ctx.tenant.id, personId: actor.id, address: ctx.audit.address }, ctx.now)
  const member = await ctx.db.member.findUnique({ where: { id: actor.id } })
  if (!(await verifyPassword(member?.passwordHash ?? null, password)) || !member) throw invalid({ [field]: ['This is not your password.'] })
  await forgiveSignInFailures(attempt)
  return { ...member, sessionId: actor.sessionId }
}

async function newSid(ctx: Ctx, sessionId: bigint, stepUp: boolean): Promise<{ sid: string }> {
  const sid = await rotateSession(ctx.tenant.id, sessionId, ctx.now, { stepUp })
  if (!sid) throw new AppError('unauthenticated') // signed out in another window meanwhile
  return { sid }
}
