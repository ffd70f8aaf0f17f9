import { activateAccount } from '@/lib/accounts/activate-account'
import { invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { findPasswordProblem } from '@/lib/passwords/check-password'
import { hashPassword } from '@/lib/passwords/hash-password'
import { deadLink } from '@/lib/tenants/confirm-email'
import type { Ctx } from '@/lib/tenants/context'
import { assertMayAskForMail, assertMayTryLinks } from '@/lib/tenants/link-throttle'
import { normalEmail } from '@/lib/tenants/login-names'
import { consumeOneTimeToken, findTokenHolder } from '@/lib/tenants/one-time-tokens'
import type { PortalSettings } from '@/lib/tenants/portal-settings'
import { revokeSessionsOf } from '@/lib/tenants/sessions'
import { unlockLogins } from '@/lib/tenants/sign-in-failures'

/**
 * Asks for a link to set a new password. Known or not, the answer is the same and the work is the same (PW-3): one
 * event, and the mail it becomes tells the truth to whoever reads that mailbox. Throws `too_many_requests`.
 */
export async function requestDeveloperPasswordReset(ctx: Ctx, { email }: { email: string }): Promise<void> {
  const emailNormal = normalEmail(email)
  if (!emailNormal) return
  await assertMayAskForMail(ctx, 'reset_password', emailNormal)
  const developer = await ctx.db.developer.findFirst({ where: { emailNormal }, select: { id: true } })
  await recordEvent(ctx.db, { tenantId: ctx.tenant.id, type: 'developer.password_reset_requested', data: { developerId: developer ? Number(developer.id) : null, email: emailNormal } })
}

/** Whether a reset link is still good; looks only. */
export async function isResetGood(ctx: Ctx, token: string): Promise<boolean> {
  await assertMayTryLinks(ctx)
  return (await findTokenHolder(ctx.db, ctx.tenant.id, 'reset_password', token, ctx.now, 'portal')) !== null
}

/**
 * A new password by a link. Signs the developer out everywhere (SES-4), opens a locked login (PW-2) and, since the link
 * proved the mailbox, confirms the e-mail. Throws `invalid`.
 */
export async function resetDeveloperPassword(ctx: Ctx, { token, password, settings }: { token: string; password: string; settings: Pick<PortalSettings, 'accountApprovalRequired'> }): Promise<void> {
  const dead = () => deadLink('Ask for a new one.')
  await assertMayTryLinks(ctx)
  const holder = await findTokenHolder(ctx.db, ctx.tenant.id, 'reset_password', token, ctx.now, 'portal')
  const developer = holder === null ? null : await ctx.db.developer.findUnique({ where: { id: holder } })
  if (!developer || developer.state === 'suspended') throw dead()
  const problem = findPasswordProblem(password, { kind: 'developer', email: developer.email })
  if (problem) throw invalid({ password: [problem] })
  const passwordHash = await hashPassword(password)
  const { id, email } = developer
  const audit = { ...ctx.audit, actor: { kind: 'developer' as const, id, name: email } }
  await ctx.db.$transaction(async (tx) => {
    // Of two windows with the same link one gets here with the token.
    if ((await consumeOneTimeToken(tx, ctx.tenant.id, 'reset_password', token, ctx.now, 'portal')) !== id) throw dead()
    const { count: confirmed } = await tx.developer.updateMany({ where: { id, state: 'pending' }, data: { state: 'active', emailConfirmedAt: ctx.now } })
    await tx.developer.update({ where: { id }, data: { passwordHash } })
    if (confirmed === 1 && developer.role === 'admin') await activateAccount(tx, { ...ctx, audit }, developer.accountId, settings)
    await tx.session.updateMany({ where: { developerId: id, revokedAt: null }, data: { revokedAt: ctx.now } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'developer.password_changed', data: { developerId: Number(id), accountId: Number(developer.accountId) } })
    await recordAudit(tx, audit, { action: 'developer.password_reset', object: { kind: 'developer', id, name: email } })
  })
  // A sign-in with the old password may have slipped in between the look and the commit.
  await revokeSessionsOf(ctx.tenant.id, { developerId: id }, ctx.now)
  await unlockLogins('portal', ctx.tenant.id, [developer.emailNormal, developer.userNameNormal], id)
}
