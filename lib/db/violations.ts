/** What the database refused. Prisma 7 no longer names the target; the violated index stands deep in the adapter's cause. */
type KnownError = { code?: unknown; meta?: { driverAdapterError?: { cause?: { constraint?: { index?: unknown } } } } }

/** True for a unique violation (P2002), of one index where it is named, e.g. `credentials_tenantId_productId_hash_key`. */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  return hasCode(error, 'P2002') && (index === undefined || error.meta?.driverAdapterError?.cause?.constraint?.index === index)
}

/** True where a row is still pointed at, or points at nothing (P2003). */
export function isForeignKeyViolation(error: unknown): boolean {
  return hasCode(error, 'P2003')
}

function hasCode(error: unknown, code: string): error is KnownError {
  return error instanceof Error && (error as KnownError).code === code
}
