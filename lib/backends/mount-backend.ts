import { dropMountedMetrics } from '@/lib/backends/backend-metrics'
import { keepProductMetrics } from '@/lib/backends/keep-product-metrics'
import { assertFits } from '@/lib/backends/mount-paths'
import { backendBounds, mountEditInput, mountInput, mountRef, type MountEditInput, type MountInput, type MountRef } from '@/lib/backends/schema'
import { writeBackend } from '@/lib/backends/write-backend'
import type { TenantTx } from '@/lib/db/tenant-db'
import { AppError, invalid, notFound } from '@/lib/errors'
import type { Ctx } from '@/lib/tenants/context'

/**
 * Mounts a backend on a product under a path; its metrics become the product's as `<system name>.<backend id>`. Staging
 * follows at once, production with the next promotion. Throws `not_found`, `invalid` where path or backend is taken.
 */
export async function mountBackend(ctx: Ctx, raw: MountInput): Promise<{ id: bigint }> {
  const { productId, backendId, path } = mountInput.parse(raw)
  const mount = async (tx: TenantTx, backend: Parameters<typeof keepProductMetrics>[2]) => {
    const present = await tx.backendUsage.findMany({ where: { productId }, select: { backendId: true, path: true } })
    if (present.some((usage) => usage.backendId === backendId)) throw invalid({ backendId: ['This backend is mounted on the product already.'] })
    if (present.some((usage) => usage.path === path)) throw pathTaken(path)
    if (present.length >= backendBounds.mountsMax) throw new AppError('conflict', { publicMessage: `A product mounts at most ${backendBounds.mountsMax} backends.` })
    await assertAllFit(tx, backendId, path)
    const { id } = await tx.backendUsage.create({ data: { tenantId: ctx.tenant.id, productId, backendId, path }, select: { id: true } })
    await keepProductMetrics(tx, ctx, backend, productId)
    return id
  }
  return writeBackend(ctx, backendId, 'backend.mounted', async (tx, { backend }) => {
    const id = await mount(tx, backend)
    return { result: { id }, after: { productId: Number(productId), path }, data: { productId: Number(productId), path } }
  }, productId)
}

/** Moves a mounted backend to another path of its product. Throws `not_found`, `invalid`. */
export async function changeMountPath(ctx: Ctx, raw: MountEditInput): Promise<void> {
  const { usageId, path } = mountEditInput.parse(raw)
  const { backendId, productId } = await findUsage(ctx, usageId)
  await writeBackend(ctx, backendId, 'backend.mounted', async (tx) => {
    const usage = await tx.backendUsage.findUnique({ where: { id: usageId } })
    if (!usage) throw notFound()
    if (usage.path === path) return { result: undefined, unchanged: true }
    if ((await tx.backendUsage.count({ where: { productId, path } })) > 0) throw pathTaken(path)
    await assertAllFit(tx, backendId, path)
    await tx.backendUsage.update({ where: { id: usageId }, data: { path } })
    return { result: undefined, before: { productId: Number(productId), path: usage.path }, after: { productId: Number(productId), path }, data: { productId: Number(productId), path } }
  })
}

/** Takes a backend off a product; its metrics go, or are retired where usage or a promoted version needs them. Throws `not_found`. */
export async function unmountBackend(ctx: Ctx, raw: MountRef): Promise<void> {
  const { usageId } = mountRef.parse(raw)
  const { backendId, productId } = await findUsage(ctx, usageId)
  await writeBackend(ctx, backendId, 'backend.unmounted', async (tx) => {
    const usage = await tx.backendUsage.findUnique({ where: { id: usageId } })
    if (!usage) throw notFound()
    const metrics = await tx.backendMetric.findMany({ where: { backendId }, select: { id: true } })
    await dropMountedMetrics(tx, ctx, productId, metrics.map(({ id }) => id))
    await tx.backendUsage.delete({ where: { id: usageId } })
    return { result: undefined, before: { productId: Number(productId), path: usage.path }, data: { productId: Number(productId), path: usage.path } }
  })
}

async function assertAllFit(tx: TenantTx, backendId: bigint, path: string): Promise<void> {
  const rules = await tx.backendMappingRule.findMany({ where: { backendId }, select: { pattern: true } })
  for (const { pattern } of rules) assertFits(path, pattern, 'path')
}

async function findUsage(ctx: Ctx, usageId: bigint): Promise<{ backendId: bigint; productId: bigint }> {
  const usage = await ctx.db.backendUsage.findUnique({ where: { id: usageId }, select: { backendId: true, productId: true } })
  if (!usage) throw notFound()
  return usage
}

const pathTaken = (path: string) => invalid({ path: [`Another backend is mounted under ${path}. Choose another path.`] })
