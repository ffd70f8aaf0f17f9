import { AppError, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Takes a member's e-mail as confirmed without a link: for whoever runs the installation and vouches for it. Who is
 * active stays so. Throws `not_found`, `conflict` for one that is suspended.
 */
export async function activateMember(ctx: Ctx, { memberId }: { memberId: bigint }): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const member = await tx.member.findUnique({ where: { id: memberId } })
    if (!member) throw notFound()
    if (member.state === 'active') return
    // Whoever was invited chooses a password first; an active member without one could not come in.
    if (member.passwordHash === null) throw new AppError('conflict', { publicMessage: 'This member has not accepted the invitation yet.' })
    if (member.state === 'suspended') throw new AppError('conflict', { publicMessage: 'This member is suspended.' })
    await tx.member.update({ where: { id: memberId }, data: { state: 'active', emailConfirmedAt: member.emailConfirmedAt ?? ctx.now } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'member.confirmed', data: { memberId: Number(memberId) } })
    await recordAudit(tx, ctx.audit, { action: 'member.confirmed', object: { kind: 'member', id: memberId, name: member.name } })
  })
}
