import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Takes an organisation out of service: dashboard and portal are gone, the gateway and the APIs refuse its keys, within
 * a second; its people are signed out and nothing is deleted. For whoever runs the installation. One that is suspended already stays as it is.
 */
export async function suspendTenant(ctx: Ctx): Promise<void> {
  await moveTenant(ctx, 'active', 'suspended')
}

/** Puts a suspended organisation back as it was. */
export async function resumeTenant(ctx: Ctx): Promise<void> {
  await moveTenant(ctx, 'suspended', 'active')
}

async function moveTenant(ctx: Ctx, from: 'active' | 'suspended', to: 'active' | 'suspended'): Promise<void> {
  const { id, name } = ctx.tenant
  const type = to === 'suspended' ? 'tenant.suspended' : 'tenant.resumed'
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.tenant.updateMany({ where: { id, state: from }, data: { state: to } })
    if (count === 0) return
    // Whoever was signed in signs in again after a resumption: nobody's old cookie comes back to life (SES-4).
    if (to === 'suspended') await tx.session.updateMany({ where: { revokedAt: null }, data: { revokedAt: ctx.now } })
    await recordEvent(tx, { tenantId: id, type, data: {} })
    await recordAudit(tx, ctx.audit, { action: type, object: { kind: 'tenant', id, name }, before: { state: from }, after: { state: to } })
    await recordChange(tx, { tenantId: id, topic: 'tenant', subjectId: id })
    await recordChange(tx, { tenantId: id, topic: 'host' })
  })
}
