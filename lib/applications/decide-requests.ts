import { z } from 'zod'
import { approveAccount, rejectAccount } from '@/lib/accounts/change-account-state'
import { approveApplication, rejectApplication } from '@/lib/applications/change-application'
import { requestKinds } from '@/lib/applications/list-requests'
import { approvePlanRequest, rejectPlanRequest } from '@/lib/applications/plan-requests'
import { invalid, isAppError } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'
import { idInput } from '@/lib/tenants/id-input'

const one = z.object({ kind: z.enum(requestKinds), id: idInput })

export const approvalInput = z.object({ requests: z.array(one).min(1, 'Choose what to approve.').max(100, 'Approve at most 100 at once.') })
export type ApprovalInput = z.input<typeof approvalInput>

export const rejectionInput = z.object({ ...one.shape, reason: z.string().trim().max(1000, 'Use at most 1000 characters.').default('') })
export type RejectionInput = z.input<typeof rejectionInput>

/**
 * Approves everything that still waits, each by itself: what somebody else has decided meanwhile is counted, not an
 * error, unless it was the only one. Throws `not_found`, `conflict`.
 */
export async function approveRequests(ctx: Ctx, raw: ApprovalInput): Promise<{ approved: number; decidedBefore: number }> {
  const { requests } = approvalInput.parse(raw)
  let decidedBefore = 0
  for (const { kind, id } of requests)
    try {
      if (kind === 'account') await approveAccount(ctx, { accountId: id })
      else if (kind === 'application') await approveApplication(ctx, { applicationId: id })
      else await approvePlanRequest(ctx, { requestId: id })
    } catch (error) {
      if (requests.length === 1 || !isAppError(error) || (error.code !== 'conflict' && error.code !== 'not_found')) throw error
      decidedBefore++
    }
  return { approved: requests.length - decidedBefore, decidedBefore }
}

/** Rejects one, with the words the partner reads. Throws `not_found`, `conflict`, and `invalid` without a reason. */
export async function rejectRequest(ctx: Ctx, raw: RejectionInput): Promise<void> {
  const { kind, id, reason } = rejectionInput.parse(raw)
  if (!reason) throw invalid({ reason: ['Say why, in a sentence for the partner.'] })
  if (kind === 'account') await rejectAccount(ctx, { accountId: id, reason })
  else if (kind === 'application') await rejectApplication(ctx, { applicationId: id, reason })
  else await rejectPlanRequest(ctx, { requestId: id, answer: reason })
}
