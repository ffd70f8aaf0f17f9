import { LRUCache } from 'lru-cache'
import { logger } from '@/lib/logger'
import { networkOf } from '@/lib/throttle/network-of'
import type { Throttle } from '@/lib/throttle/throttle'

/**
 * Addresses that come with many credentials nobody knows (PW-2). Known callers never wait for this: it is asked only
 * where a credential would have to be looked up, and answers from memory; the shared count goes on behind the answer.
 */
export type Strangers = {
  /** Whether look-ups for this address rest: seconds until they go on, null for no. */
  restOf(address: string, now: number): number | null
  /** One more unknown credential from there. */
  note(address: string): void
}

const ADDRESSES_MAX = 20_000

export function createStrangers(throttle: () => Throttle, now: () => number): Strangers {
  const restUntil = new LRUCache<string, number>({ max: ADDRESSES_MAX })
  return {
    restOf(address, at) {
      if (restUntil.size === 0) return null
      const until = restUntil.get(networkOf(address))
      return until === undefined || until <= at ? null : Math.max(1, Math.ceil((until - at) / 1000))
    },
    note(address) {
      const key = networkOf(address)
      throttle()
        .take('unknown_credential', key)
        .then(
          (answer) => {
            if (!answer.allowed) restUntil.set(key, now() + answer.retryAfterSeconds * 1000)
          },
          (error: unknown) => logger.warn({ err: error }, 'unknown credentials cannot be counted'),
        )
    },
  }
}
