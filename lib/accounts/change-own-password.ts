import { AppError, invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { findPasswordProblem, isTooLong } from '@/lib/passwords/check-password'
import { hashPassword, verifyPassword } from '@/lib/passwords/hash-password'
import type { Developer } from '@/lib/db/generated/client'
import type { Ctx } from '@/lib/tenants/context'
import { revokeSessionsOf, rotateSession } from '@/lib/tenants/sessions'
import { bookSignInAttempt, forgiveSignInFailures } from '@/lib/tenants/sign-in-failures'

/**
 * The signed-in developer's own new password. Every other session of theirs ends and this one gets a new id (SES-3,
 * SES-4): answers the `sid` for the cookie. Throws `invalid` on `current_password` and `password`, `too_many_requests`.
 */
export async function changeOwnPassword(ctx: Ctx, given: { current: string; next: string }): Promise<{ sid: string }> {
  const { developer, sessionId } = await checkOwnPassword(ctx, given.current)
  const problem = findPasswordProblem(given.next, { kind: 'developer', email: developer.email })
  if (problem) throw invalid({ password: [problem] })
  const passwordHash = await hashPassword(given.next)
  const { id, email, accountId } = developer
  await ctx.db.$transaction(async (tx) => {
    await tx.developer.update({ where: { id }, data: { passwordHash } })
    await tx.oneTimeToken.updateMany({ where: { developerId: id, purpose: 'reset_password', usedAt: null }, data: { usedAt: ctx.now } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'developer.password_changed', data: { developerId: Number(id), accountId: Number(accountId) } })
    await recordAudit(tx, ctx.audit, { action: 'developer.password_changed', object: { kind: 'developer', id, name: email } })
  })
  await revokeSessionsOf(ctx.tenant.id, { developerId: id }, ctx.now, sessionId)
  return newSid(ctx, sessionId, false)
}

/**
 * PW-6: the password again, before something sensitive. The session gets a new id (SES-3), answered as `sid` for the
 * cookie. Throws `invalid` on `current_password`, `too_many_requests`.
 */
export async function confirmOwnPassword(ctx: Ctx, password: string): Promise<{ sid: string }> {
  const { sessionId } = await checkOwnPassword(ctx, password)
  return newSid(ctx, sessionId, true)
}

/** PW-2 PW-6: the present password, asked again. Throws `invalid` on `current_password`, `too_many_requests`. */
export async function checkOwnPassword(ctx: Ctx, password: string): Promise<{ developer: Developer; sessionId: bigint }> {
  const { actor } = ctx
  if (actor.kind !== 'developer') throw new AppError('unauthenticated')
  if (isTooLong(password)) throw invalid({ current_password: ['A password has at most 128 characters.'] })
  // A borrowed, unlocked screen must not be a place to guess the password (PW-2).
  const attempt = await bookSignInAttempt({ realm: 'portal', tenantId: ctx.tenant.id, personId: actor.id, address: ctx.audit.address }, ctx.now)
  const developer = await ctx.db.developer.findUnique({ where: { id: actor.id } })
  if (!(await verifyPassword(developer?.passwordHash ?? null, password)) || !developer) throw invalid({ current_password: ['This is not your password.'] })
  await forgiveSignInFailures(attempt)
  return { developer, sessionId: actor.sessionId }
}

async function newSid(ctx: Ctx, sessionId: bigint, stepUp: boolean): Promise<{ sid: string }> {
  const sid = await rotateSession(ctx.tenant.id, sessionId, ctx.now, { stepUp })
  if (!sid) throw new AppError('unauthenticated') // signed out in another window meanwhile
  return { sid }
}
