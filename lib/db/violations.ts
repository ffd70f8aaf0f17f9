/** What the database refused. Prisma 7 no longer names the target; the violated index stands deep in the adapter's cause. */
type KnownError = { code?: unknown; meta?: { driverAdapterError?: { cause?: { code?: unknown; constraint?: { index?: unknown } } } } }

/** True for a unique violation (P2002), of one index where it is named, e.g. `credentials_tenantId_productId_hash_key`. */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  return hasCode(error, 'P2002') && (index === undefined || error.meta?.driverAdapterError?.cause?.constraint?.index === index)
}

/** True where a row is still pointed at, or points at nothing (P2003). */
export function isForeignKeyViolation(error: unknown): boolean {
  return hasCode(error, 'P2003')
}

/** True where a text holds a NUL, which Postgres keeps in no text and no JSON. */
export function isUnstorableText(error: unknown): boolean {
  return ['22021', '22P05'].includes(String(postgresCode(error)))
}

/** True where two writes waited for each other, or one was overtaken, and this one was undone: it may simply be tried again. */
export function isOvertaken(error: unknown): boolean {
  return hasCode(error, 'P2034') || ['40001', '40P01'].includes(String(postgresCode(error)))
}

function postgresCode(error: unknown): unknown {
  return error instanceof Error ? (error as KnownError).meta?.driverAdapterError?.cause?.code : undefined
}

function hasCode(error: unknown, code: string): error is KnownError {
  return error instanceof Error && (error as KnownError).code === code
}
