import { z } from 'zod'
import type { Prisma } from '@/lib/db/generated/client'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

export const featureInput = z.object({ feature: z.enum(['endUserPlans']), on: z.boolean() })
export type FeatureInput = z.input<typeof featureInput>

/** Switches a feature of the tenant (Settings, Features). Off hides its screens; what was made stays. */
export async function setFeature(ctx: Ctx, raw: FeatureInput): Promise<void> {
  const { feature, on } = featureInput.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const { features } = await tx.tenant.findUniqueOrThrow({ where: { id: ctx.tenant.id }, select: { features: true } })
    const before = features as Prisma.JsonObject
    await tx.tenant.update({ where: { id: ctx.tenant.id }, data: { features: { ...before, [feature]: on } }, select: { id: true } })
    await recordEvent(tx, { tenantId: ctx.tenant.id, type: 'tenant.changed', data: { feature, on } })
    await recordAudit(tx, ctx.audit, { action: 'tenant.feature_changed', object: { kind: 'tenant', id: ctx.tenant.id, name: ctx.tenant.name }, before: { [feature]: before[feature] === true }, after: { [feature]: on } })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'tenant', subjectId: ctx.tenant.id })
  })
}
