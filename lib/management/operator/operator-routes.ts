import { z } from 'zod'
import { answer, linksOf, requiredText, text } from '@/lib/management/inputs'
import { routeTable } from '@/lib/management/find-route'
import { createUnderFreeSlug } from '@/lib/management/operator/free-slug'
import { operatorRoute, type OperatorCall, type OperatorRoute } from '@/lib/management/operator/operator-route'
import { memberAnswer, memberJson } from '@/lib/management/routes/members'
import { providerAnswer } from '@/lib/management/routes/provider'
import { configAnswer, download, environmentOf } from '@/lib/management/routes/proxy-configs'
import { createOperatedTenant } from '@/lib/onboarding/sign-up-tenant'
import { notFound } from '@/lib/errors'
import { accessTokenScopes } from '@/lib/tenants/access-tokens'
import { activateMember } from '@/lib/tenants/activate-member'
import { resumeTenant, suspendTenant } from '@/lib/tenants/change-tenant-state'
import type { Ctx } from '@/lib/tenants/context'
import { editOrganisation } from '@/lib/tenants/edit-organisation'
import { changeMemberRole } from '@/lib/tenants/manage-members'
import { normalUserName } from '@/lib/tenants/login-names'
import { editPortalSettings, getPortalSettings } from '@/lib/tenants/portal-settings'
import { findHostOf, listTenants, listTenantsByGatewayHost } from '@/lib/tenants/queries'
import { systemContext } from '@/lib/tenants/system-context'

const errorNames = { organisation: 'org_name', slug: 'subdomain', name: 'username', contactEmail: 'support_email' }
const formats = ['json', 'xml'] as const
const empty = z.object({})
const provider = '/master/api/providers/:id'
const users = '/admin/api/accounts/:account_id/users'

const accountAnswer = providerAnswer.extend({ state: z.enum(['approved', 'suspended']), links: answer.links })
const tokenAnswer = z.object({ id: answer.id, name: z.string(), scopes: z.array(z.string()), permission: z.enum(['ro', 'rw']), value: z.string() })
const told = { kind: 'one', name: 'signup', schema: z.object({ account: accountAnswer }), status: 200 } as const
const userName = requiredText(40).refine((name) => normalUserName(name) !== null, 'Use 3 to 40 letters, digits, dots, hyphens and underscores.')

/** Tenants from outside, as the Kubernetes operator's kind Tenant makes them, and what a gateway of all tenants downloads. */
export const operatorRoutes: OperatorRoute[] = [
  operatorRoute({
    formats,
    errorNames,
    method: 'POST',
    path: '/master/api/providers',
    input: z.object({ org_name: requiredText(100), username: userName, email: requiredText(), password: requiredText(1000), subdomain: text(63).optional() }),
    answers: { kind: 'one', name: 'signup', schema: z.object({ account: accountAnswer, access_token: tokenAnswer }), status: 201 },
    async handle({ input: { org_name: organisation, username, email, password, subdomain }, now, by, enter, origin }) {
      const create = async (slug: string) => createOperatedTenant({ organisation, slug, name: username, userName: username, email, password }, by, now)
      const { ctx, accessToken } = await (subdomain ? create(subdomain) : createUnderFreeSlug(organisation, create))
      // The address the operator knows: it compares it with what it asked for.
      await editPortalSettings(ctx, { contactEmail: email })
      return { account: await accountJson(await enter(ctx.tenant.id), origin), access_token: { id: accessToken.id, name: 'Administration', scopes: [...accessTokenScopes], permission: 'rw', value: accessToken.value } }
    },
  }),
  operatorRoute({ formats, method: 'GET', path: provider, input: empty, answers: told, handle: (call) => tell(call) }),
  operatorRoute({
    formats,
    errorNames,
    method: 'PUT',
    path: provider,
    // Further addresses and what clients note for themselves are left out: the support address stands for them all.
    input: z.object({ org_name: requiredText(100).optional(), support_email: text(255).optional(), state_event: z.enum(['suspend', 'resume'], { error: 'Choose suspend or resume.' }).optional() }),
    answers: told,
    async handle(call) {
      const { org_name: name, support_email: contactEmail, state_event: event } = call.input
      const ctx = await call.enter(call.ids.id!)
      if (name !== undefined) await editOrganisation(ctx, { name, timezone: ctx.tenant.timezone })
      if (contactEmail !== undefined) await editPortalSettings(ctx, { contactEmail })
      if (event !== undefined) await (event === 'suspend' ? suspendTenant : resumeTenant)(ctx)
      return tell(call)
    },
  }),
  operatorRoute({
    formats,
    method: 'DELETE',
    path: provider,
    input: empty,
    answers: { kind: 'nothing' },
    // What is deleted by a line in a file is not lost: the organisation is out of service, its data stays until somebody erases it on purpose.
    handle: async ({ ids, enter }) => suspendTenant(await enter(ids.id!)),
  }),
  operatorRoute({
    formats,
    method: 'GET',
    path: users,
    input: z.object({ state: z.enum(['pending', 'active', 'suspended']).optional(), role: z.enum(['admin', 'member']).optional() }),
    paged: true,
    answers: { kind: 'many', name: 'users', each: 'user', schema: memberAnswer },
    async handle({ ids, input, page, origin, enter }) {
      const { db } = await enter(ids.account_id!)
      const rows = await db.member.findMany({ where: input, orderBy: { id: 'asc' }, skip: page.skip, take: page.take })
      return { items: rows.map((row) => memberJson(row, origin)), total: await db.member.count({ where: input }) }
    },
  }),
  operatorRoute({ formats, method: 'GET', path: `${users}/:user_id`, input: empty, answers: { kind: 'one', name: 'user', schema: memberAnswer, status: 200 }, handle: (call) => onMember(call, async () => undefined) }),
  operatorRoute({
    formats,
    method: 'PUT',
    path: `${users}/:user_id/activate`,
    input: empty,
    answers: { kind: 'one', name: 'user', schema: memberAnswer, status: 200 },
    handle: (call) => onMember(call, (ctx, memberId) => activateMember(ctx, { memberId })),
  }),
  operatorRoute({
    formats,
    method: 'PUT',
    path: `${users}/:user_id/admin`,
    input: empty,
    answers: { kind: 'one', name: 'user', schema: memberAnswer, status: 200 },
    handle: (call) => onMember(call, (ctx, memberId) => changeMemberRole(ctx, { memberId, role: 'admin' })),
  }),
  operatorRoute({
    formats: ['json'],
    texts: { environment: 'staging (also sandbox) or production' },
    method: 'GET',
    path: '/master/api/proxy/configs/:environment',
    input: z.object({ host: text().optional(), version: text(20).optional() }),
    paged: true,
    answers: { kind: 'many', name: 'proxy_configs', each: 'proxy_config', schema: configAnswer },
    async handle({ texts, input, page, now, by }) {
      const environment = environmentOf(texts.environment!, 'invalid')
      const host = input.host?.toLowerCase() || null
      const tenants = host === null ? (await listTenants()).filter(({ state }) => state === 'active') : await listTenantsByGatewayHost(host)
      const items: unknown[] = []
      for (const tenant of tenants) items.push(...(await download(systemContext(tenant, now, by), environment, { host, version: 'latest', page: null })).items)
      return { items: items.slice(page.skip, page.skip + page.take), total: items.length }
    },
  }),
]

export const operatorTable = routeTable(operatorRoutes)

async function tell({ ids, enter, origin }: OperatorCall<unknown>) {
  return { account: await accountJson(await enter(ids.id!), origin) }
}

async function accountJson(ctx: Awaited<ReturnType<OperatorCall<unknown>['enter']>>, origin: string) {
  const { id, name } = ctx.tenant
  const { contactEmail } = await getPortalSettings(ctx)
  const [adminDomain, domain] = await Promise.all([findHostOf(id, 'admin'), findHostOf(id, 'portal')])
  return {
    id,
    created_at: ctx.createdAt,
    updated_at: ctx.createdAt,
    state: ctx.state === 'active' ? 'approved' : 'suspended',
    org_name: name,
    admin_domain: adminDomain,
    domain,
    from_email: contactEmail,
    support_email: contactEmail,
    finance_support_email: contactEmail,
    links: linksOf(origin, { self: `/master/api/providers/${id}`, users: `/admin/api/accounts/${id}/users` }),
  }
}

async function onMember({ ids, enter, origin }: OperatorCall<unknown>, act: (ctx: Ctx, memberId: bigint) => Promise<void>) {
  const ctx = await enter(ids.account_id!)
  await act(ctx, ids.user_id!)
  const row = await ctx.db.member.findUnique({ where: { id: ids.user_id! } })
  if (!row) throw notFound()
  return memberJson(row, origin)
}
