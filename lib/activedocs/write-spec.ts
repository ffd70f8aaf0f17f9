import type { ApiSpec } from '@/lib/db/generated/client'
import type { TenantTx } from '@/lib/db/tenant-db'
import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import type { Ctx } from '@/lib/tenants/context'

type SpecEvent = 'api_spec.changed' | 'api_spec.published' | 'api_spec.hidden' | 'api_spec.deleted'

/** What a write tells the audit log; null: nothing was written. Documents themselves are never copied there. */
export type SpecWrite = { before?: Record<string, unknown>; after?: Record<string, unknown> } | null

/** One write on a document in one transaction with its event and audit entry. Throws `not_found`. */
export async function writeSpec(ctx: Ctx, specId: bigint, action: SpecEvent, write: (tx: TenantTx, spec: SpecFacts) => Promise<SpecWrite>): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const spec = await tx.apiSpec.findUnique({ where: { id: specId }, select: facts })
    if (!spec) throw notFound()
    const told = await write(tx, spec)
    if (!told) return
    const tenantId = ctx.tenant.id
    await recordEvent(tx, { tenantId, type: action, data: { apiSpecId: Number(specId), productId: Number(spec.productId) } })
    await recordAudit(tx, ctx.audit, { action, object: { kind: 'api_spec', id: specId, name: spec.name }, before: told.before, after: told.after })
  })
}

const facts = { id: true, productId: true, name: true, systemName: true, description: true, version: true, operations: true, published: true } as const

export type SpecFacts = Pick<ApiSpec, keyof typeof facts>
