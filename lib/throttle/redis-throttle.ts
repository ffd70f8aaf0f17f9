import { createHash } from 'node:crypto'
import { Ratelimit } from '@upstash/ratelimit'
import type { Redis as RestRedis } from '@upstash/redis'
import { systemClock, type Clock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { windows, type WindowBucket } from '@/lib/throttle/buckets'
import { REDIS_TIMEOUT_MS } from '@/lib/redis/connect-redis'
import type { ScriptRedis } from '@/lib/throttle/redis-clients'
import type { Throttle } from '@/lib/throttle/throttle'
import { refusedFor } from '@/lib/throttle/throttle-answer'

/**
 * For any number of processes. Throws `unavailable` where Redis does not answer: a limiter that cannot be asked has
 * said nothing, least of all yes (USE-5).
 */
export function createRedisThrottle(redis: ScriptRedis, { clock = systemClock, timeoutMs = REDIS_TIMEOUT_MS }: { clock?: Clock; timeoutMs?: number } = {}): Throttle {
  const limiters = new Map<WindowBucket, Ratelimit>()

  const limiterOf = (bucket: WindowBucket): Ratelimit => {
    let limiter = limiters.get(bucket)
    if (!limiter) {
      const { limit, windowSeconds } = windows[bucket]
      limiter = new Ratelimit({
        redis: redis as unknown as RestRedis, // only evalsha and eval are used by a sliding window
        limiter: Ratelimit.slidingWindow(limit, `${windowSeconds} s`),
        prefix: `gh:throttle:${bucket}`,
        timeout: timeoutMs,
        ephemeralCache: false, // it would go on blocking after a limit was raised
        analytics: false,
      })
      limiters.set(bucket, limiter)
    }
    return limiter
  }

  return {
    async take(bucket, key) {
      // Braces: both windows of a key in one slot of a cluster.
      const { success, reason, reset } = await orUnavailable(limiterOf(bucket).limit(`{${hashOf(key)}}`))
      if (reason === 'timeout') throw new AppError('unavailable', { retryAfterSeconds: 1 })
      return success ? { allowed: true } : refusedFor(reset - clock.now())
    },

    close: () => redis.close(),
  }
}

async function orUnavailable<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (cause) {
    throw new AppError('unavailable', { retryAfterSeconds: 1, cause })
  }
}

/** Logins and addresses do not stand in Redis in the clear. */
const hashOf = (key: string) => createHash('sha256').update(key).digest('base64url')
