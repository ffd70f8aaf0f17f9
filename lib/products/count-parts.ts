import type { Ctx } from '@/lib/tenants/context'

/** How much of everything a product has; partners' applications only. */
export type ProductParts = { methods: number; mappingRules: number; plans: number; publishedPlans: number; applications: number; pendingApplications: number; endUsers: number }

export async function countParts(ctx: Pick<Ctx, 'db'>, productId: bigint): Promise<ProductParts> {
  const partner = { productId, kind: 'partner' }
  const [methods, mappingRules, plans, publishedPlans, applications, pendingApplications, endUsers] = await Promise.all([
    ctx.db.metric.count({ where: { productId, retiredAt: null, parentId: { not: null } } }),
    ctx.db.mappingRule.count({ where: { productId } }),
    ctx.db.plan.count({ where: { productId, kind: 'application' } }),
    ctx.db.plan.count({ where: { productId, kind: 'application', state: 'published' } }),
    ctx.db.application.count({ where: partner }),
    ctx.db.application.count({ where: { ...partner, state: 'pending' } }),
    ctx.db.endUser.count({ where: { productId } }),
  ])
  return { methods, mappingRules, plans, publishedPlans, applications, pendingApplications, endUsers }
}
