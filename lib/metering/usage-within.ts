import { Prisma } from '@/lib/db/generated/client'
import type { Environment } from '@/lib/products/gateway-config'

/** Which usage is asked for. Without application and account: of all partners, the tenant's own test application left out. */
export type UsageFilter = {
  environment: Environment
  productId?: bigint
  productIds?: readonly bigint[]
  applicationId?: bigint
  /** All applications of one account. */
  accountId?: bigint
  metricIds?: readonly bigint[]
}

/** Half-open. */
export type TimeRange = { from: Date; to: Date }

/** Conditions on a usage table aliased `u`. The tenant stands first so that the key's index is used; row security holds besides. */
export function matches({ environment, productId, productIds, applicationId, accountId, metricIds }: UsageFilter): Prisma.Sql {
  const conditions = [OWN_TENANT, Prisma.sql`u.environment = ${environment}`]
  if (productId !== undefined) conditions.push(Prisma.sql`u."productId" = ${productId}`)
  if (productIds !== undefined) conditions.push(Prisma.sql`u."productId" = ANY (${[...productIds]}::int8[])`)
  if (metricIds !== undefined) conditions.push(Prisma.sql`u."metricId" = ANY (${[...metricIds]}::int8[])`)
  // Both may be given: an application of another account has no usage then.
  if (accountId !== undefined) conditions.push(Prisma.sql`u."applicationId" = ANY (ARRAY(SELECT id FROM applications WHERE "accountId" = ${accountId}))`)
  if (applicationId !== undefined) conditions.push(Prisma.sql`u."applicationId" = ${applicationId}`)
  if (accountId === undefined && applicationId === undefined) conditions.push(WITHOUT_TEST_APPLICATIONS)
  return Prisma.join(conditions, ' AND ')
}

export const OWN_TENANT = Prisma.sql`u."tenantId" = current_setting('app.tenant_id')::int8`

export const WITHOUT_TEST_APPLICATIONS = Prisma.sql`u."applicationId" <> ALL (ARRAY(SELECT id FROM applications WHERE kind = 'test'))`

/** As text with its zone: a bare date parameter would be read in the zone of the session. */
export const instant = (at: number | Date) => Prisma.sql`${new Date(at).toISOString()}::timestamptz`

export const day = (at: number) => Prisma.sql`${new Date(at).toISOString().slice(0, 10)}::date`
