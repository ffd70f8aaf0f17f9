import type { Prisma } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { invalid, notFound } from '@/lib/errors'
import { diffConfigs } from '@/lib/products/diff-configs'
import { completeConfig, type GatewayConfig } from '@/lib/products/gateway-config'
import { makeLive, readSnapshot } from '@/lib/products/promote-config'
import { sameJson } from '@/lib/products/same-json'
import { productRef, rollBackInput, type ProductRef, type RollBackInput } from '@/lib/products/schema'
import { writeProduct } from '@/lib/products/write-product'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Keeps what staging serves as the next version, for gateways that download it, without touching production. Where the
 * newest version says exactly this already, no version is made (reference gateway 5).
 */
export async function deployConfig(ctx: Ctx, raw: ProductRef): Promise<{ version: number; created: boolean }> {
  const { productId } = productRef.parse(raw)
  return writeProduct(ctx, productId, 'product.deployed', async (tx) => {
    const content = await readSnapshot(tx, productId)
    if (!content.upstream.privateBaseUrl && content.backends.length === 0) throw invalid({ privateBaseUrl: ['Name your private base URL first: it is where calls go.'] })
    const { version, created, before } = await keepVersion(tx, ctx, productId, content)
    return { result: { version, created }, unchanged: !created, before: { version: before }, after: { version }, data: { version } }
  })
}

/**
 * Makes a deployed version live under its own number. Throws `not_found`, `invalid` (field `version`) where it has been
 * promoted before: going back to it is a roll-back.
 */
export async function promoteVersion(ctx: Ctx, raw: RollBackInput): Promise<{ version: number }> {
  const { productId, version } = rollBackInput.parse(raw)
  return writeProduct(ctx, productId, 'product.promoted', async (tx, product) => {
    const row = await tx.configVersion.findFirst({ where: { productId, version }, select: { content: true } })
    if (!row) throw notFound()
    if ((await tx.promotion.count({ where: { productId, version } })) > 0) throw invalid({ version: ['has been promoted already'] }, `Version ${version} has been promoted already.`)
    const live = product.liveVersion === null ? null : await tx.configVersion.findFirst({ where: { productId, version: product.liveVersion }, select: { content: true } })
    await makeLive(tx, ctx, productId, version, 'promote')
    const changes = diffConfigs(live && completeConfig(live.content), completeConfig(row.content))
    return { result: { version }, before: { liveVersion: product.liveVersion }, after: { liveVersion: version, changes }, data: { version } }
  })
}

async function keepVersion(tx: TenantTx, ctx: Ctx, productId: bigint, content: GatewayConfig): Promise<{ version: number; created: boolean; before: number | null }> {
  const newest = await tx.configVersion.findFirst({ where: { productId }, orderBy: { version: 'desc' } })
  if (newest && sameJson(completeConfig(newest.content), content)) return { version: newest.version, created: false, before: newest.version }
  const version = (newest?.version ?? 0) + 1
  await tx.configVersion.create({ data: { tenantId: ctx.tenant.id, productId, version, content: content as unknown as Prisma.InputJsonObject }, select: { id: true } })
  return { version, created: true, before: newest?.version ?? null }
}
