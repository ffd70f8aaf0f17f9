import { notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/** For the where of a read: a developer sees rows of the own account only, a visitor none, the tenant's people all (ISO-10). */
export function ownAccountOnly(ctx: Pick<Ctx, 'actor'>): { accountId?: bigint } {
  if (ctx.actor.kind === 'developer') return { accountId: ctx.actor.accountId }
  return ctx.actor.kind === 'visitor' ? { accountId: 0n } : {}
}

/** For a write: another account's row is answered like one that never was (ISO-5, ISO-10). */
export function assertOwnAccount(ctx: Pick<Ctx, 'actor'>, accountId: bigint | null): void {
  const { accountId: own } = ownAccountOnly(ctx)
  if (own !== undefined && own !== accountId) throw notFound()
}
