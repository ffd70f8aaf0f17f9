import type { Backend } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { notFound } from '@/lib/errors'
import type { EventType } from '@/lib/events/event-types'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { recordEvent, type EventData } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

/** What a write answers, and what it tells outbox and audit log. `unchanged`: nothing was written, so nothing is told. */
export type BackendWrite<Result> = { result: Result; unchanged?: boolean; before?: Record<string, unknown> | null; after?: Record<string, unknown> | null; data?: EventData }

/** The backend as it is, and the products that mount it (with `alsoProduct`: and that one), all locked. */
export type LockedBackend = { backend: Backend; productIds: bigint[] }

/**
 * One write on a backend, in one transaction with its event, audit entry and news for every gateway that serves a
 * product mounting it. Backend first, then products by id: writers of several products never wait in a circle.
 * Throws `not_found` for the backend or `alsoProduct`.
 */
export async function writeBackend<Result>(
  ctx: Ctx,
  backendId: bigint,
  action: EventType,
  write: (tx: TenantTx, locked: LockedBackend) => Promise<BackendWrite<Result>>,
  alsoProduct?: bigint,
): Promise<Result> {
  const tenantId = ctx.tenant.id
  return ctx.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM backends WHERE "tenantId" = ${tenantId} AND id = ${backendId} FOR UPDATE`
      const backend = await tx.backend.findUnique({ where: { id: backendId } })
      if (!backend) throw notFound()
      const mounted = await tx.backendUsage.findMany({ where: { backendId }, select: { productId: true } })
      const wanted = [...new Set([...mounted.map(({ productId }) => productId), ...(alsoProduct === undefined ? [] : [alsoProduct])])]
      const locked = await tx.$queryRaw<{ id: bigint }[]>`SELECT id FROM products WHERE "tenantId" = ${tenantId} AND id = ANY(${wanted}::bigint[]) ORDER BY id FOR UPDATE`
      const productIds = locked.map(({ id }) => BigInt(id))
      if (alsoProduct !== undefined && !productIds.includes(alsoProduct)) throw notFound()
      const { result, unchanged, before, after, data } = await write(tx, { backend, productIds })
      if (unchanged) return result
      await recordEvent(tx, { tenantId, type: action, data: { backendId: Number(backendId), ...data } })
      await recordAudit(tx, ctx.audit, { action, object: { kind: 'backend', id: backendId, name: backend.name }, before, after })
      for (const subjectId of productIds) await recordChange(tx, { tenantId, topic: 'product', subjectId })
      return result
    },
    { timeout: 30_000 },
  )
}
