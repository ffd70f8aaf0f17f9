import { activateAccount } from '@/lib/accounts/activate-account'
import type { AccountState } from '@/lib/accounts/schema'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { deadLink } from '@/lib/tenants/confirm-email'
import type { Ctx } from '@/lib/tenants/context'
import { assertMayTryLinks } from '@/lib/tenants/link-throttle'
import { consumeOneTimeToken, findTokenHolder } from '@/lib/tenants/one-time-tokens'
import type { PortalSettings } from '@/lib/tenants/portal-settings'

/** Whether an activation link is still good; opening it changes nothing (CSRF-1). */
export async function isConfirmationGood(ctx: Ctx, token: string): Promise<boolean> {
  await assertMayTryLinks(ctx)
  return (await findTokenHolder(ctx.db, ctx.tenant.id, 'confirm_email', token, ctx.now, 'portal')) !== null
}

/**
 * The developer of an activation link becomes active, and with the first admin the account goes live or waits for
 * approval (reference portal 1.1); answers the account's state. Throws `invalid` for a link that is used, late or void.
 */
export async function confirmDeveloper(ctx: Ctx, { token, settings }: { token: string; settings: Pick<PortalSettings, 'accountApprovalRequired'> }): Promise<{ accountState: AccountState }> {
  await assertMayTryLinks(ctx)
  return ctx.db.$transaction(async (tx) => {
    const id = await consumeOneTimeToken(tx, ctx.tenant.id, 'confirm_email', token, ctx.now, 'portal')
    const developer = id === null ? null : await tx.developer.findUnique({ where: { id } })
    if (!developer || developer.state === 'suspended') throw deadLink('Sign in to have a new one sent.')
    const { accountId, email } = developer
    const audit = { ...ctx.audit, actor: { kind: 'developer' as const, id: developer.id, name: email } }
    await tx.developer.update({ where: { id: developer.id }, data: { state: 'active', emailConfirmedAt: ctx.now } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'developer.confirmed', data: { developerId: Number(developer.id), accountId: Number(accountId) } })
    await recordAudit(tx, audit, { action: 'developer.confirmed', object: { kind: 'developer', id: developer.id, name: email } })
    const account = await tx.account.findUniqueOrThrow({ where: { id: accountId }, select: { state: true } })
    const isFirstWord = developer.role === 'admin' && developer.state === 'pending'
    return { accountState: isFirstWord ? await activateAccount(tx, { ...ctx, audit }, accountId, settings) : (account.state as AccountState) }
  })
}
