import { env } from '@/lib/env'
import type { Ctx } from '@/lib/tenants/context'
import { demoFile, readDemoFile, writeDemoFile, type Demo } from '@/scripts/demo/demo-file'
import { describeDemo } from '@/scripts/demo/describe-demo'
import { followStandIn, testStaging, waitForProduction, type StandIn } from '@/scripts/demo/follow-upstream'
import { loadPartners } from '@/scripts/demo/load-partners'
import { loadBetaPlan, loadPlans } from '@/scripts/demo/load-plans'
import { followReceiver, loadPortal } from '@/scripts/demo/load-portal'
import { loadProducts, removeGivenProduct, restApi } from '@/scripts/demo/load-products'
import { newPassword, openDeveloper, openTenant } from '@/scripts/demo/open-tenant'

const PATH = '/1.1/help/languages.json'

/**
 * Loads the walk-through, beside the running server, and writes demo.json. The first start makes everything; one that
 * was cut short goes on where it stopped; later ones leave what the person has changed and follow only the stand-in's port.
 */
export async function loadDemo(standIn: StandIn, hooksPort: string, now: Date): Promise<{ demo: Demo; file: string; problem: string | null }> {
  const { DATA_DIR } = env()
  const previous = readDemoFile(DATA_DIR)
  const { ctx, secrets } = await openTenant(previous, now)
  const first = !(await isLoaded(ctx))
  if (first) await loadAll(ctx, standIn)
  await followReceiver(ctx, hooksPort)
  const moved = !first && (await followStandIn(ctx, standIn))

  const productId = await findProductId(ctx)
  const problem = first || moved ? await testStaging(ctx, productId, PATH) : null
  if (first || moved) await waitForProduction(ctx, productId, PATH)
  const demo = await describeDemo(ctx, productId, secrets, await openDeveloper(ctx, previous), standIn.url)
  writeDemoFile(DATA_DIR, demo)
  return { demo, file: demoFile(DATA_DIR), problem }
}

async function loadAll(ctx: Ctx, standIn: StandIn): Promise<void> {
  const { restApiId, collectionsApiId } = await loadProducts(ctx, standIn)
  const plans = await loadPlans(ctx, restApiId)
  await loadBetaPlan(ctx, collectionsApiId)
  await removeGivenProduct(ctx)
  await loadPortal(ctx, { restApiId, collectionsApiId })
  await loadPartners(ctx, restApiId, plans, newPassword())
  const progress = await readProgress(ctx)
  await ctx.db.tenant.update({ where: { id: ctx.tenant.id }, data: { progress: { ...progress, demoLoadedAt: ctx.now.toISOString() } } })
}

async function isLoaded(ctx: Ctx): Promise<boolean> {
  return (await readProgress(ctx)).demoLoadedAt !== undefined
}

async function readProgress(ctx: Ctx) {
  const { progress } = await ctx.db.tenant.findUniqueOrThrow({ where: { id: ctx.tenant.id }, select: { progress: true } })
  return typeof progress === 'object' && progress !== null && !Array.isArray(progress) ? progress : {}
}

/** The product of the walk; where the person has deleted it, the default one. */
async function findProductId(ctx: Ctx): Promise<bigint> {
  const products = await ctx.db.product.findMany({ orderBy: [{ isDefault: 'desc' }, { id: 'asc' }], select: { id: true, systemName: true } })
  return (products.find(({ systemName }) => systemName === restApi.systemName) ?? products[0]!).id
}
