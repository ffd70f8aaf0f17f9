import type { Plan } from '@/lib/db/generated/client'
import type { Ctx } from '@/lib/tenants/context'
import type { PortalSettings } from '@/lib/tenants/portal-settings'

const CHOSEN_MAX = 50

/**
 * The plans a new partner starts on, one a product: the chosen one if it is published (other ids count for nothing,
 * ISO-10), else the product's default plan, hidden or not. One product, the default one, unless the tenant shows several.
 */
export async function findSignUpPlans(ctx: Pick<Ctx, 'db'>, planIds: bigint[], { multipleProducts }: Pick<PortalSettings, 'multipleProducts'>): Promise<Plan[]> {
  const shown = await ctx.db.product.findMany({ orderBy: [{ isDefault: 'desc' }, { id: 'asc' }], take: multipleProducts ? undefined : 1, select: { id: true, state: true, defaultPlanId: true } })
  const products = shown.filter(({ state }) => state === 'active')
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
