import { z } from 'zod'
import { isOvertaken, isUniqueViolation, isUnstorableText } from '@/lib/db/violations'
import { AppError, isAppError, notFound, type FieldErrors } from '@/lib/errors'

/**
 * What an error means for the person who asked: ours as they are, failed schemas by field, and what the database tells
 * (a foreign id on a write is not found, a double click is a conflict, a NUL is no text, no answer is unavailable).
 * Null for the rest.
 */
export function toAppError(error: unknown): AppError | null {
  if (isAppError(error)) return error
  if (error instanceof z.core.$ZodError || (error instanceof Error && error.name === 'ZodError')) return invalidInput((error as z.ZodError).issues)
  if (isUniqueViolation(error)) return new AppError('conflict', { publicMessage: 'The same was done a moment ago. Reload the page to see it.', cause: error })
  if (isUnstorableText(error)) return new AppError('invalid', { publicMessage: 'The text holds a NUL character. Remove it.', cause: error })
  if (isOvertaken(error)) return new AppError('conflict', { publicMessage: 'Somebody else changed the same at this very moment. Try again.', cause: error })
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'P2025') return notFound()
  if (AWAY.has(code) || (error instanceof Error && error.message.startsWith('timeout exceeded when trying to connect'))) return new AppError('unavailable', { retryAfterSeconds: 5, cause: error })
  return null
}

/** Codes of Prisma, Postgres and the socket for a database that cannot be reached or is just starting or stopping. */
const AWAY = new Set(['P1001', 'P1002', 'P1008', 'P1017', '57P01', '57P02', '57P03', '08006', '08001', '53300', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

/** Problems of a schema by field. */
export function invalidInput(issues: z.core.$ZodIssue[]): AppError {
  const fields: FieldErrors = {}
  for (const issue of issues) (fields[issue.path.join('.') || 'form'] ??= []).push(issue.message)
  return new AppError('invalid', { publicMessage: 'Please mend the fields marked below.', fields })
}
