import type { TenantTx } from '@/lib/db/tenant-db'
import type { Member } from '@/lib/db/generated/client'
import { AppError, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { EventType } from '@/lib/events/event-types'
import type { Ctx } from '@/lib/tenants/context'
import { assertMayGrant, assertMayManage, assertNotLastAdmin } from '@/lib/tenants/member-rules'
import { memberRef, memberRoleInput, type MemberRef, type MemberRoleInput } from '@/lib/tenants/members-schema'

/** Role and permissions of a member (ROLE-1). Their sessions end, so that nothing goes on under the old role (SES-3). */
export async function changeMemberRole(ctx: Ctx, raw: MemberRoleInput): Promise<void> {
  const { memberId, role, permissions } = memberRoleInput.parse(raw)
  assertMayGrant(ctx, role, permissions)
  await writeMember(ctx, memberId, 'member.changed', async (tx, member) => {
    if (role !== 'admin') await assertNotLastAdminIfAdmin(tx, ctx, member)
    const kept = role === 'admin' ? [] : permissions
    await tx.member.update({ where: { id: memberId }, data: { role, permissions: kept } })
    await endSessions(tx, ctx, memberId)
    return { before: { role: member.role, permissions: member.permissions }, after: { role, permissions: kept } }
  })
}

/** Takes a member's access: signed out everywhere at once, access tokens with it. Throws `last_admin`, `not_found`. */
export async function suspendMember(ctx: Ctx, raw: MemberRef): Promise<void> {
  const { memberId } = memberRef.parse(raw)
  await writeMember(ctx, memberId, 'member.suspended', async (tx, member) => {
    if (member.state !== 'active') throw new AppError('conflict', { publicMessage: 'Only active members can be suspended.' })
    await assertNotLastAdminIfAdmin(tx, ctx, member)
    await tx.member.update({ where: { id: memberId }, data: { state: 'suspended' } })
    await endSessions(tx, ctx, memberId)
    return { before: { state: member.state }, after: { state: 'suspended' } }
  })
}

/** Gives access back; the member signs in again. */
export async function resumeMember(ctx: Ctx, raw: MemberRef): Promise<void> {
  const { memberId } = memberRef.parse(raw)
  await writeMember(ctx, memberId, 'member.resumed', async (tx, member) => {
    if (member.state !== 'suspended') throw new AppError('conflict', { publicMessage: 'This member is not suspended.' })
    await tx.member.update({ where: { id: memberId }, data: { state: 'active' } })
    return { before: { state: member.state }, after: { state: 'active' } }
  })
}

/** Removes a member, or an invitation, with sessions and access tokens; the audit log keeps the name. Throws `last_admin`, `not_found`. */
export async function removeMember(ctx: Ctx, raw: MemberRef): Promise<void> {
  const { memberId } = memberRef.parse(raw)
  await writeMember(ctx, memberId, 'member.deleted', async (tx, member) => {
    await assertNotLastAdminIfAdmin(tx, ctx, member)
    await tx.member.delete({ where: { id: memberId } })
    return { before: { email: member.email, role: member.role, permissions: member.permissions } }
  })
}

type Write = { before?: Record<string, unknown>; after?: Record<string, unknown> }

async function writeMember(ctx: Ctx, memberId: bigint, action: EventType, write: (tx: TenantTx, member: Member) => Promise<Write>): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const member = await tx.member.findUnique({ where: { id: memberId } })
    if (!member) throw notFound()
    assertMayManage(ctx, member)
    const { before, after } = await write(tx, member)
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data: { memberId: Number(memberId) } })
    await recordAudit(tx, ctx.audit, { action, object: { kind: 'member', id: memberId, name: member.name }, before, after })
  })
}

async function assertNotLastAdminIfAdmin(tx: TenantTx, ctx: Ctx, member: Member): Promise<void> {
  if (member.role === 'admin' && member.state === 'active') await assertNotLastAdmin(tx, ctx, member.id)
}

async function endSessions(tx: TenantTx, ctx: Ctx, memberId: bigint): Promise<void> {
  await tx.session.updateMany({ where: { memberId, revokedAt: null }, data: { revokedAt: ctx.now } })
}
