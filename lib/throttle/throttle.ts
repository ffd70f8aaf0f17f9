import { env } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { perProcess } from '@/lib/per-process'
import type { WindowBucket } from '@/lib/throttle/buckets'
import { withFallback } from '@/lib/throttle/fall-back'
import { createMemoryThrottle } from '@/lib/throttle/memory-throttle'
import { restScriptRedis, tcpScriptRedis } from '@/lib/throttle/redis-clients'
import { createRedisThrottle } from '@/lib/throttle/redis-throttle'
import type { ThrottleAnswer } from '@/lib/throttle/throttle-answer'

/** The guard against abuse. Keys begin with the tenant's id where there is one; they are hashed before they are kept. */
export type Throttle = {
  /** One more in the window of this key, or a refusal. Refused ones are not counted. */
  take(bucket: WindowBucket, key: string): Promise<ThrottleAnswer>
  close(): Promise<void>
}

/**
 * The throttle of this process: on Redis where one is set (REDIS_URL, else UPSTASH_REDIS_REST_URL), otherwise in
 * memory with the same numbers. While Redis is away it goes on in memory and is never off (security reference 17).
 */
export function throttle(): Throttle {
  return perProcess('throttle', () => {
    const memory = createMemoryThrottle()
    const { REDIS_URL, UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env()
    if (REDIS_URL) return withFallback(createRedisThrottle(tcpScriptRedis(REDIS_URL)), memory)
    if (url && token) return withFallback(createRedisThrottle(restScriptRedis(url, token)), memory)
    return memory
  })
}

/** Throws `too_many_requests` with `retryAfterSeconds` for the first refusal among the answers. */
export function assertAllowed(...answers: ThrottleAnswer[]): void {
  for (const answer of answers) if (!answer.allowed) throw new AppError('too_many_requests', { retryAfterSeconds: answer.retryAfterSeconds })
}
