import { insertBackendMetric } from '@/lib/backends/backend-metrics'
import { backendBounds, backendInput, type BackendInput } from '@/lib/backends/schema'
import { isUniqueViolation } from '@/lib/db/violations'
import { AppError, invalid } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordEvent } from '@/lib/events/record-event'
import { parsePrivateBaseUrl } from '@/lib/products/private-base-url'
import { freeSystemName, systemNameOf } from '@/lib/products/system-name'
import type { Ctx } from '@/lib/tenants/context'

/**
 * A new backend with its metric `hits` and no rules; products mount it. Without a system name one is made from the
 * name. Throws `invalid` for an address we may not call or a system name that is taken.
 */
export async function createBackend(ctx: Ctx, raw: BackendInput): Promise<{ id: bigint; systemName: string }> {
  const { name, systemName: given, description, ...input } = backendInput.parse(raw)
  const privateBaseUrl = await parsePrivateBaseUrl(input.privateBaseUrl)
  const tenantId = ctx.tenant.id
  return ctx.db
    .$transaction(async (tx) => {
      const taken = new Set((await tx.backend.findMany({ select: { systemName: true } })).map((other) => other.systemName))
      if (taken.size >= backendBounds.backendsMax) throw new AppError('conflict', { publicMessage: `A tenant has at most ${backendBounds.backendsMax} backends.` })
      if (given && taken.has(given)) throw invalid({ systemName: ['There is a backend with this system name already.'] })
      const systemName = given ?? freeSystemName(systemNameOf(name, 40) || 'backend', (wanted) => taken.has(wanted), 40)
      const { id } = await tx.backend.create({ data: { tenantId, name, systemName, description, privateBaseUrl }, select: { id: true } })
      await insertBackendMetric(tx, { tenantId, backendId: id, parentId: null, systemName: 'hits', name: 'Hits', description: 'Every call that reached this backend.', unit: 'hit' })
      await recordEvent(tx, { tenantId, type: 'backend.created', data: { backendId: Number(id) } })
      await recordAudit(tx, ctx.audit, { action: 'backend.created', object: { kind: 'backend', id, name }, after: { name, systemName, description, privateBaseUrl } })
      return { id, systemName }
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error)) throw new AppError('conflict', { publicMessage: 'A backend with this system name was made a moment ago.', cause: error })
      throw error
    })
}
