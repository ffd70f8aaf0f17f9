import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { findPasswordProblem } from '@/lib/passwords/check-password'
import { hashPassword } from '@/lib/passwords/hash-password'
import { deadLink } from '@/lib/tenants/confirm-email'
import type { Ctx } from '@/lib/tenants/context'
import { assertMayTryLinks } from '@/lib/tenants/link-throttle'
import { normalEmail } from '@/lib/tenants/login-names'
import { assertMayGrant } from '@/lib/tenants/member-rules'
import { acceptInvitationInput, invitationInput, memberRef, type AcceptInvitationInput, type InvitationInput, type MemberRef } from '@/lib/tenants/members-schema'
import { consumeOneTimeToken, findTokenHolder } from '@/lib/tenants/one-time-tokens'

/** A colleague by e-mail: pending until the link of the mail is used, which is good for seven days. Throws `invalid`, `forbidden`. */
export async function inviteMember(ctx: Ctx, raw: InvitationInput): Promise<{ id: bigint }> {
  const { email, name, role, permissions } = invitationInput.parse(raw)
  assertMayGrant(ctx, role, permissions)
  try {
    return await ctx.db.$transaction(async (tx) => {
      const member = await tx.member.create({
        data: { tenantId: ctx.tenant.id, email, emailNormal: normalEmail(email)!, name, role, permissions: role === 'admin' ? [] : permissions },
      })
      await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'member.invited', data: { memberId: Number(member.id) } })
      await recordAudit(tx, ctx.audit, { action: 'member.invited', object: { kind: 'member', id: member.id, name }, after: { email, role, permissions } })
      return { id: member.id }
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw invalid({ email: ['Somebody with this address is a member already, or invited.'] })
    throw error
  }
}

/** The mail once more, with a new link; the old one is void. Throws `not_found`, `conflict` for somebody who has accepted. */
export async function resendInvitation(ctx: Ctx, raw: MemberRef): Promise<void> {
  const { memberId } = memberRef.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const member = await tx.member.findUnique({ where: { id: memberId } })
    if (!member) throw notFound()
    if (member.state !== 'pending' || member.passwordHash !== null) throw new AppError('conflict', { publicMessage: 'This member has already accepted.' })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'member.invited', data: { memberId: Number(member.id) } })
    await recordAudit(tx, ctx.audit, { action: 'member.invited', object: { kind: 'member', id: member.id, name: member.name } })
  })
}

/** Who a link invites, for the page that greets them; null for a dead link. Changes nothing. */
export async function findInvitation(ctx: Ctx, token: string): Promise<{ name: string; email: string } | null> {
  const memberId = await findTokenHolder(ctx.db, ctx.tenant.id, 'invitation', token, ctx.now)
  return memberId === null ? null : ctx.db.member.findFirst({ where: { id: memberId, state: 'pending' }, select: { name: true, email: true } })
}

/** The invited choose name and password and are active at once: the link has proved the address. Throws `invalid`. */
export async function acceptInvitation(ctx: Ctx, raw: AcceptInvitationInput): Promise<{ id: bigint; name: string; email: string }> {
  const { token, name, password } = acceptInvitationInput.parse(raw)
  const dead = () => deadLink('Ask a colleague to invite you again.')
  await assertMayTryLinks(ctx)
  const invited = await findInvitation(ctx, token)
  if (!invited) throw dead()
  const problem = findPasswordProblem(password, { kind: 'member', email: invited.email })
  if (problem) throw invalid({ password: [problem] })
  const passwordHash = await hashPassword(password)
  return ctx.db.$transaction(async (tx) => {
    const id = await consumeOneTimeToken(tx, ctx.tenant.id, 'invitation', token, ctx.now)
    if (id === null) throw dead()
    await tx.member.update({ where: { id }, data: { name, passwordHash, state: 'active', emailConfirmedAt: ctx.now } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'member.created', data: { memberId: Number(id) } })
    await recordAudit(tx, { ...ctx.audit, actor: { kind: 'member', id, name } }, { action: 'member.invitation_accepted', object: { kind: 'member', id, name } })
    return { id, name, email: invited.email }
  })
}
