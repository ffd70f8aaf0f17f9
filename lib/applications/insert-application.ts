import { randomBytes } from 'node:crypto'
import { insertCredential } from '@/lib/applications/insert-credential'
import type { ApplicationState } from '@/lib/applications/schema'
import { tellApplication } from '@/lib/applications/write-application'
import type { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { newKey } from '@/lib/ids'
import type { Ctx } from '@/lib/tenants/context'

/** The keys are for the caller alone, who has just made them: never into a log, an event or an audit entry. */
export type NewApplication = { id: bigint; appId: string; userKey: string; appKey: string; state: ApplicationState }

type Wanted = {
  accountId: bigint
  plan: { id: bigint; productId: bigint; name: string }
  name: string
  description?: string
  extra?: Prisma.InputJsonObject
  state: ApplicationState
  appId?: string
  userKey?: string
  appKey?: string
}

/**
 * The row of an application with an application id, a user key and a first application key, and the news of it. Who may
 * have it is the caller's to know. Throws P2002 where a given id or key is taken.
 */
export async function insertApplication(tx: TenantTx, ctx: Ctx, { accountId, plan, name, description = '', extra, state, ...given }: Wanted): Promise<NewApplication> {
  const { appId = await freeAppId(tx, plan.productId), userKey = newKey('uk'), appKey = newKey('ak') } = given
  const application = await tx.application.create({
    data: { tenantId: ctx.tenant.id, productId: plan.productId, accountId, planId: plan.id, kind: 'partner', name, description, extra, state, appId },
  })
  const of = { tenantId: ctx.tenant.id, productId: plan.productId, applicationId: application.id }
  await insertCredential(tx, { ...of, kind: 'user_key', key: userKey })
  await insertCredential(tx, { ...of, kind: 'app_key', key: appKey })
  await tellApplication(tx, ctx, application, 'application.created', { event: { planId: Number(plan.id) }, after: { name, plan: plan.name, accountId, state, appId } })
  return { id: application.id, appId, userKey, appKey, state }
}

/** Eight hexadecimal characters that no application of the product has. */
async function freeAppId(tx: TenantTx, productId: bigint): Promise<string> {
  for (;;) {
    const appId = randomBytes(4).toString('hex')
    if (!(await tx.application.findFirst({ where: { productId, appId }, select: { id: true } }))) return appId
  }
}
