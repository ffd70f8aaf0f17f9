/** Every failure a door may answer with; each code meets its HTTP status here and nowhere else. */
export const statusOf = {
  bad_request: 400,
  unauthenticated: 401,
  wrong_credentials: 401,
  forbidden: 403,
  csrf_failed: 403,
  step_up_required: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  in_use: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  invalid: 422,
  last_admin: 422,
  address_not_allowed: 422,
  too_many_requests: 429,
  internal_error: 500,
  could_not_connect: 502,
  bad_response: 502,
  unavailable: 503,
  busy: 503,
  timed_out: 504,
} as const

export type ErrorCode = keyof typeof statusOf

/** Messages by form field, in the reader's language: `{ email: ['Write an address like name@example.com.'] }`. */
export type FieldErrors = Record<string, string[]>

type AppErrorOptions = {
  /** For the person who reads the answer. Without it the door says a general sentence. */
  publicMessage?: string
  fields?: FieldErrors
  /** Seconds until it is worth trying again; becomes `Retry-After`. */
  retryAfterSeconds?: number
  cause?: unknown
  /** For logs only. */
  details?: Record<string, unknown>
}

/**
 * The one error class. Throw it where the fact is known; a door catches it once. The code is the identity: never
 * test with `instanceof` across `server.ts` and Next, use `isAppError`.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly publicMessage: string
  readonly fields?: FieldErrors
  readonly retryAfterSeconds?: number
  readonly details?: Record<string, unknown>

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.publicMessage ?? code, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.publicMessage = options.publicMessage ?? generalMessage(code)
    this.fields = options.fields
    this.retryAfterSeconds = options.retryAfterSeconds
    this.details = options.details
  }

  get status(): number {
    return statusOf[this.code]
  }
}

/** Recognises an `AppError` of either module graph. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error && (error.code as string) in statusOf
}

/** A failed validation, with the messages by field. */
export function invalid(fields: FieldErrors, publicMessage = 'Please mend the fields marked below.'): AppError {
  return new AppError('invalid', { publicMessage, fields })
}

/** What does not exist and what belongs to somebody else look the same (ISO-5). */
export function notFound(): AppError {
  return new AppError('not_found')
}

function generalMessage(code: ErrorCode): string {
  const messages: Partial<Record<ErrorCode, string>> = {
    unauthenticated: 'Please sign in.',
    wrong_credentials: 'Wrong e-mail or password.',
    forbidden: 'You do not have the permission for this.',
    csrf_failed: 'This form is out of date. Reload the page and try again.',
    step_up_required: 'Please enter your password again to go on.',
    not_found: 'Not found.',
    too_many_requests: 'Too many tries. Please wait a little.',
    payload_too_large: 'This is larger than we accept.',
    unavailable: 'We cannot do this right now. Please try again in a few seconds.',
    busy: 'We are busy right now. Please try again in a few seconds.',
    internal_error: 'Something broke on our side. It has been logged.',
  }
  return messages[code] ?? 'The request could not be carried out.'
}
