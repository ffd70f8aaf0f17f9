import type { z } from 'zod'
import { assertOwnAccount } from '@/lib/accounts/own-account'
import { insertApplicationRow, type NewApplication } from '@/lib/applications/insert-application-row'
import { applicationInput, type ApplicationInput } from '@/lib/applications/schema'
import type { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
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
  const { values, ...input } = applicationInput.parse(raw)
  const { name, description } = input
  return ctx.db
    .$transaction(async (tx) => {
      const { extra } = await checkValues({ ...ctx, db: tx }, 'application', { ...values, name, description })
      return insertApplication(tx, ctx, { ...input, extra: mergeExtra({}, extra) })
    })
    .catch(applicationKeyTaken)
}

type Insertion = Omit<z.output<typeof applicationInput>, 'values'> & {
  /** Values of extra fields, checked. */
  extra?: Prisma.InputJsonObject
  /** The product's default plan, which may be a hidden one: nobody chose it. */
  byDefault?: boolean
}

/** The same inside a transaction of the caller's, whose unique violations `applicationKeyTaken` puts into words. */
export async function insertApplication(tx: TenantTx, ctx: Ctx, { accountId, planId, byDefault, ...input }: Insertion): Promise<NewApplication> {
  assertOwnAccount(ctx, accountId)
  const account = await tx.account.findUnique({ where: { id: accountId }, select: { state: true } })
  const plan = await tx.plan.findUnique({ where: { id: planId } })
  if (!account || !plan) throw notFound()
  if (!byDefault) assertCanChoosePlan(ctx.actor, plan)
  if (account.state !== 'approved') throw new AppError('conflict', { publicMessage: 'This account is not approved. Approve or resume it first.' })
  const state = plan.approvalRequired && ctx.actor.kind === 'developer' ? 'pending' : 'live'
  return insertApplicationRow(tx, ctx, { ...input, accountId, plan, state })
}

/** For `.catch()`: a custom id or key that is taken, as a sentence at its field. */
export function applicationKeyTaken(error: unknown): never {
  if (isUniqueViolation(error, 'applications_tenantId_productId_appId_key')) throw invalid({ appId: ['Another application of this product has this id.'] })
  if (isUniqueViolation(error, 'credentials_tenantId_productId_hash_key')) throw invalid({ userKey: ['Another application of this product uses this key.'] })
  throw error
}
