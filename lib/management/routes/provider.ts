import { z } from 'zod'
import { answer, flag, text } from '@/lib/management/inputs'
import { managementRoute, type ManagementRoute } from '@/lib/management/management-route'
import type { Ctx } from '@/lib/tenants/context'
import { editPortalSettings, getPortalSettings } from '@/lib/tenants/portal-settings'
import { findHostOf } from '@/lib/tenants/queries'

const common = { scope: 'account_management', may: 'settings', tag: 'Settings', errorNames: { contactEmail: 'support_email' } } as const

/** A tenant as the management API tells it. */
export const providerAnswer = z.object({
  id: answer.id,
  created_at: answer.time,
  updated_at: answer.time,
  state: z.enum(['approved']),
  org_name: z.string(),
  admin_domain: z.string().nullable(),
  domain: z.string().nullable(),
  from_email: z.string().nullable(),
  support_email: z.string().nullable(),
  finance_support_email: z.string().nullable(),
})
const provider = { kind: 'one', name: 'account', schema: providerAnswer, status: 200 } as const

const switches = {
  signups_enabled: 'signupsEnabled',
  account_approval_required: 'accountApprovalRequired',
  multiple_users: 'multipleUsers',
  multiple_applications: 'multipleApplications',
  multiple_services: 'multipleProducts',
} as const
type Switch = keyof typeof switches
const switchNames = Object.keys(switches) as Switch[]
const settingsAnswer = z.object(Object.fromEntries(switchNames.map((name) => [name, z.boolean()])) as Record<Switch, z.ZodBoolean>)
const settingsInput = z.object(Object.fromEntries(switchNames.map((name) => [name, flag().optional()])) as Record<Switch, z.ZodOptional<ReturnType<typeof flag>>>)
const settings = { kind: 'one', name: 'settings', schema: settingsAnswer, status: 200 } as const

/** The tenant itself, and the switches of its portal. */
export const providerRoutes: ManagementRoute[] = [
  managementRoute({
    ...common,
    // Clients ask this first to see whether a token works, whatever its member may do.
    may: null,
    formats: ['json', 'xml'],
    method: 'GET',
    path: '/admin/api/provider',
    summary: 'Read your own organisation',
    input: z.object({}),
    answers: provider,
    handle: ({ ctx }) => providerJson(ctx),
  }),
  managementRoute({
    ...common,
    formats: ['json', 'xml'],
    method: 'PUT',
    path: '/admin/api/provider',
    summary: 'Set the address that partners write to',
    input: z.object({ support_email: text(255).optional() }),
    answers: provider,
    async handle({ ctx, input }) {
      if (input.support_email !== undefined) await editPortalSettings(ctx, { contactEmail: input.support_email })
      return providerJson(ctx)
    },
  }),
  managementRoute({
    ...common,
    may: 'portal',
    formats: ['json'],
    method: 'GET',
    path: '/admin/api/settings',
    summary: 'Read the switches of the portal',
    input: z.object({}),
    answers: settings,
    handle: ({ ctx }) => settingsJson(ctx),
  }),
  managementRoute({
    ...common,
    may: 'portal',
    formats: ['json'],
    method: 'PUT',
    path: '/admin/api/settings',
    summary: 'Set switches of the portal; settings that do not exist here are refused',
    input: settingsInput,
    strict: true,
    answers: settings,
    async handle({ ctx, input }) {
      await editPortalSettings(ctx, Object.fromEntries(switchNames.flatMap((name) => (input[name] === undefined ? [] : [[switches[name], input[name]]]))))
      return settingsJson(ctx)
    },
  }),
]

async function providerJson(ctx: Ctx) {
  const { id } = ctx.tenant
  const { name, createdAt } = await ctx.db.tenant.findUniqueOrThrow({ where: { id }, select: { name: true, createdAt: true } })
  const { contactEmail } = await getPortalSettings(ctx)
  const [adminDomain, domain] = await Promise.all([findHostOf(id, 'admin'), findHostOf(id, 'portal')])
  return {
    id,
    created_at: createdAt,
    updated_at: createdAt,
    state: 'approved',
    org_name: name,
    admin_domain: adminDomain,
    domain,
    from_email: contactEmail,
    support_email: contactEmail,
    finance_support_email: contactEmail,
  }
}

async function settingsJson(ctx: Ctx) {
  const held = await getPortalSettings(ctx)
  return Object.fromEntries(switchNames.map((name) => [name, held[switches[name]]]))
}
