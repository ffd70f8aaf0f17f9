import type { z } from 'zod'
import { invalidInput, toAppError } from '@/lib/db/to-app-error'
import { AppError, type ErrorCode, type FieldErrors } from '@/lib/errors'
import { logger } from '@/lib/logger'
import type { Incoming } from '@/lib/request/incoming'

/** What a door says of a failure; nothing else of it leaves the process (HTTP-7). */
export type ErrorAnswer = { code: ErrorCode; message: string; fields?: FieldErrors; retryAfterSeconds?: number; requestId?: string }

/**
 * Every failure ends here once. Known ones say their public message; of an unknown one the person gets the request id
 * and the log gets the rest.
 */
export function answerError(error: unknown, incoming: Pick<Incoming, 'requestId' | 'host' | 'method'>): ErrorAnswer {
  const known = toAppError(error)
  if (known && known.code !== 'internal_error') {
    const { code, publicMessage: message, fields, retryAfterSeconds } = known
    if (code === 'unavailable') logger.warn({ err: error, requestId: incoming.requestId }, 'the database is away')
    return { code, message, ...(fields && { fields }), ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }
  }
  logger.error({ err: error, requestId: incoming.requestId, host: incoming.host, method: incoming.method }, 'a request failed')
  const general = new AppError('internal_error')
  return { code: general.code, message: `${general.publicMessage} Please tell us this number if you ask about it: ${incoming.requestId}.`, requestId: incoming.requestId }
}

/** Parses input at a door (PLAT-4, ISO-9): unknown keys fall away, problems come back by field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.output<Schema> {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  throw invalidInput(parsed.error.issues)
}
