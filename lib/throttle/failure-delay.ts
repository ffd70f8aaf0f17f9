import type { AttemptRule } from '@/lib/throttle/buckets'

/** What is remembered of a key: consecutive tries not known to have succeeded, and when the last one was let through. */
export type AttemptState = { failures: number; lastAt: number }

export type ThrottleAnswer = { allowed: true } | { allowed: false; retryAfterSeconds: number }

/** How long after the last try the next one may come: nothing for the first `free`, then doubling (PW-2). */
export function delayAfter(failures: number, rule: AttemptRule): number {
  if (failures < rule.free) return 0
  return Math.min(rule.firstDelayMs * 2 ** Math.min(failures - rule.free, 40), rule.delayMsMax)
}

/**
 * Whether a try may go on. Whoever is let through counts as failed until told otherwise, so that a hundred guesses at
 * the same instant are not a hundred free ones. Tries that are refused count for nothing.
 */
export function decideAttempt(state: AttemptState | null, rule: AttemptRule, now: number): { answer: ThrottleAnswer; state: AttemptState } {
  const failures = state?.failures ?? 0
  const lastAt = state?.lastAt ?? now
  // Locked: only `succeed`, after a reset, opens again. Somebody who waits is told the longest pause.
  if (rule.lockAfter !== null && failures >= rule.lockAfter) return { answer: refused(rule.delayMsMax), state: { failures, lastAt } }
  const wait = lastAt + delayAfter(failures, rule) - now
  if (wait > 0) return { answer: refused(wait), state: { failures, lastAt } }
  return { answer: { allowed: true }, state: { failures: failures + 1, lastAt: now } }
}

/** A refusal in whole seconds, never zero. */
export function refused(waitMs: number): ThrottleAnswer {
  return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) }
}
