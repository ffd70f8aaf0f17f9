import { randomBytes } from 'node:crypto'
import { insertCredential } from '@/lib/applications/insert-credential'
import type { TenantTx } from '@/lib/db/tenant-db'
import { newKey } from '@/lib/ids'

/**
 * The tenant's own application for test calls: of no account, on no plan, in no list of partners. It can prove itself
 * in both modes, so that a change of mode needs no new keys here.
 */
export async function createTestApplication(tx: TenantTx, tenantId: bigint, productId: bigint): Promise<{ id: bigint }> {
  const application = await tx.application.create({
    data: { tenantId, productId, kind: 'test', name: 'Test application', appId: randomBytes(4).toString('hex') },
    select: { id: true },
  })
  await insertCredential(tx, { tenantId, productId, applicationId: application.id, kind: 'user_key', key: newKey('uk') })
  await insertCredential(tx, { tenantId, productId, applicationId: application.id, kind: 'app_key', key: newKey('ak') })
  return application
}
