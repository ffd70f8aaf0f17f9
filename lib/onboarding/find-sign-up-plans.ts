import type { Plan } from '@/lib/db/generated/client'
import type { Ctx } from '@/lib/tenants/context'
import type { PortalSettings } from '@/lib/tenants/portal-settings'

const CHOSEN_MAX = 50

/**
 * The plans a new partner starts on, one a product: the chosen one if it is published (other ids count for nothing,
 * ISO-10), else the product's default plan, hidden or not. Products that hold something, as the portal lists them; one of
 * them unless the tenant shows several. Where every product is still empty, emptiness counts for nothing.
 */
export async function findSignUpPlans(ctx: Pick<Ctx, 'db'>, planIds: bigint[], { multipleProducts }: Pick<PortalSettings, 'multipleProducts'>): Promise<Plan[]> {
  const active = await ctx.db.product.findMany({
    where: { state: 'active' },
    orderBy: [{ isDefault: 'desc' }, { id: 'asc' }],
    select: { id: true, defaultPlanId: true, liveVersion: true, _count: { select: { metrics: { where: { parentId: { not: null }, retiredAt: null } } } } },
  })
  const filled = active.filter(({ liveVersion, _count }) => liveVersion !== null || _count.metrics > 0)
  const shown = filled.length > 0 ? filled : active
  const products = multipleProducts ? shown : shown.slice(0, 1)
  const chosen = planIds.slice(0, CHOSEN_MAX)
  const defaults = products.flatMap(({ defaultPlanId }) => defaultPlanId ?? [])
  const plans = await ctx.db.plan.findMany({
    where: { kind: 'application', productId: { in: products.map(({ id }) => id) }, OR: [{ id: { in: chosen }, state: 'published' }, { id: { in: defaults } }] },
  })
  return products.flatMap(({ id, defaultPlanId }) => {
    const ofProduct = plans.filter((plan) => plan.productId === id)
    return chosen.map((planId) => ofProduct.find((plan) => plan.id === planId && plan.state === 'published')).find(Boolean) ?? ofProduct.find((plan) => plan.id === defaultPlanId) ?? []
  })
}
