import { z } from 'zod'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/** Zones by their IANA names, as charts and months are cut by them; UTC first. */
export const timeZones: readonly string[] = ['Etc/UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'Etc/UTC' && zone !== 'UTC')]

export const organisationInput = z.object({
  name: z.string({ error: 'Name your organisation.' }).trim().min(1, 'Name your organisation.').max(100, 'Use at most 100 characters.'),
  timezone: z.string().refine((zone) => timeZones.includes(zone), 'Choose a time zone from the list.'),
})
export type OrganisationInput = z.input<typeof organisationInput>

/** The name partners and colleagues read, and the zone in which days and months begin. The subdomain stays for good. */
export async function editOrganisation(ctx: Ctx, raw: OrganisationInput): Promise<void> {
  const after = organisationInput.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const before = await tx.tenant.findUniqueOrThrow({ where: { id: ctx.tenant.id }, select: { name: true, timezone: true } })
    if (before.name === after.name && before.timezone === after.timezone) return
    await tx.tenant.update({ where: { id: ctx.tenant.id }, data: after, select: { id: true } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'tenant.changed', data: { name: after.name } })
    await recordAudit(tx, ctx.audit, { action: 'tenant.changed', object: { kind: 'tenant', id: ctx.tenant.id, name: after.name }, before, after })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'tenant', subjectId: ctx.tenant.id })
  })
}
