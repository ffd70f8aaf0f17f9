import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid } from '@/lib/errors'
import type { Ctx, Permission } from '@/lib/tenants/context'

/** Nobody grants what they do not hold (ROLE-1). Throws `forbidden`. */
export function assertMayGrant(ctx: Ctx, role: 'admin' | 'member', granted: readonly Permission[]): void {
  if (role === 'admin' && !isAdmin(ctx)) throw new AppError('forbidden', { publicMessage: 'Only an admin can make somebody an admin.' })
  const missing = granted.filter((permission) => !ctx.permissions.has(permission))
  if (missing.length > 0) throw new AppError('forbidden', { publicMessage: `You cannot give a permission that you do not have: ${missing.join(', ')}.` })
}

/** A member who is no admin leaves admins alone; and nobody changes, suspends or removes themselves (ROLE-1). */
export function assertMayManage(ctx: Ctx, member: { id: bigint; role: string }): void {
  if (ctx.actor.kind === 'member' && ctx.actor.id === member.id) throw invalid({ memberId: ['You cannot do this to yourself. Ask another admin.'] }, 'You cannot do this to yourself. Ask another admin.')
  if (member.role === 'admin' && !isAdmin(ctx)) throw new AppError('forbidden', { publicMessage: 'Only an admin can do this to an admin.' })
}

/**
 * Throws `last_admin` when nobody but this member could run the tenant. Locks the tenant's row first: two admins who
 * demote each other at the same moment take turns, and the second one is refused.
 */
export async function assertNotLastAdmin(tx: TenantTx, ctx: Ctx, memberId: bigint): Promise<void> {
  await tx.$queryRaw`SELECT id FROM tenants WHERE id = ${ctx.tenant.id} FOR UPDATE`
  const others = await tx.member.count({ where: { role: 'admin', state: 'active', id: { not: memberId } } })
  if (others === 0) throw new AppError('last_admin', { publicMessage: 'This is the last admin. Make somebody else an admin first.' })
}

function isAdmin(ctx: Ctx): boolean {
  return ctx.actor.kind === 'system' || (ctx.actor.kind === 'member' && ctx.actor.role === 'admin')
}
