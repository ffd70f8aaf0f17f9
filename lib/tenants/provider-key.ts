import { decryptSecret, encryptSecret, lookupHash } from '@/lib/crypto'
import { ownerPool } from '@/lib/db/system-db'
import { notFound } from '@/lib/errors'
import { recordAudit } from '@/lib/events/record-audit'
import { recordChange } from '@/lib/events/record-change'
import { hasValidChecksum, newKey } from '@/lib/ids'
import type { Ctx } from '@/lib/tenants/context'

const placeOf = (tenantId: bigint) => ({ tenantId, table: 'tenants', row: tenantId, column: 'providerKeyCipher' })

/** The tenant's key for the accounting API, in plain; after step-up, and noted in the audit log. Throws `not_found`. */
export async function revealProviderKey(ctx: Ctx): Promise<string> {
  const { providerKeyCipher } = await ctx.db.tenant.findUniqueOrThrow({ where: { id: ctx.tenant.id }, select: { providerKeyCipher: true } })
  if (!providerKeyCipher) throw notFound()
  await recordAudit(ctx.db, ctx.audit, { action: 'provider_key.revealed', object: { kind: 'tenant', id: ctx.tenant.id, name: ctx.tenant.name } })
  return decryptSecret(providerKeyCipher, placeOf(ctx.tenant.id))
}

/** A new provider key; the old one is refused from now on. */
export async function rotateProviderKey(ctx: Ctx): Promise<string> {
  const key = newKey('pk')
  await ctx.db.$transaction(async (tx) => {
    await tx.tenant.update({ where: { id: ctx.tenant.id }, data: { providerKeyHash: lookupHash(key), providerKeyCipher: encryptSecret(key, placeOf(ctx.tenant.id)) } })
    await recordAudit(tx, ctx.audit, { action: 'provider_key.rotated', object: { kind: 'tenant', id: ctx.tenant.id, name: ctx.tenant.name } })
    await recordChange(tx, { tenantId: ctx.tenant.id, topic: 'tenant', subjectId: ctx.tenant.id })
  })
  return key
}

/** The tenant of a provider key, or null: unknown, malformed, tenant suspended. */
export async function findTenantIdByProviderKey(key: string): Promise<bigint | null> {
  if (key.length > 200 || !hasValidChecksum(key)) return null
  const { rows } = await ownerPool().query<{ id: number }>(`SELECT id FROM tenants WHERE "providerKeyHash" = $1 AND state = 'active'`, [lookupHash(key)])
  return rows[0] ? BigInt(rows[0].id) : null
}
