import type { TenantTx } from '@/lib/db/tenant-db'
import { recordChange } from '@/lib/events/record-change'
import type { Ctx } from '@/lib/tenants/context'

/** An application lives only while its account does: every one of them is news for the gateways' caches. */
export async function tellGateways(tx: TenantTx, ctx: Ctx, accountId: bigint): Promise<void> {
  const applications = await tx.application.findMany({ where: { accountId }, select: { id: true } })
  for (const { id } of applications) await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'application', subjectId: id })
}
