import { isAppError } from '@/lib/errors'
import { createPlan } from '@/lib/plans/create-plan'
import { setDefaultPlan } from '@/lib/plans/set-default-plan'
import { createProduct } from '@/lib/products/create-product'
import type { Ctx } from '@/lib/tenants/context'

/**
 * What a new tenant finds: one product with the metric Hits, and the plans Basic (the default) and Unlimited, both
 * published. Each step may have been done before, so that a sign-up that was cut short is completed by a job.
 */
export async function furnishTenant(ctx: Ctx): Promise<void> {
  const { progress } = await ctx.db.tenant.findUniqueOrThrow({ where: { id: ctx.tenant.id }, select: { progress: true } })
  const done = progress !== null && typeof progress === 'object' && !Array.isArray(progress) ? progress : {}
  if (done.furnishedAt) return
  await unlessThere(() => createProduct(ctx, { name: 'API', systemName: 'api', description: '' }))
  const product = await ctx.db.product.findFirstOrThrow({ where: { systemName: 'api' }, select: { id: true, defaultPlanId: true } })
  const plan = { productId: product.id, state: 'published', newMethods: 'enabled' } as const
  await unlessThere(() => createPlan(ctx, { ...plan, name: 'Basic', description: 'To start with.' }))
  await unlessThere(() => createPlan(ctx, { ...plan, name: 'Unlimited', description: 'Without limits.' }))
  const basic = await ctx.db.plan.findFirst({ where: { productId: product.id, kind: 'application', name: 'Basic' }, select: { id: true } })
  if (basic && product.defaultPlanId === null) await setDefaultPlan(ctx, { productId: product.id, planId: basic.id })
  await ctx.db.tenant.update({ where: { id: ctx.tenant.id }, data: { progress: { ...done, furnishedAt: ctx.now.toISOString() } } })
}

async function unlessThere(make: () => Promise<unknown>): Promise<void> {
  try {
    await make()
  } catch (error) {
    // The name is taken: an earlier or a parallel run has made it.
    if (!isAppError(error) || (error.code !== 'invalid' && error.code !== 'conflict')) throw error
  }
}
