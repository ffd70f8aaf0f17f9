import { LRUCache } from 'lru-cache'

/**
 * Which tokens were good here once, by their digests, and which strangers' were counted lately. Tokens end by nature: one
 * that has merely expired or was revoked is no guess, and the address it comes from must not rest for it (PW-2).
 */
export type TokenMemory = {
  noteGood(digest: string): void
  /** It may be looked up again while its address rests, and counts for nothing when it is no good any more. */
  wasGood(digest: string): boolean
  /** Whether a token that nobody knows is to be counted: each once in a minute, however often it comes. */
  isNewStranger(digest: string, now: number): boolean
}

const GOOD_MAX = 100_000
const STRANGERS_MAX = 20_000
const COUNTED_MS = 60_000

export function createTokenMemory(): TokenMemory {
  const good = new LRUCache<string, true>({ max: GOOD_MAX })
  const strangers = new LRUCache<string, number>({ max: STRANGERS_MAX })
  return {
    noteGood: (digest) => void good.set(digest, true),
    wasGood: (digest) => good.get(digest) === true,
    isNewStranger(digest, now) {
      if (good.has(digest) || now < (strangers.get(digest) ?? 0)) return false
      strangers.set(digest, now + COUNTED_MS)
      return true
    },
  }
}
