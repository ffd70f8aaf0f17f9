import { systemClock, type Clock } from '@/lib/clock'
import { logger } from '@/lib/logger'
import type { Throttle } from '@/lib/throttle/throttle'

const ERRORS_TO_OPEN = 5
const PAUSE_MS = 2_000

/**
 * Redis as long as it answers, otherwise the same numbers in memory: never off. After five failures in a row Redis is
 * left alone for two seconds, so that a dead one costs no more than its first few waits.
 */
export function withFallback(redis: Throttle, memory: Throttle, clock: Clock = systemClock): Throttle {
  let failures = 0
  let askAgainAt = 0

  async function either<T>(ask: (throttle: Throttle) => Promise<T>): Promise<T> {
    if (failures >= ERRORS_TO_OPEN && clock.now() < askAgainAt) return ask(memory)
    try {
      const answer = await ask(redis)
      if (failures > 0) logger.info('throttles are on redis again')
      failures = 0
      return answer
    } catch (error) {
      if (failures === 0) logger.warn({ err: error }, 'redis does not answer; throttles go on in memory')
      failures++
      askAgainAt = clock.now() + PAUSE_MS
      return ask(memory)
    }
  }

  return {
    take: (bucket, key) => either((throttle) => throttle.take(bucket, key)),
    async close() {
      await Promise.all([redis.close(), memory.close()])
    },
  }
}
