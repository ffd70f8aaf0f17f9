import { AppError } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { isTooLong } from '@/lib/passwords/check-password'
import { hashPassword, needsRehash, verifyPassword } from '@/lib/passwords/hash-password'
import type { Ctx } from '@/lib/tenants/context'
import { normalEmail, normalUserName } from '@/lib/tenants/login-names'
import { bookSignInAttempt, forgiveSignInFailures } from '@/lib/tenants/sign-in-failures'
import { startMemberSession, type SignIn } from '@/lib/tenants/start-session'

/**
 * Signs a member in by e-mail or user name and makes the session's row; every way in (the form, next-auth's route)
 * ends here. `ctx` is the visitor's. Unknown, wrong, unconfirmed and suspended answer alike and take equally long
 * (PW-3): `wrong_credentials`. Besides: `too_many_requests`, `busy`.
 */
export async function authorizeMember(ctx: Ctx, given: { login: string; password: string; userAgent: string }): Promise<SignIn> {
  if (isTooLong(given.password)) throw new AppError('invalid', { fields: { password: ['A password has at most 128 characters.'] } })
  const login = given.login.slice(0, 300)
  const attempt = await bookSignInAttempt({ realm: 'admin', tenantId: ctx.tenant.id, login, address: ctx.audit.address }, ctx.now)
  const member = await findByLogin(ctx, login)
  const matches = await verifyPassword(member?.passwordHash ?? null, given.password)
  if (!member || !matches || member.state !== 'active') {
    // What was typed is not kept: people type passwords into the wrong field.
    await recordAudit(ctx.db, ctx.audit, { action: 'member.sign_in_failed', object: { kind: 'member', id: member?.id ?? null, name: member?.name } })
    // The answer says nothing, but the mail tells somebody who knows the password what is missing.
    if (member && matches && member.state === 'pending')
      await recordEvent(ctx.db, { tenantId: ctx.tenant.id, type: 'member.confirmation_requested', data: { memberId: Number(member.id) } })
    throw new AppError('wrong_credentials')
  }
  await forgiveSignInFailures(attempt)
  if (member.passwordHash && needsRehash(member.passwordHash)) {
    const passwordHash = await hashPassword(given.password)
    await ctx.db.member.updateMany({ where: { id: member.id, passwordHash: member.passwordHash }, data: { passwordHash } })
  }
  return startMemberSession(ctx, member, given.userAgent)
}

async function findByLogin(ctx: Ctx, login: string) {
  const email = normalEmail(login)
  const userName = normalUserName(login)
  if (email) return ctx.db.member.findFirst({ where: { emailNormal: email } })
  return userName ? ctx.db.member.findFirst({ where: { userNameNormal: userName } }) : null
}
