import { assertOwnAccount } from '@/lib/accounts/own-account'
import { insertApplication, type NewApplication } from '@/lib/applications/insert-application'
import { applicationInput, type ApplicationInput } from '@/lib/applications/schema'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, notFound } from '@/lib/errors'
import { checkValues } from '@/lib/fields/check-values'
import { mergeExtra } from '@/lib/fields/split-values'
import { assertCanChoosePlan } from '@/lib/plans/assert-can-choose-plan'
import type { Ctx } from '@/lib/tenants/context'

export type { NewApplication }

/**
 * An application of an account on a plan, with an application id, a user key and a first application key, so that the
 * product may change its authentication mode without new keys. A developer waits for approval where the plan needs it
 * and fills in what the tenant requires; whoever the tenant places is live at once. Throws `not_found`, `invalid` by
 * field name and for a custom key that is taken, `conflict` where the account may not have applications now.
 */
export async function createApplication(ctx: Ctx, raw: ApplicationInput): Promise<NewApplication> {
  const { accountId, planId, name, description, values, ...given } = applicationInput.parse(raw)
  return ctx.db
    .$transaction(async (tx) => {
      assertOwnAccount(ctx, accountId)
      const account = await tx.account.findUnique({ where: { id: accountId }, select: { state: true } })
      const plan = await tx.plan.findUnique({ where: { id: planId } })
      if (!account || !plan) throw notFound()
      assertCanChoosePlan(ctx.actor, plan)
      if (account.state !== 'approved') throw new AppError('conflict', { publicMessage: 'This account is not approved. Approve or resume it first.' })
      const { extra } = await checkValues({ ...ctx, db: tx }, 'application', { ...values, name, description }, { prefix: 'values.' })
      const state = plan.approvalRequired && ctx.actor.kind === 'developer' ? 'pending' : 'live'
      return insertApplication(tx, ctx, { accountId, plan, name, description, extra: mergeExtra({}, extra), state, ...given })
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'applications_tenantId_productId_appId_key')) throw invalid({ appId: ['Another application of this product has this id.'] })
      if (isUniqueViolation(error, 'credentials_tenantId_productId_hash_key')) throw invalid({ userKey: ['Another application of this product uses this key.'] })
      throw error
    })
}
