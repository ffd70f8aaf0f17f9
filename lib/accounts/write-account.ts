import { assertOwnAccount } from '@/lib/accounts/own-account'
import { notFound } from '@/lib/errors'
import type { TenantTx } from '@/lib/db/tenant-db'
import type { Account, Developer } from '@/lib/db/generated/client'
import type { EventType } from '@/lib/events/event-types'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent, type EventData } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/** What a write answers, and what it tells the audit log. */
export type AccountWrite<Result> = { result: Result; event?: EventData; before?: Record<string, unknown>; after?: Record<string, unknown> }

/** One write on one account, in one transaction with its event and audit entry. Throws `not_found`. */
export async function writeAccount<Result>(ctx: Ctx, accountId: bigint, action: EventType, write: (tx: TenantTx, account: Account) => Promise<AccountWrite<Result>>): Promise<Result> {
  return ctx.db.$transaction(async (tx) => {
    const account = await tx.account.findUnique({ where: { id: accountId } })
    if (!account) throw notFound()
    assertOwnAccount(ctx, account.id)
    const { result, event, before, after } = await write(tx, account)
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data: { accountId: Number(account.id), ...event } })
    await recordAudit(tx, ctx.audit, { action, object: { kind: 'account', id: account.id, name: account.orgName }, before, after })
    return result
  })
}

/** The same for one developer. */
export async function writeDeveloper<Result>(ctx: Ctx, developerId: bigint, action: EventType, write: (tx: TenantTx, developer: Developer) => Promise<AccountWrite<Result>>): Promise<Result> {
  return ctx.db.$transaction(async (tx) => {
    const developer = await tx.developer.findUnique({ where: { id: developerId } })
    if (!developer) throw notFound()
    assertOwnAccount(ctx, developer.accountId)
    const { result, before, after } = await write(tx, developer)
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data: { developerId: Number(developer.id), accountId: Number(developer.accountId), ...(action === 'developer.deleted' && { email: developer.email }) } })
    await recordAudit(tx, ctx.audit, { action, object: { kind: 'developer', id: developer.id, name: developer.email }, before, after })
    return result
  })
}
