import { LRUCache } from 'lru-cache'
import { logger } from '@/lib/logger'
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
      const until = restUntil.get(keyOf(address))
      return until === undefined || until <= at ? null : Math.max(1, Math.ceil((until - at) / 1000))
    },
    note(address) {
      const key = keyOf(address)
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

/** Whoever has an IPv6 address has a whole /64 of them. */
function keyOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const front = head.split(':').filter((part) => part !== '')
  const back = tail.split(':').filter((part) => part !== '')
  const groups = address.includes('::') ? [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back] : front
  return groups.slice(0, 4).join(':')
}
