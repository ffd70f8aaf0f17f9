import type { Product } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { notFound } from '@/lib/errors'
import type { EventType } from '@/lib/events/event-types'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent, type EventData } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/** What a write answers, and what it tells outbox and audit log. `unchanged`: nothing was written, so nothing is told. */
export type ProductWrite<Result> = {
  result: Result
  unchanged?: boolean
  before?: Record<string, unknown> | null
  after?: Record<string, unknown> | null
  object?: { kind: string; id: bigint; name: string }
  data?: EventData
}

/**
 * One write on a product, in one transaction with its event, audit entry and news for the gateways. The product's row
 * is locked: versions, positions and system names are handed out one writer at a time. Throws `not_found`.
 */
export async function writeProduct<Result>(ctx: Ctx, productId: bigint, action: EventType, write: (tx: TenantTx, product: Product) => Promise<ProductWrite<Result>>, timeoutMs = 30_000): Promise<Result> {
  return ctx.db.$transaction(
    async (tx) => {
      const product = await lockProduct(tx, ctx, productId)
      const { result, unchanged, before, after, object, data } = await write(tx, product)
      if (unchanged) return result
      const tenantId = ctx.tenant.id
      await recordEvent(tx, { tenantId, type: action, data: { productId: Number(product.id), ...data } })
      await recordAudit(tx, ctx.audit, { action, object: object ?? { kind: 'product', id: product.id, name: product.name }, before, after })
      await recordChange(tx, { tenantId, topic: 'product', subjectId: product.id })
      return result
    },
    { timeout: timeoutMs },
  )
}

async function lockProduct(tx: TenantTx, ctx: Ctx, productId: bigint): Promise<Product> {
  await tx.$queryRaw`SELECT 1 FROM products WHERE "tenantId" = ${ctx.tenant.id} AND id = ${productId} FOR UPDATE`
  const product = await tx.product.findUnique({ where: { id: productId } })
  if (!product) throw notFound()
  return product
}
