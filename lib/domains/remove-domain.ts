import { domainRef, type DomainRef, type DomainZone } from '@/lib/domains/schema'
import { reserveName } from '@/lib/domains/reserved-names'
import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/** The domain stops serving within a second; a proved one stays reserved for thirty days (ZONE-4). Throws `not_found`. */
export async function removeDomain(ctx: Ctx, raw: DomainRef, zone?: DomainZone): Promise<void> {
  const { domainId } = domainRef.parse(raw)
  const domain = await ctx.db.domain.findFirst({ where: { id: domainId, zone }, select: { name: true, state: true, zone: true } })
  if (!domain) throw notFound()
  // First the reservation: between the two the name would be anybody's. The tenant itself may take it back.
  if (domain.state === 'proved') await reserveName(domain.name, ctx.tenant.id, ctx.now)
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.domain.deleteMany({ where: { id: domainId } })
    if (count === 0) throw notFound()
    await tx.host.deleteMany({ where: { name: domain.name, zone: domain.zone } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'domain.removed', data: { domainId: Number(domainId), name: domain.name } })
    await recordAudit(tx, ctx.audit, { action: 'domain.removed', object: { kind: 'domain', id: domainId, name: domain.name } })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'host' })
  })
}
