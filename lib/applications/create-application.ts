import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { assertOwnAccount } from '@/lib/accounts/own-account'
import { insertCredential } from '@/lib/applications/insert-credential'
import { applicationInput, type ApplicationInput, type ApplicationState } from '@/lib/applications/schema'
import { tellApplication } from '@/lib/applications/write-application'
import type { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid, notFound } from '@/lib/errors'
import { newKey } from '@/lib/ids'
import { assertCanChoosePlan } from '@/lib/plans/assert-can-choose-plan'
import type { Ctx } from '@/lib/tenants/context'

/** The keys are for the caller alone, who has just made them: never into a log, an event or an audit entry. */
export type NewApplication = { id: bigint; appId: string; userKey: string; appKey: string; state: ApplicationState }

/**
 * An application of an account on a plan, with an application id, a user key and a first application key, so that the
 * product may change its authentication mode without new keys. A developer waits for approval where the plan needs it;
 * whoever the tenant places is live at once. Throws `not_found`, `invalid` for a custom key that is taken, `conflict`
 * where the account may not have applications now.
 */
export async function createApplication(ctx: Ctx, raw: ApplicationInput): Promise<NewApplication> {
  const input = applicationInput.parse(raw)
  return ctx.db.$transaction((tx) => insertApplication(tx, ctx, input)).catch(applicationKeyTaken)
}

type Insertion = z.output<typeof applicationInput> & {
  /** Values of extra fields, checked. */
  extra?: Prisma.InputJsonObject
  /** The product's default plan, which may be a hidden one: nobody chose it. */
  byDefault?: boolean
}

/** The same inside a transaction of the caller's, whose unique violations `applicationKeyTaken` puts into words. */
export async function insertApplication(tx: TenantTx, ctx: Ctx, input: Insertion): Promise<NewApplication> {
  const userKey = input.userKey ?? newKey('uk')
  const appKey = input.appKey ?? newKey('ak')
  assertOwnAccount(ctx, input.accountId)
  const account = await tx.account.findUnique({ where: { id: input.accountId }, select: { state: true } })
  const plan = await tx.plan.findUnique({ where: { id: input.planId } })
  if (!account || !plan) throw notFound()
  if (!input.byDefault) assertCanChoosePlan(ctx.actor, plan)
  if (account.state !== 'approved') throw new AppError('conflict', { publicMessage: 'This account is not approved. Approve or resume it first.' })
  const state = plan.approvalRequired && ctx.actor.kind === 'developer' ? 'pending' : 'live'
  const appId = input.appId ?? (await freeAppId(tx, plan.productId))
  const { name, description, accountId, extra = {} } = input
  const application = await tx.application.create({
    data: { tenantId: ctx.tenant.id, productId: plan.productId, accountId, planId: plan.id, kind: 'partner', name, description, extra, state, appId },
  })
  const of = { tenantId: ctx.tenant.id, productId: plan.productId, applicationId: application.id }
  await insertCredential(tx, { ...of, kind: 'user_key', key: userKey })
  await insertCredential(tx, { ...of, kind: 'app_key', key: appKey })
  await tellApplication(tx, ctx, application, 'application.created', { event: { planId: Number(plan.id) }, after: { name, plan: plan.name, accountId, state, appId } })
  return { id: application.id, appId, userKey, appKey, state }
}

/** For `.catch()`: a custom id or key that is taken, as a sentence at its field. */
export function applicationKeyTaken(error: unknown): never {
  if (isUniqueViolation(error, 'applications_tenantId_productId_appId_key')) throw invalid({ appId: ['Another application of this product has this id.'] })
  if (isUniqueViolation(error, 'credentials_tenantId_productId_hash_key')) throw invalid({ userKey: ['Another application of this product uses this key.'] })
  throw error
}

/** Eight hexadecimal characters that no application of the product has. */
async function freeAppId(tx: TenantTx, productId: bigint): Promise<string> {
  for (;;) {
    const appId = randomBytes(4).toString('hex')
    if (!(await tx.application.findFirst({ where: { productId, appId }, select: { id: true } }))) return appId
  }
}
