import { AppError, invalid } from '@/lib/errors'
import { isTooLong } from '@/lib/passwords/check-password'
import { verifyPassword } from '@/lib/passwords/hash-password'
import type { Developer } from '@/lib/db/generated/client'
import type { Ctx } from '@/lib/tenants/context'
import { bookSignInAttempt, forgiveSignInFailures } from '@/lib/tenants/sign-in-failures'

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
