import type { Ctx } from '@/lib/tenants/context'

/** One step of the first hour. `href` is a path of the dashboard that opens the place with the first step prepared. */
export type ChecklistItem = { key: ChecklistKey; title: string; description: string; href: string; done: boolean }

export type ChecklistKey = 'define' | 'integrate' | 'promote' | 'plans' | 'partner' | 'first_call'

export type Checklist = { items: ChecklistItem[]; done: number; next: ChecklistItem | null }

/** The plans a new tenant is given: untouched they are nobody's decision yet. */
const GIVEN_PLANS = ['basic', 'unlimited']

/**
 * Home's checklist, one item per row group of the walk (screens, section 6). Nothing is ticked by hand: every item is
 * read from what exists, so it ticks itself off, and back on when the thing is gone. Handful of counts, no list.
 */
export async function checklist(ctx: Ctx): Promise<Checklist> {
  const product = await ctx.db.product.findFirst({ orderBy: [{ isDefault: 'desc' }, { id: 'asc' }], select: { id: true } })
  const methods = await ctx.db.metric.count({ where: { parentId: { not: null }, retiredAt: null } })
  const tested = await ctx.db.product.count({ where: { lastTest: { path: ['ok'], equals: true } } })
  const promoted = await ctx.db.product.count({ where: { liveVersion: { not: null } } })
  const decidedPlans = await ctx.db.plan.count({
    where: { kind: 'application', OR: [{ systemName: { notIn: GIVEN_PLANS } }, { limits: { some: {} } }, { planMethods: { some: {} } }] },
  })
  const partner = await ctx.db.application.findFirst({ where: { kind: 'partner' }, orderBy: { id: 'asc' }, select: { id: true } })
  // A partner's call proves more than a test: a later test that fails is news for Home, not a step back.
  const called = await ctx.db.application.count({ where: { kind: 'partner', OR: [{ firstCallAt: { not: null } }, { lastCallAt: { not: null } }] } })

  const place = product ? `/products/${product.id}` : null
  const under = (path: string) => (place ? `${place}${path}` : '/products/new')
  const items: ChecklistItem[] = [
    { key: 'define', title: 'Define your API', description: 'Import an OpenAPI document, or write its methods down.', href: under('/methods'), done: methods > 0 },
    { key: 'integrate', title: 'Call it through the gateway', description: 'Name your private base URL and test it on staging.', href: under('/gateway'), done: tested > 0 || called > 0 },
    { key: 'promote', title: 'Promote it to production', description: 'Staging shows what will change. Production takes it over in a second.', href: under('/gateway'), done: promoted > 0 },
    { key: 'plans', title: 'Decide who may do what', description: 'Make a plan: which methods it opens and how much it allows.', href: under('/plans'), done: decidedPlans > 0 },
    { key: 'partner', title: 'Add your first partner', description: 'An account, and an application with its key on one of your plans.', href: '/accounts/new', done: partner !== null },
    {
      key: 'first_call',
      title: 'See a partner call',
      description: 'Hand the key over. The first call ticks this off and shows under usage.',
      href: partner ? `/applications/${partner.id}` : '/applications',
      done: called > 0,
    },
  ]
  return { items, done: items.filter((item) => item.done).length, next: items.find((item) => !item.done) ?? null }
}
