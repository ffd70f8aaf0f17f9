import { tellGateways } from '@/lib/accounts/tell-gateways'
import type { AccountState } from '@/lib/accounts/schema'
import type { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'
import type { PortalSettings } from '@/lib/tenants/portal-settings'

/**
 * An account that signed up itself is pending twice over: first until its admin confirmed the e-mail, then, where the
 * tenant wants that, until a member approved it. Only the second is anybody's work.
 */
export const waitsForApproval = { state: 'pending', developers: { some: { role: 'admin', state: 'active' } } } satisfies Prisma.AccountWhereInput

/**
 * The first admin of an account is active: it goes live with its keys, or waits in the inbox where new accounts need
 * approval. Anything but a pending account stays as it is. In the transaction that makes the developer active.
 */
export async function activateAccount(tx: TenantTx, ctx: Ctx, accountId: bigint, settings: Pick<PortalSettings, 'accountApprovalRequired'>): Promise<AccountState> {
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId }, select: { state: true, orgName: true } })
  if (account.state !== 'pending' || settings.accountApprovalRequired) return account.state as AccountState
  const { count } = await tx.account.updateMany({ where: { id: accountId, state: 'pending' }, data: { state: 'approved' } })
  if (count === 0) return 'pending'
  await tellGateways(tx, ctx, accountId)
  // `automatic`: nobody decided anything, so nobody is told of an approval.
  await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'account.approved', data: { accountId: Number(accountId), automatic: true } })
  await recordAudit(tx, ctx.audit, { action: 'account.approved', object: { kind: 'account', id: accountId, name: account.orgName }, before: { state: 'pending' }, after: { state: 'approved', automatic: true } })
  return 'approved'
}
