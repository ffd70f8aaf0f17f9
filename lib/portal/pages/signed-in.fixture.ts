import { makeDeveloper } from '@/lib/accounts/developer.fixture'
import { createApplication } from '@/lib/applications/create-application'
import { makeTenant } from '@/lib/db/test-database'
import { AppError, notFound } from '@/lib/errors'
import { createPlan } from '@/lib/plans/create-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { makeTestProduct } from '@/lib/plans/test-product'
import { matchRoute } from '@/lib/portal/match-route'
import type { FormTree, PortalAnswer, PortalRequest, Visit } from '@/lib/portal/portal-route'
import { portalRoutes } from '@/lib/portal/portal-routes'
import { promoteConfig } from '@/lib/products/promote-config'
import type { Ctx } from '@/lib/tenants/context'
import { defaultPortalSettings, type PortalSettings } from '@/lib/tenants/portal-settings'
import { createSession } from '@/lib/tenants/sessions'

/** For tests: a tenant with a promoted product of three methods, a default, a public and a hidden plan. */
export async function makePortal(settings: Partial<PortalSettings> = {}) {
  const ctx = await makeTenant()
  if (Object.keys(settings).length > 0) await ctx.db.portalSettings.create({ data: { tenantId: ctx.tenant.id, ...settings } })
  const made = await makePortalProduct(ctx, 'api')
  await ctx.db.product.update({ where: { id: made.productId }, data: { isDefault: true } })
  return { ctx, settings: { ...defaultPortalSettings, ...settings }, ...made }
}

export async function makePortalProduct(ctx: Ctx, systemName: string) {
  const { productId, hitsId, methodIds } = await makeTestProduct(ctx, { systemName, methods: [{ name: 'post', verb: 'POST', ruleVerb: 'POST' }, { name: 'list', verb: 'GET', ruleVerb: 'GET' }, { name: 'show', verb: 'GET', ruleVerb: 'GET' }] })
  await ctx.db.host.create({ data: { tenantId: ctx.tenant.id, name: `${systemName}-${ctx.tenant.slug}.gw.localhost`, zone: 'gateway', productId, environment: 'production' } })
  await ctx.db.product.update({ where: { id: productId }, data: { privateBaseUrl: 'https://api.example.com' } })
  await promoteConfig(ctx, { productId })
  const trial = await createPlan(ctx, { productId, name: 'Trial', state: 'published', newMethods: 'reads_only' })
  const open = await createPlan(ctx, { productId, name: 'Public', state: 'published' })
  const hidden = await createPlan(ctx, { productId, name: 'Secret plan' })
  await setDefaultPlan(ctx, { productId, planId: trial.id })
  return { productId, hitsId, methodIds, trial: trial.id, open: open.id, hidden: hidden.id }
}

type Portal = Awaited<ReturnType<typeof makePortal>>

/** A signed-in developer of an account, a new one unless given, with the session of a browser. */
export async function makeVisit({ ctx, settings }: Pick<Portal, 'ctx' | 'settings'>, { role = 'admin', accountId }: { role?: 'admin' | 'member'; accountId?: bigint } = {}): Promise<Visit & { developer: NonNullable<Visit['developer']> }> {
  const { developer, account } = await makeDeveloper(ctx, { role })
  if (accountId !== undefined) {
    await ctx.db.developer.update({ where: { id: developer.id }, data: { accountId } })
    await ctx.db.account.delete({ where: { id: account.id } })
  }
  const own = accountId ?? account.id
  const { id: sessionId } = await createSession({ realm: 'portal', tenantId: ctx.tenant.id }, { developerId: developer.id }, { address: null, userAgent: 'test' }, ctx.now)
  const { id, email } = developer
  return {
    ctx: { ...ctx, actor: { kind: 'developer', id, name: email, email, accountId: own, sessionId }, permissions: new Set(), audit: { ...ctx.audit, actor: { kind: 'developer', id, name: email } } },
    settings,
    developer: { id, accountId: own, name: email, email, role, sessionId, stepUpAt: null },
    origin: `http://${ctx.tenant.slug}.portal.localhost:3000`,
    csrfToken: 'token',
    flash: [],
    userAgent: 'test',
    preview: false,
  }
}

/** An application of the visitor's account, placed by the tenant. */
export async function makeApplication(ctx: Ctx, visit: Visit, planId: bigint, name = 'Weather app') {
  return createApplication(ctx, { accountId: visit.developer!.accountId, planId, name })
}

/** One request to a route of the portal, as far as its handler: who may is asked, nothing is rendered. */
export async function call(visit: Visit, method: PortalRequest['method'], target: string, form: FormTree = {}): Promise<PortalAnswer> {
  const { pathname, searchParams } = new URL(target, 'http://portal.example')
  const match = matchRoute(portalRoutes, method, pathname)
  if (!match) throw notFound()
  if (match.route.who === 'account_admin' && visit.developer?.role !== 'admin') throw new AppError('forbidden')
  // A visit of its own for each request, as the door makes it.
  return match.route.handle({ ...visit, ctx: { ...visit.ctx } }, { method, path: pathname, params: match.params, query: searchParams, form, json: undefined })
}

/** What a page was given, as plain objects for looking at. */
export function assignsOf<Shape = Record<string, unknown>>(answer: PortalAnswer): Shape {
  if (answer.kind !== 'page') throw new Error(`a page was expected, not ${JSON.stringify(answer)}`)
  return (answer.assigns ?? {}) as Shape
}

/** How it went, as the next page says it. */
export function flashOf(answer: PortalAnswer): string | undefined {
  return answer.kind === 'page' || answer.kind === 'redirect' ? answer.flash?.type : undefined
}
