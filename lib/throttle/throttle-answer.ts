export type ThrottleAnswer = { allowed: true } | { allowed: false; retryAfterSeconds: number }

/** A refusal in whole seconds, never zero. */
export function refusedFor(waitMs: number): ThrottleAnswer {
  return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) }
}
