import { LRUCache } from 'lru-cache'
import { systemClock, type Clock } from '@/lib/clock'
import { windows } from '@/lib/throttle/buckets'
import type { Throttle } from '@/lib/throttle/throttle'
import { refusedFor } from '@/lib/throttle/throttle-answer'

type Window = { index: number; current: number; previous: number }

const KEYS_MAX = 100_000

/** For one process without Redis. The sliding window is computed as @upstash/ratelimit does: the last window counts by the part of it still in sight. */
export function createMemoryThrottle(clock: Clock = systemClock): Throttle {
  const counts = new LRUCache<string, Window>({ max: KEYS_MAX })

  return {
    async take(bucket, key) {
      const { limit, windowSeconds } = windows[bucket]
      const windowMs = windowSeconds * 1000
      const now = clock.now()
      const index = Math.floor(now / windowMs)
      const name = `${bucket}\n${key}`
      const known = counts.get(name)
      const window: Window =
        known?.index === index ? known : { index, current: 0, previous: known && known.index === index - 1 ? known.current : 0 }
      const previous = Math.floor((1 - (now % windowMs) / windowMs) * window.previous)
      if (previous + window.current >= limit) return refusedFor((index + 1) * windowMs - now)
      window.current++
      counts.set(name, window)
      return { allowed: true }
    },

    async close() {
      counts.clear()
    },
  }
}
