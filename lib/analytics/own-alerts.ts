import { ownAccountOnly } from '@/lib/accounts/own-account'
import { notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/** One alert of an application, or all of them. */
export type OwnAlerts = { applicationId: bigint; alertId?: bigint }

/** The partner has seen them. Throws `not_found` for what is not the account's own (ISO-5). */
export async function markAlertsAsRead(ctx: Ctx, which: OwnAlerts): Promise<void> {
  await change(ctx, which, { readAt: null }, { readAt: ctx.now })
}

/** The partner wants them no longer; the rows stay, or the same level would be told again. Throws `not_found`. */
export async function deleteAlerts(ctx: Ctx, which: OwnAlerts): Promise<void> {
  await change(ctx, which, {}, { deletedAt: ctx.now })
}

async function change(ctx: Ctx, { applicationId, alertId }: OwnAlerts, only: { readAt?: null }, data: { readAt?: Date; deletedAt?: Date }): Promise<void> {
  const application = await ctx.db.application.findFirst({ where: { id: applicationId, kind: 'partner', ...ownAccountOnly(ctx) }, select: { id: true } })
  if (!application) throw notFound()
  if (alertId !== undefined && !(await ctx.db.limitAlert.findFirst({ where: { id: alertId, applicationId, deletedAt: null }, select: { id: true } }))) throw notFound()
  await ctx.db.limitAlert.updateMany({ where: { applicationId, id: alertId, deletedAt: null, ...only }, data })
}
