import { assertOwnAccount } from '@/lib/accounts/own-account'
import type { Application } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { notFound } from '@/lib/errors'
import type { EventType } from '@/lib/events/event-types'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent, type EventData } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

export type ApplicationWrite<Result> = { result: Result; event?: EventData; before?: Record<string, unknown>; after?: Record<string, unknown> }

/**
 * One write on one partner application, its row locked (so that two writes count its keys one after the other), with
 * event, audit entry and the news for the gateways in the same transaction. Throws `not_found`, for a developer also
 * where the application is another account's.
 */
export async function writeApplication<Result>(
  ctx: Ctx,
  applicationId: bigint,
  action: EventType,
  write: (tx: TenantTx, application: Application) => Promise<ApplicationWrite<Result>>,
): Promise<Result> {
  return ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM applications WHERE "tenantId" = ${ctx.tenant.id} AND id = ${applicationId} FOR UPDATE`
    const application = await tx.application.findFirst({ where: { id: applicationId, kind: 'partner' } })
    if (!application) throw notFound()
    assertOwnAccount(ctx, application.accountId)
    const { result, event, before, after } = await write(tx, application)
    await tellApplication(tx, ctx, application, action, { event, before, after })
    return result
  })
}

/** Event, audit entry and change of one application. */
export async function tellApplication(
  tx: TenantTx,
  ctx: Ctx,
  application: Pick<Application, 'id' | 'name' | 'accountId' | 'productId'>,
  action: EventType,
  { event, before, after }: Omit<ApplicationWrite<unknown>, 'result'> = {},
): Promise<void> {
  const data = { applicationId: Number(application.id), accountId: Number(application.accountId), productId: Number(application.productId), ...event }
  await recordEvent(tx, { tenantId: ctx.tenant.id, type: action, data })
  await recordAudit(tx, ctx.audit, { action, object: { kind: 'application', id: application.id, name: application.name }, before, after })
  await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'application', subjectId: application.id })
}
