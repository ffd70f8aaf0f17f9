/** Pauses before the second to the tenth try (WH-3), each stretched or shortened by up to a fifth. */
const PAUSES_MS = [5_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 5 * 3_600_000, 10 * 3_600_000, 14 * 3_600_000, 20 * 3_600_000, 24 * 3_600_000]

export const TRIES_MAX = PAUSES_MS.length + 1

const DAY_MS = 24 * 3_600_000

/**
 * How long to wait after the given number of failed tries; null: give up. What the receiver asks for with `Retry-After`
 * (429, 503) is honoured up to a day. `chance` is a number in [0, 1).
 */
export function pauseAfter(tries: number, retryAfterMs: number | null, chance: number): number | null {
  const pause = PAUSES_MS[tries - 1]
  if (pause === undefined) return null
  const stretched = pause * (0.8 + 0.4 * chance)
  return Math.round(retryAfterMs === null ? stretched : Math.min(DAY_MS, Math.max(stretched, retryAfterMs)))
}

/** The header's seconds or date as milliseconds from now; null for anything else. */
export function readRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
