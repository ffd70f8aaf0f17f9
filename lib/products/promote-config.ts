import type { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid, notFound } from '@/lib/errors'
import { diffConfigs } from '@/lib/products/diff-configs'
import { completeConfig } from '@/lib/products/gateway-config'
import type { GatewayConfig } from '@/lib/products/gateway-config'
import { sameJson } from '@/lib/products/same-json'
import { productRef, rollBackInput, type ProductRef, type RollBackInput } from '@/lib/products/schema'
import { snapshotConfig } from '@/lib/products/snapshot-config'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Takes what staging serves as the next version and makes it live in production within a second. Throws `invalid`
 * without a private base URL, `conflict` where production serves exactly this already: no version is made then.
 */
export async function promoteConfig(ctx: Ctx, raw: ProductRef): Promise<{ version: number; changes: string[] }> {
  const { productId } = productRef.parse(raw)
  return writeProduct(ctx, productId, 'product.promoted', async (tx, product) => {
    const content = await readSnapshot(tx, productId)
    if (!content.upstream.privateBaseUrl && content.backends.length === 0) throw invalid({ privateBaseUrl: ['Name your private base URL first: it is where calls go.'] }, 'Name your private base URL first: it is where calls go.')
    const live = await readLive(tx, productId, product.liveVersion)
    if (live && sameJson(live, content)) throw new AppError('conflict', { publicMessage: `Nothing to promote: production serves exactly this already, as version ${product.liveVersion}.` })
    const newest = await tx.configVersion.findFirst({ where: { productId }, orderBy: { version: 'desc' }, select: { version: true, content: true } })
    // Deployed for gateways that download it, and not promoted yet: that version is the one to promote.
    const deployed = newest && newest.version > (product.liveVersion ?? 0) && sameJson(completeConfig(newest.content), content) && (await tx.promotion.count({ where: { productId, version: newest.version } })) === 0
    const version = deployed ? newest.version : (newest?.version ?? 0) + 1
    if (!deployed) await tx.configVersion.create({ data: { tenantId: ctx.tenant.id, productId, version, content: content as unknown as Prisma.InputJsonObject }, select: { id: true } })
    await makeLive(tx, ctx, productId, version, 'promote')
    const changes = diffConfigs(live, content)
    return { result: { version, changes }, before: { liveVersion: product.liveVersion }, after: { liveVersion: version, changes }, data: { version } }
  })
}

/** Makes an earlier version live again; staging stays as it is. Throws `not_found`, `conflict` where it is live already. */
export async function rollBackConfig(ctx: Ctx, raw: RollBackInput): Promise<{ version: number }> {
  const { productId, version } = rollBackInput.parse(raw)
  return writeProduct(ctx, productId, 'product.rolled_back', async (tx, product) => {
    if (!(await readLive(tx, productId, version))) throw notFound()
    if (product.liveVersion === version) throw new AppError('conflict', { publicMessage: `Version ${version} is live already.` })
    await makeLive(tx, ctx, productId, version, 'rollback')
    return { result: { version }, before: { liveVersion: product.liveVersion }, after: { liveVersion: version }, data: { version } }
  })
}

/** What staging has and production does not, in words. `liveVersion` null: never promoted. */
export async function findPendingChanges(ctx: Ctx, raw: ProductRef): Promise<{ liveVersion: number | null; changes: string[] }> {
  const { productId } = productRef.parse(raw)
  const product = await ctx.db.product.findUnique({ where: { id: productId }, select: { liveVersion: true } })
  if (!product) throw notFound()
  const live = await readLive(ctx.db, productId, product.liveVersion)
  const changes = diffConfigs(live, await readSnapshot(ctx.db, productId))
  return { liveVersion: product.liveVersion, changes }
}

/** What staging serves: the rows as they are. */
export async function readSnapshot(db: Pick<TenantTx, 'product' | 'metric' | 'mappingRule' | 'backendUsage'>, productId: bigint): Promise<GatewayConfig> {
  const product = await db.product.findUnique({ where: { id: productId } })
  if (!product) throw notFound()
  const metrics = await db.metric.findMany({ where: { productId, retiredAt: null }, orderBy: { id: 'asc' }, select: { id: true, systemName: true, name: true, parentId: true, verb: true, backendMetricId: true } })
  const mappingRules = await db.mappingRule.findMany({ where: { productId } })
  const usages = await db.backendUsage.findMany({ where: { productId }, orderBy: { id: 'asc' }, include: { backend: { include: { mappingRules: true } } } })
  const standsFor = new Map(metrics.map((metric) => [metric.backendMetricId, metric.id]))
  const backends = usages.map(({ path, backend }) => ({
    ...backend,
    path,
    mappingRules: backend.mappingRules.flatMap((rule) => {
      const metricId = standsFor.get(rule.backendMetricId)
      return metricId === undefined ? [] : [{ ...rule, metricId }]
    }),
  }))
  return snapshotConfig({ product, metrics, mappingRules, backends })
}

async function readLive(db: Pick<TenantTx, 'configVersion'>, productId: bigint, version: number | null): Promise<GatewayConfig | null> {
  if (version === null) return null
  const row = await db.configVersion.findFirst({ where: { productId, version }, select: { content: true } })
  return row ? completeConfig(row.content) : null
}

/** Within a transaction that has locked the product. */
export async function makeLive(tx: TenantTx, ctx: Ctx, productId: bigint, version: number, kind: 'promote' | 'rollback'): Promise<void> {
  await tx.product.update({ where: { id: productId }, data: { liveVersion: version }, select: { id: true } })
  const memberId = ctx.actor.kind === 'member' ? ctx.actor.id : null
  await tx.promotion.create({ data: { tenantId: ctx.tenant.id, productId, version, kind, memberId, memberName: ctx.actor.name }, select: { id: true } })
}
