import { Prisma } from '@/lib/db/generated/client'
import { BUCKET_MS } from '@/lib/metering/usage-sums'
import type { Environment } from '@/lib/products/gateway-config'

/** Which usage is asked for. Without an application: of all partners, the tenant's own test application left out. */
export type UsageFilter = { environment: Environment; productId?: bigint; productIds?: readonly bigint[]; applicationId?: bigint; /** All applications of one account. */ accountId?: bigint; metricIds?: readonly bigint[] }

/** Half-open; widened to the quarter hours usage is summed by, so that a range that ends now holds everything until now. */
export type TimeRange = { from: Date; to: Date }

const DAY_MS = 86_400_000

/**
 * Usage of a time range as a table of `"applicationId"`, `"metricId"`, value, for a FROM: whole UTC days out of the day
 * sums, what sticks out at both ends out of the quarter hours.
 */
export function usageWithin(filter: UsageFilter, { from, to }: TimeRange): Prisma.Sql {
  const start = quarterOf(from)
  const end = quarterAfter(to)
  const firstDay = Math.ceil(start / DAY_MS) * DAY_MS
  const lastDay = Math.floor(end / DAY_MS) * DAY_MS
  const columns = Prisma.sql`"applicationId", "metricId", value`
  const buckets = (first: number, last: number) =>
    Prisma.sql`SELECT ${columns} FROM usage_buckets AS u WHERE ${matches(filter)} AND u."bucketAt" >= ${instant(first)} AND u."bucketAt" < ${instant(last)}`
  if (firstDay >= lastDay) return Prisma.sql`(${buckets(start, end)})`
  const parts = [Prisma.sql`SELECT ${columns} FROM usage_days AS u WHERE ${matches(filter)} AND u."dayOn" >= ${day(firstDay)} AND u."dayOn" < ${day(lastDay)}`]
  if (start < firstDay) parts.push(buckets(start, firstDay))
  if (lastDay < end) parts.push(buckets(lastDay, end))
  return Prisma.sql`(${Prisma.join(parts, ' UNION ALL ')})`
}

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

export const quarterOf = (at: Date) => Math.floor(at.getTime() / BUCKET_MS) * BUCKET_MS

export const quarterAfter = (at: Date) => Math.ceil(at.getTime() / BUCKET_MS) * BUCKET_MS
