import { startDeveloperSession, type DeveloperSignIn } from '@/lib/accounts/start-developer-session'
import type { Account, Developer } from '@/lib/db/generated/client'
import { AppError } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { isTooLong } from '@/lib/passwords/check-password'
import { hashPassword, needsRehash, verifyPassword } from '@/lib/passwords/hash-password'
import type { Ctx } from '@/lib/tenants/context'
import { normalEmail, normalUserName } from '@/lib/tenants/login-names'
import { bookSignInAttempt, forgiveSignInFailures } from '@/lib/tenants/sign-in-failures'

/**
 * Signs a developer in by e-mail or user name. `ctx` is the visitor's. Unknown, wrong, unconfirmed, suspended, and an
 * account that waits or was rejected answer alike and take equally long (PW-3): `wrong_credentials`. Besides:
 * `too_many_requests` (PW-2), `busy`.
 */
export async function authorizeDeveloper(ctx: Ctx, given: { login: string; password: string; userAgent: string }): Promise<DeveloperSignIn> {
  if (isTooLong(given.password)) throw new AppError('invalid', { fields: { password: ['A password has at most 128 characters.'] } })
  const login = given.login.slice(0, 300)
  const attempt = await bookSignInAttempt({ realm: 'portal', tenantId: ctx.tenant.id, login, address: ctx.audit.address }, ctx.now)
  const developer = await findByLogin(ctx, login)
  const matches = await verifyPassword(developer?.passwordHash ?? null, given.password)
  if (!developer || !matches || developer.state !== 'active' || developer.account.state !== 'approved') {
    // What was typed is not kept: people type passwords into the wrong field.
    await recordAudit(ctx.db, ctx.audit, { action: 'developer.sign_in_failed', object: { kind: 'developer', id: developer?.id ?? null, name: developer?.email } })
    // The answer says nothing, but a mail tells somebody who knows the password what is missing.
    if (developer && matches && isMissingSomething(developer))
      await recordEvent(ctx.db, { tenantId: ctx.tenant.id, type: 'developer.confirmation_requested', data: { developerId: Number(developer.id), accountId: Number(developer.accountId) } })
    throw new AppError('wrong_credentials')
  }
  await forgiveSignInFailures(attempt)
  if (developer.passwordHash && needsRehash(developer.passwordHash)) {
    const passwordHash = await hashPassword(given.password)
    await ctx.db.developer.updateMany({ where: { id: developer.id, passwordHash: developer.passwordHash }, data: { passwordHash } })
  }
  return startDeveloperSession(ctx, developer, given.userAgent)
}

function isMissingSomething({ state, account }: Developer & { account: Pick<Account, 'state'> }): boolean {
  return state === 'pending' || (state === 'active' && account.state === 'pending')
}

async function findByLogin(ctx: Ctx, login: string) {
  const include = { account: { select: { state: true } } } as const
  const email = normalEmail(login)
  const userName = normalUserName(login)
  if (email) return ctx.db.developer.findFirst({ where: { emailNormal: email }, include })
  return userName ? ctx.db.developer.findFirst({ where: { userNameNormal: userName }, include }) : null
}
