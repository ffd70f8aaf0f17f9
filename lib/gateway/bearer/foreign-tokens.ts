import { LRUCache } from 'lru-cache'
import { AppError } from '@/lib/errors'
import type { BearerFacts } from '@/lib/gateway/bearer/bearer-settings'

/** Tokens that others made and we have checked: believed until they end, at most 50,000. A token that is no good is remembered for a second. */
export type ForeignTokens = {
  /** Undefined: check it. */
  peek(digest: string, now: number): BearerFacts | null | undefined
  /**
   * Checks it, once for all who ask meanwhile. Throws `AppError('unavailable')` where its provider cannot be asked, or
   * too many tokens wait for it already: `of` names the product, so that a slow provider keeps no other's callers waiting.
   */
  load(digest: string, now: number, of: string, check: () => Promise<BearerFacts | null>): Promise<BearerFacts | null>
}

const KEPT_MAX = 50_000
const CHECKS_MAX = 2_000
const CHECKS_OF_PRODUCT_MAX = 100
const ABSENT_MS = 1_000

type Entry = { facts: BearerFacts | null; until: number }

export function createForeignTokens(): ForeignTokens {
  const entries = new LRUCache<string, Entry>({ max: KEPT_MAX })
  const checks = new Map<string, Promise<BearerFacts | null>>()
  const underWay = new Map<string, number>()
  const count = (of: string, by: 1 | -1) => {
    const now = (underWay.get(of) ?? 0) + by
    if (now > 0) underWay.set(of, now)
    else underWay.delete(of)
  }
  return {
    peek(digest, now) {
      const entry = entries.get(digest)
      return entry && now < entry.until ? entry.facts : undefined
    },
    load(digest, now, of, check) {
      const running = checks.get(digest)
      if (running) return running
      if (checks.size >= CHECKS_MAX || (underWay.get(of) ?? 0) >= CHECKS_OF_PRODUCT_MAX) throw new AppError('unavailable', { retryAfterSeconds: 1, details: { reason: 'too many tokens to check' } })
      count(of, 1)
      const checking = check()
        .then((facts) => {
          entries.set(digest, { facts, until: facts ? (facts.validUntil ?? Infinity) : now + ABSENT_MS })
          return facts
        })
        .finally(() => {
          checks.delete(digest)
          count(of, -1)
        })
      checks.set(digest, checking)
      return checking
    },
  }
}
