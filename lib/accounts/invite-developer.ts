import { z } from 'zod'
import { assertAccountAdmin } from '@/lib/accounts/account-admin'
import { ownAccountOnly } from '@/lib/accounts/own-account'
import { developerRef, type DeveloperRef } from '@/lib/accounts/schema'
import type { TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'
import { emailInput, normalEmail } from '@/lib/tenants/login-names'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import { assertAllowed, throttle } from '@/lib/throttle/throttle'

const colleagueInput = z.object({ email: emailInput })
export type ColleagueInput = z.input<typeof colleagueInput>

/** Nobody sends mail to the whole world through us. */
export const openInvitationsMax = 20

// A double click sends the form twice; the second one meets what the first has made (IDM-2).
const DOUBLE_CLICK_MS = 30_000

/**
 * A colleague by e-mail, by an admin of the account: a person without a password until the link of the mail is used.
 * The same form sent twice makes one invitation (IDM-2). Throws `forbidden` where the switch is off, `invalid` for an
 * address in use, `conflict` at twenty open ones, `too_many_requests`.
 */
export async function inviteDeveloper(ctx: Ctx, raw: ColleagueInput): Promise<{ id: bigint }> {
  const { email } = colleagueInput.parse(raw)
  const emailNormal = normalEmail(email)!
  await assertFewInvitations(ctx)
  return ctx.db
    .$transaction(async (tx) => {
      const accountId = await assertMayInvite(tx, ctx)
      const known = await tx.developer.findFirst({ where: { accountId, emailNormal }, select: { id: true, state: true, invitedAt: true } })
      if (known?.state === 'pending' && known.invitedAt && ctx.now.getTime() - known.invitedAt.getTime() < DOUBLE_CLICK_MS) return { id: known.id }
      if (known) throw invalid({ email: [known.state === 'pending' ? 'This address is invited already. Send the invitation again instead.' : 'This address belongs to a colleague of yours.'] })
      const open = await tx.developer.count({ where: { accountId, state: 'pending', invitedAt: { not: null } } })
      if (open >= openInvitationsMax) throw new AppError('conflict', { publicMessage: `${openInvitationsMax} invitations wait for an answer. Delete one that is no longer needed.` })
      const { id } = await tx.developer.create({ data: { tenantId: ctx.tenant.id, accountId, email, emailNormal, role: 'member', state: 'pending', invitedAt: ctx.now }, select: { id: true } })
      await tell(tx, ctx, 'developer.invited', { id, accountId, email }, { after: { email, role: 'member' } })
      return { id }
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'developers_tenantId_emailNormal_key')) throw invalid({ email: ['This address cannot be invited: it belongs to another account.'] })
      throw error
    })
}

/** The mail once more, with a new link; the old one is void. Throws `not_found`, `forbidden`, `conflict` for somebody who has accepted. */
export async function resendDeveloperInvitation(ctx: Ctx, raw: DeveloperRef): Promise<void> {
  const { developerId } = developerRef.parse(raw)
  await assertFewInvitations(ctx)
  await ctx.db.$transaction(async (tx) => {
    const accountId = await assertMayInvite(tx, ctx)
    const invited = await getInvited(tx, accountId, developerId)
    if (invited.state !== 'pending') throw new AppError('conflict', { publicMessage: 'This invitation has been accepted.' })
    await tx.developer.update({ where: { id: developerId }, data: { invitedAt: ctx.now } })
    await tell(tx, ctx, 'developer.invited', { ...invited, accountId })
  })
}

/** Takes an invitation back; its link is dead. One that was accepted leaves the list, the colleague stays. Throws `not_found`, `forbidden`. */
export async function deleteDeveloperInvitation(ctx: Ctx, raw: DeveloperRef): Promise<void> {
  const { developerId } = developerRef.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    // Also with the switch off: what was sent while it was on can be taken back.
    const accountId = await assertAccountAdmin(tx, ctx)
    const invited = await getInvited(tx, accountId, developerId)
    if (invited.state !== 'pending') return void (await tx.developer.update({ where: { id: developerId }, data: { invitedAt: null } }))
    await tx.developer.delete({ where: { id: developerId } })
    await tell(tx, ctx, 'developer.deleted', { ...invited, accountId }, { before: { email: invited.email, state: 'pending' } })
  })
}

export type InvitationDto = { id: number; email: string; sentAt: Date; accepted: boolean; acceptedAt: Date | null }

/** Invitations of the own account, the latest first, accepted ones too. At most 200. */
export async function listDeveloperInvitations(ctx: Ctx): Promise<InvitationDto[]> {
  const rows = await ctx.db.developer.findMany({
    where: { ...ownAccountOnly(ctx), invitedAt: { not: null } },
    orderBy: [{ invitedAt: 'desc' }, { id: 'desc' }],
    take: 200,
    select: { id: true, email: true, state: true, invitedAt: true, emailConfirmedAt: true },
  })
  return rows.map(({ id, email, state, invitedAt, emailConfirmedAt }) => ({ id: Number(id), email, sentAt: invitedAt!, accepted: state !== 'pending', acceptedAt: state === 'pending' ? null : emailConfirmedAt }))
}

/** PW-2: invited and deleted in turns, an account could write to everybody, and try out which addresses are known. Throws `too_many_requests`. */
async function assertFewInvitations({ tenant, actor }: Ctx): Promise<void> {
  if (actor.kind === 'developer') assertAllowed(await throttle().take('invitation', `${tenant.id}.${actor.accountId}`))
}

async function assertMayInvite(tx: TenantTx, ctx: Ctx): Promise<bigint> {
  if (!(await getPortalSettings({ db: tx })).multipleUsers) throw new AppError('forbidden', { publicMessage: 'Accounts have one user here.' })
  return assertAccountAdmin(tx, ctx)
}

async function getInvited(tx: TenantTx, accountId: bigint, developerId: bigint): Promise<{ id: bigint; email: string; state: string }> {
  const invited = await tx.developer.findFirst({ where: { id: developerId, accountId, invitedAt: { not: null } }, select: { id: true, email: true, state: true } })
  if (!invited) throw notFound()
  return invited
}

async function tell(
  tx: TenantTx,
  ctx: Ctx,
  action: 'developer.invited' | 'developer.deleted',
  { id, accountId, email }: { id: bigint; accountId: bigint; email: string },
  facts: { before?: Record<string, unknown>; after?: Record<string, unknown> } = {},
): Promise<void> {
  await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data: { developerId: Number(id), accountId: Number(accountId) } })
  await recordAudit(tx, ctx.audit, { action, object: { kind: 'developer', id, name: email }, ...facts })
}
