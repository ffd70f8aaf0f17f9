import { AppError } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'
import { assertMayAskForMail, assertMayTryLinks } from '@/lib/tenants/link-throttle'
import { normalEmail } from '@/lib/tenants/login-names'
import { consumeOneTimeToken } from '@/lib/tenants/one-time-tokens'

/** What a link says that is used, late, void or made up; which of them, is nobody's business. */
export function deadLink(what: string): AppError {
  return new AppError('invalid', { publicMessage: `This link is no longer good. ${what}` })
}

/** Asks for the confirmation mail once more. Same answer and same work for every address (PW-3). */
export async function requestConfirmation(ctx: Ctx, { email }: { email: string }): Promise<void> {
  const emailNormal = normalEmail(email)
  if (!emailNormal) return
  await assertMayAskForMail(ctx, 'confirm_email', emailNormal)
  const member = await ctx.db.member.findFirst({ where: { emailNormal }, select: { id: true } })
  await recordEvent(ctx.db, { tenantId: ctx.tenant.id, type: 'member.confirmation_requested', data: { memberId: member ? Number(member.id) : null } })
}

/** The member of a confirmation link becomes active. Throws `invalid` for a link that is used or older than an hour. */
export async function confirmEmail(ctx: Ctx, { token }: { token: string }): Promise<{ id: bigint; name: string; email: string }> {
  await assertMayTryLinks(ctx)
  return ctx.db.$transaction(async (tx) => {
    const memberId = await consumeOneTimeToken(tx, ctx.tenant.id, 'confirm_email', token, ctx.now)
    const member = memberId === null ? null : await tx.member.findUnique({ where: { id: memberId } })
    if (!member || member.state === 'suspended') throw deadLink('Sign in to have a new one sent.')
    const { id, name, email } = member
    await tx.member.update({ where: { id }, data: { state: 'active', emailConfirmedAt: ctx.now } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'member.confirmed', data: { memberId: Number(id) } })
    await recordAudit(tx, { ...ctx.audit, actor: { kind: 'member', id, name } }, { action: 'member.confirmed', object: { kind: 'member', id, name } })
    return { id, name, email }
  })
}
