import type { LiquidValue } from '@/lib/liquid/values'
import { drop } from '@/lib/liquid/values'
import type { Visit } from '@/lib/portal/portal-route'

/** `current_user` and `current_account` with their old names; nothing for visitors. */
export async function loadCurrent(visit: Visit): Promise<Record<string, LiquidValue>> {
  const { developer, ctx } = visit
  if (!developer) return {}
  const account = await ctx.db.account.findUnique({ where: { id: developer.accountId }, select: { id: true, orgName: true } })
  const user = drop('user', Number(developer.id), { id: Number(developer.id), name: developer.name, email: developer.email, role: developer.role, 'admin?': developer.role === 'admin' }, developer.name)
  const own = drop('account', Number(developer.accountId), { id: Number(developer.accountId), name: account?.orgName ?? '' }, account?.orgName ?? '')
  return { current_user: user, user_account: own, current_account: own, buyer_account: own }
}
