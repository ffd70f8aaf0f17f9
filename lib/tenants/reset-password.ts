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
import { revokeSessionsOf } from '@/lib/tenants/sessions'
import { unlockLogins } from '@/lib/tenants/sign-in-failures'

/**
 * Asks for a link to set a new password. Known or not, the answer is the same and the work is the same (PW-3): one
 * event, and the mail it becomes tells the truth to whoever reads that mailbox. Throws `too_many_requests`.
 */
export async function requestPasswordReset(ctx: Ctx, { email }: { email: string }): Promise<void> {
  const emailNormal = normalEmail(email)
  if (!emailNormal) return
  await assertMayAskForMail(ctx, 'reset_password', emailNormal)
  const member = await ctx.db.member.findFirst({ where: { emailNormal }, select: { id: true } })
  await recordEvent(ctx.db, { tenantId: ctx.tenant.id, type: 'member.password_reset_requested', data: { memberId: member ? Number(member.id) : null, email: emailNormal } })
}

/**
 * A new password by a link. Signs the member out everywhere (SES-4), opens a locked login (PW-2) and, since the link
 * proved the mailbox, confirms the e-mail. Throws `invalid`.
 */
export async function resetPassword(ctx: Ctx, { token, password }: { token: string; password: string }): Promise<void> {
  const dead = () => deadLink('Ask for a new one.')
  await assertMayTryLinks(ctx)
  const holder = await findTokenHolder(ctx.db, ctx.tenant.id, 'reset_password', token, ctx.now)
  const member = holder === null ? null : await ctx.db.member.findUnique({ where: { id: holder } })
  if (!member || member.state === 'suspended') throw dead()
  const problem = findPasswordProblem(password, { kind: 'member', email: member.email })
  if (problem) throw invalid({ password: [problem] })
  const passwordHash = await hashPassword(password)
  const { id, name } = member
  await ctx.db.$transaction(async (tx) => {
    // Of two windows with the same link one gets here with the token.
    if ((await consumeOneTimeToken(tx, ctx.tenant.id, 'reset_password', token, ctx.now)) !== id) throw dead()
    await tx.member.update({ where: { id }, data: { passwordHash, state: 'active', emailConfirmedAt: member.emailConfirmedAt ?? ctx.now } })
    await tx.session.updateMany({ where: { memberId: id, revokedAt: null }, data: { revokedAt: ctx.now } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'member.password_changed', data: { memberId: Number(id) } })
    await recordAudit(tx, { ...ctx.audit, actor: { kind: 'member', id, name } }, { action: 'member.password_reset', object: { kind: 'member', id, name } })
  })
  // A sign-in with the old password may have slipped in between the look and the commit.
  await revokeSessionsOf(ctx.tenant.id, { memberId: id }, ctx.now)
  await unlockLogins('admin', ctx.tenant.id, [member.emailNormal, member.userNameNormal], id)
}
