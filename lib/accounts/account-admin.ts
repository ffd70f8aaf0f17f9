import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Only an admin of the account runs it (reference portal 1.2). Locks the account first, so that writes on its people
 * take turns, and reads the role anew: it may have changed since the session began. Answers the account's id. Throws
 * `forbidden`; `not_found` for anybody who is no developer.
 */
export async function assertAccountAdmin(tx: TenantTx, ctx: Ctx): Promise<bigint> {
  const { actor } = ctx
  if (actor.kind !== 'developer') throw notFound()
  await tx.$queryRaw`SELECT id FROM accounts WHERE "tenantId" = ${ctx.tenant.id} AND id = ${actor.accountId} FOR UPDATE`
  const person = await tx.developer.findFirst({ where: { id: actor.id, accountId: actor.accountId, state: 'active' }, select: { role: true } })
  if (person?.role !== 'admin') throw new AppError('forbidden', { publicMessage: 'Only an admin of your account can do this.' })
  return actor.accountId
}

/** ROLE-1: somebody must be left who runs the account. Throws `last_admin`. Asked under the lock of `assertAccountAdmin`. */
export async function assertNotLastAccountAdmin(tx: TenantTx, accountId: bigint, developerId: bigint): Promise<void> {
  const others = await tx.developer.count({ where: { accountId, role: 'admin', state: 'active', id: { not: developerId } } })
  if (others === 0) throw new AppError('last_admin', { publicMessage: 'This is the last admin of the account. Make somebody else an admin first.' })
}
