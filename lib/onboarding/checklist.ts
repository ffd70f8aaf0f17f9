import type { Ctx } from '@/lib/tenants/context'

/** One step of the first hour. `href` is a path of the dashboard that opens the place with the first step prepared. */
export type ChecklistItem = { key: ChecklistKey; title: string; description: string; href: string; done: boolean }

export type ChecklistKey = 'define' | 'integrate' | 'plans' | 'brand' | 'sign_up' | 'documentation' | 'webhooks' | 'analytics'

export type Checklist = { items: ChecklistItem[]; done: number; next: ChecklistItem | null }

/** The plans a new tenant is given: untouched they are nobody's decision yet. */
const GIVEN_PLANS = ['basic', 'unlimited']

/**
 * Home's checklist, one item per row group of the walk (screens, section 6). Nothing is ticked by hand: every item is
 * read from what exists, so it ticks itself off, and back on when the thing is gone. Handful of counts, no list.
 */
export async function checklist(ctx: Ctx): Promise<Checklist> {
  const { db } = ctx
  const isDecided = { OR: [{ systemName: { notIn: GIVEN_PLANS } }, { limits: { some: {} } }, { planMethods: { some: {} } }] }
  const [products, methods, called, decidedPlans, settings, publishedTemplates, publishedSpecs, endpoints, tenant] = await Promise.all([
    db.product.findMany({ orderBy: [{ isDefault: 'desc' }, { id: 'asc' }], select: { id: true, liveVersion: true, defaultPlanId: true, lastTest: true } }),
    db.metric.count({ where: { parentId: { not: null }, retiredAt: null } }),
    // A partner's call proves more than a test: a later test that fails is news for Home, not a step back.
    db.application.count({ where: { kind: 'partner', OR: [{ firstCallAt: { not: null } }, { lastCallAt: { not: null } }] } }),
    db.plan.findMany({ where: { kind: 'application', ...isDecided }, select: { id: true, state: true } }),
    db.portalSettings.findFirst({ select: { signupsEnabled: true, theme: true, logoFileId: true } }),
    db.portalTemplate.count({ where: { publishedAt: { not: null } } }),
    db.apiSpec.count({ where: { published: true } }),
    db.webhookEndpoint.count({ where: { active: true } }),
    db.tenant.findUnique({ where: { id: ctx.tenant.id }, select: { progress: true } }),
  ])
  const tested = products.some(({ lastTest }) => (lastTest as { ok?: boolean } | null)?.ok === true)
  const promoted = products.some(({ liveVersion }) => liveVersion !== null)
  const branded = settings !== null && (settings.logoFileId !== null || Object.keys((settings.theme ?? {}) as object).length > 0)
  // Whoever signs up starts on the default plan: one that somebody has decided about, and that is published.
  const open = products.some(({ defaultPlanId }) => decidedPlans.some(({ id, state }) => id === defaultPlanId && state === 'published'))

  const first = products[0]
  const under = (path: string) => (first ? `/products/${first.id}${path}` : '/products/new')
  const items: ChecklistItem[] = [
    { key: 'define', title: 'Define your API', description: 'Import an OpenAPI document, or write its methods down.', href: under('/methods'), done: methods > 0 },
    { key: 'integrate', title: 'Call it through the gateway', description: 'Name your private base URL, test it on staging, promote it to production.', href: under('/gateway'), done: promoted && (tested || called > 0) },
    { key: 'plans', title: 'Decide who may do what', description: 'Make a plan: which methods it opens and how much it allows.', href: under('/plans'), done: decidedPlans.length > 0 },
    { key: 'brand', title: 'Make the portal yours', description: 'Logo, colours and a look, with a preview beside them.', href: '/portal/theme', done: branded || publishedTemplates > 0 },
    {
      key: 'sign_up',
      title: 'Open sign-up',
      description: 'Ask for what you need to know, and choose the plan that partners start on.',
      href: open || !first ? '/portal/fields' : under('/plans'),
      done: open && settings?.signupsEnabled !== false,
    },
    { key: 'documentation', title: 'Publish your documentation', description: 'Partners read it and try calls with their own key filled in.', href: under('/activedocs'), done: publishedSpecs > 0 },
    { key: 'webhooks', title: 'Hear of new partners', description: 'Add a webhook: your systems are told when an account is created.', href: '/settings/webhooks', done: endpoints > 0 },
    { key: 'analytics', title: 'Read the analytics', description: 'Usage, top partners, busiest hours and days.', href: under('/analytics'), done: Boolean((tenant?.progress as { analyticsOpenedAt?: string } | null)?.analyticsOpenedAt) },
  ]
  return { items, done: items.filter((item) => item.done).length, next: items.find((item) => !item.done) ?? null }
}
