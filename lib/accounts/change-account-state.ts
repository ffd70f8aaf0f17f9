import { accountRef, accountRejectInput, type AccountRef, type AccountRejectInput, type AccountState } from '@/lib/accounts/schema'
import { tellGateways } from '@/lib/accounts/tell-gateways'
import { writeAccount } from '@/lib/accounts/write-account'
import { AppError } from '@/lib/errors'
import type { EventType } from '@/lib/events/event-types'
import type { Ctx } from '@/lib/tenants/context'

type Move = { action: EventType; from: readonly AccountState[]; to: AccountState; refusal: string }

/** Which state follows which (reference portal 1.1). Only an approved account's keys and people come in. */
const moves = {
  approve: { action: 'account.approved', from: ['pending', 'rejected'], to: 'approved', refusal: 'Only accounts that wait or were rejected can be approved.' },
  reject: { action: 'account.rejected', from: ['pending', 'approved'], to: 'rejected', refusal: 'Only accounts that wait or are approved can be rejected.' },
  makePending: { action: 'account.made_pending', from: ['approved', 'rejected'], to: 'pending', refusal: 'Only approved and rejected accounts can be put on the waiting list.' },
  suspend: { action: 'account.suspended', from: ['pending', 'approved', 'rejected'], to: 'suspended', refusal: 'This account is suspended already.' },
  resume: { action: 'account.resumed', from: ['suspended'], to: 'approved', refusal: 'Only suspended accounts can be resumed.' },
} as const satisfies Record<string, Move>

export const approveAccount = (ctx: Ctx, raw: AccountRef): Promise<void> => move(ctx, raw, moves.approve)

/** With what the partner is told. Its people are signed out, its keys refused. */
export const rejectAccount = (ctx: Ctx, raw: AccountRejectInput): Promise<void> => {
  const { accountId, reason } = accountRejectInput.parse(raw)
  return move(ctx, { accountId }, moves.reject, reason)
}

/** Back on the waiting list: its people are signed out, its keys refused until it is approved again. */
export const makeAccountPending = (ctx: Ctx, raw: AccountRef): Promise<void> => move(ctx, raw, moves.makePending)

/** Its keys are refused at every gateway within a second, its people are signed out. */
export const suspendAccount = (ctx: Ctx, raw: AccountRef): Promise<void> => move(ctx, raw, moves.suspend)

export const resumeAccount = (ctx: Ctx, raw: AccountRef): Promise<void> => move(ctx, raw, moves.resume)

async function move(ctx: Ctx, raw: AccountRef, { action, from, to, refusal }: Move, reason?: string): Promise<void> {
  const { accountId } = accountRef.parse(raw)
  await writeAccount(ctx, accountId, action, async (tx, account) => {
    const { count } = await tx.account.updateMany({ where: { id: accountId, state: { in: [...from] } }, data: { state: to } })
    if (count === 0) throw new AppError('conflict', { publicMessage: refusal })
    // Resuming must not revive a cookie of before (SES-4).
    if (to !== 'approved') await tx.session.updateMany({ where: { developer: { accountId }, revokedAt: null }, data: { revokedAt: ctx.now } })
    await tellGateways(tx, ctx, accountId)
    return { result: undefined, before: { state: account.state }, after: { state: to, ...(reason && { reason }) }, event: reason ? { reason } : undefined }
  })
}
