import { activateAccount } from '@/lib/accounts/activate-account'
import { developerRef, type DeveloperRef } from '@/lib/accounts/schema'
import { writeDeveloper } from '@/lib/accounts/write-account'
import { AppError } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'
import { getPortalSettings } from '@/lib/tenants/portal-settings'

/**
 * The tenant vouches for a person who has not confirmed the e-mail: active from now on, and with the first admin the
 * account goes live or waits for approval. Somebody active stays so. Throws `not_found`, `conflict` for suspended ones.
 */
export async function activateDeveloper(ctx: Ctx, raw: DeveloperRef): Promise<void> {
  const { developerId } = developerRef.parse(raw)
  const { state } = (await ctx.db.developer.findUnique({ where: { id: developerId }, select: { state: true } })) ?? { state: 'none' }
  if (state === 'active') return
  await writeDeveloper(ctx, developerId, 'developer.confirmed', async (tx, developer) => {
    if (developer.state === 'suspended') throw new AppError('conflict', { publicMessage: 'This user is suspended. Unsuspend them instead.' })
    await tx.developer.update({ where: { id: developerId }, data: { state: 'active', emailConfirmedAt: ctx.now } })
    if (developer.role === 'admin') await activateAccount(tx, ctx, developer.accountId, await getPortalSettings({ db: tx }))
    return { result: undefined, before: { state: developer.state }, after: { state: 'active' } }
  })
}
