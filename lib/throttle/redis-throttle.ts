import { createHash } from 'node:crypto'
import { Ratelimit } from '@upstash/ratelimit'
import type { Redis as RestRedis } from '@upstash/redis'
import { systemClock, type Clock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { attempts, windows, type WindowBucket } from '@/lib/throttle/buckets'
import { refused } from '@/lib/throttle/failure-delay'
import { ANSWER_TIMEOUT_MS, sha1, type ScriptRedis } from '@/lib/throttle/redis-clients'
import type { Throttle } from '@/lib/throttle/throttle'

/**
 * For any number of processes. Throws `unavailable` where Redis does not answer: a limiter that cannot be asked has
 * said nothing, least of all yes (USE-5).
 */
export function createRedisThrottle(redis: ScriptRedis, { clock = systemClock, timeoutMs = ANSWER_TIMEOUT_MS }: { clock?: Clock; timeoutMs?: number } = {}): Throttle {
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
      return success ? { allowed: true } : refused(reset - clock.now())
    },

    async attempt(bucket, key) {
      const { free, firstDelayMs, delayMsMax, lockAfter, forgetAfterMs } = attempts[bucket]
      const args = [clock.now(), free, firstDelayMs, delayMsMax, lockAfter ?? 0, forgetAfterMs]
      const waitMs = Number(await orUnavailable(run(redis, [nameOf(bucket, key)], args)))
      return waitMs === 0 ? { allowed: true } : refused(waitMs)
    },

    async succeed(bucket, key) {
      await orUnavailable(redis.del(nameOf(bucket, key)))
    },

    close: () => redis.close(),
  }
}

/** `decideAttempt` in Lua, atomic over all processes. KEYS: a hash. ARGV: now, then the rule. Answers the wait in ms; 0: go on. */
const attemptScript = `
local n = tonumber(redis.call('HGET', KEYS[1], 'n') or '0')
local at = tonumber(redis.call('HGET', KEYS[1], 'at') or ARGV[1])
local now, free, first, most, lock = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if lock > 0 and n >= lock then return most end
local delay = 0
if n >= free then delay = math.min(first * 2 ^ math.min(n - free, 40), most) end
if at + delay > now then return at + delay - now end
redis.call('HSET', KEYS[1], 'n', n + 1, 'at', ARGV[1])
if lock > 0 and n + 1 >= lock then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[6]) end
return 0
`
const attemptSha = sha1(attemptScript)

async function run(redis: ScriptRedis, keys: string[], args: number[]): Promise<unknown> {
  try {
    return await redis.evalsha(attemptSha, keys, args)
  } catch (error) {
    if (!`${error}`.includes('NOSCRIPT')) throw error
    return redis.eval(attemptScript, keys, args)
  }
}

async function orUnavailable<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (cause) {
    throw new AppError('unavailable', { retryAfterSeconds: 1, cause })
  }
}

const nameOf = (bucket: string, key: string) => `gh:attempts:${bucket}:{${hashOf(key)}}`

/** Logins and addresses do not stand in Redis in the clear. */
const hashOf = (key: string) => createHash('sha256').update(key).digest('base64url')
