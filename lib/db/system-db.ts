import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '@/lib/db/generated/client'
import { databaseState, ownerPool } from '@/lib/db/pools'
import { logger } from '@/lib/logger'

export { ownerPool } from '@/lib/db/pools'

/** Sees every tenant. */
export type SystemDb = PrismaClient

/**
 * The owner's client, for work across tenants: host look-up, sign-up, sign-in, jobs (ISO-4). Never within a request of
 * a tenant's zone once its tenant is known. The reason is a short phrase for the log and for whoever reads the call.
 * Only the files listed in lib/db/isolation.test.ts may import it.
 */
export function systemDb(reason: string): SystemDb {
  if (reason.trim().length < 5) throw new TypeError('systemDb needs a reason that says something')
  const state = databaseState()
  if (!state.systemReasons.has(reason)) {
    state.systemReasons.add(reason)
    logger.debug({ reason }, 'first use of the system database for this reason')
  }
  return (state.systemClient ??= new PrismaClient({ adapter: new PrismaPg(ownerPool()), transactionOptions: { maxWait: 5_000, timeout: 30_000 } }))
}
