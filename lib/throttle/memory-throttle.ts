import { LRUCache } from 'lru-cache'
import { systemClock, type Clock } from '@/lib/clock'
import { attempts, windows } from '@/lib/throttle/buckets'
import { decideAttempt, refused, type AttemptState } from '@/lib/throttle/failure-delay'
import type { Throttle } from '@/lib/throttle/throttle'

type Window = { index: number; current: number; previous: number }

const KEYS_MAX = 100_000

/** For one process without Redis. The sliding window is computed as @upstash/ratelimit does: the last window counts by the part of it still in sight. */
export function createMemoryThrottle(clock: Clock = systemClock): Throttle {
  const counts = new LRUCache<string, Window>({ max: KEYS_MAX })
  const failures = new LRUCache<string, AttemptState>({ max: KEYS_MAX })

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
      if (previous + window.current >= limit) return refused((index + 1) * windowMs - now)
      window.current++
      counts.set(name, window)
      return { allowed: true }
    },

    async attempt(bucket, key) {
      const rule = attempts[bucket]
      const name = `${bucket}\n${key}`
      const now = clock.now()
      const known = failures.get(name)
      const isLocked = known !== undefined && rule.lockAfter !== null && known.failures >= rule.lockAfter
      const { answer, state } = decideAttempt(known && (isLocked || now - known.lastAt < rule.forgetAfterMs) ? known : null, rule, now)
      failures.set(name, state)
      return answer
    },

    async succeed(bucket, key) {
      failures.delete(`${bucket}\n${key}`)
    },

    async close() {
      counts.clear()
      failures.clear()
    },
  }
}
