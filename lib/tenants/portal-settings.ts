import { z } from 'zod'
import type { TenantTx } from '@/lib/db/tenant-db'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'
import { emailInput } from '@/lib/tenants/login-names'

/** At which per cent of a limit somebody may want to know (USE-6). */
export const alertLevels = [50, 80, 90, 100, 120] as const

/** The switches and addresses of a tenant's portal. */
export type PortalSettings = {
  signupsEnabled: boolean
  accountApprovalRequired: boolean
  multipleUsers: boolean
  multipleApplications: boolean
  multipleProducts: boolean
  contactEmail: string | null
  alertLevels: number[]
  alertDevelopers: boolean
  alertMembers: boolean
}

export const portalSettingsInput = z
  .object({
    signupsEnabled: z.boolean(),
    accountApprovalRequired: z.boolean(),
    multipleUsers: z.boolean(),
    multipleApplications: z.boolean(),
    multipleProducts: z.boolean(),
    contactEmail: z.preprocess((value) => (value === '' ? null : value), emailInput.nullable()),
    alertLevels: z.array(z.coerce.number().refine((level) => (alertLevels as readonly number[]).includes(level), 'Choose among 50, 80, 90, 100 and 120 per cent.')),
    alertDevelopers: z.boolean(),
    alertMembers: z.boolean(),
  })
  .partial()
export type PortalSettingsInput = z.input<typeof portalSettingsInput>

const picked = {
  signupsEnabled: true,
  accountApprovalRequired: true,
  multipleUsers: true,
  multipleApplications: true,
  multipleProducts: true,
  contactEmail: true,
  alertLevels: true,
  alertDevelopers: true,
  alertMembers: true,
} as const

/** What holds until somebody changes it. */
export const defaultPortalSettings: PortalSettings = {
  signupsEnabled: true,
  accountApprovalRequired: false,
  multipleUsers: false,
  multipleApplications: false,
  multipleProducts: false,
  contactEmail: null,
  alertLevels: [80, 100],
  alertDevelopers: true,
  alertMembers: true,
}

/** The settings as they stand; a tenant that has never changed one has the defaults. */
export async function getPortalSettings(ctx: { db: TenantTx }): Promise<PortalSettings> {
  return (await ctx.db.portalSettings.findFirst({ select: picked })) ?? defaultPortalSettings
}

/** Changes what is given. Throws `invalid`. */
export async function editPortalSettings(ctx: Ctx, raw: PortalSettingsInput): Promise<void> {
  const input = portalSettingsInput.parse(raw)
  await ctx.db.$transaction(async (tx) => {
    const before = (await tx.portalSettings.findFirst({ select: picked })) ?? defaultPortalSettings
    const tenantId = ctx.tenant.id
    await tx.portalSettings.upsert({ where: { tenantId }, create: { tenantId, ...input }, update: input })
    const changed = (Object.keys(input) as (keyof PortalSettings)[]).filter((key) => input[key] !== undefined && JSON.stringify(input[key]) !== JSON.stringify(before[key]))
    const pick = (from: Partial<PortalSettings>) => Object.fromEntries(changed.map((key) => [key, from[key]]))
    await recordEvent(tx, { tenantId, type: 'portal.settings_changed', data: {} })
    await recordAudit(tx, ctx.audit, { action: 'portal.settings_changed', before: pick(before), after: pick(input as Partial<PortalSettings>) })
  })
}
