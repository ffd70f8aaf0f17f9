import { env } from '@/lib/env'
import { restStream, tcpStream, type StreamClient } from '@/lib/metering/stream-client'
import { connectRedis } from '@/lib/redis/connect-redis'

/** A call waits for its record: longer than for a counter, since a record that is late is better than a refused call. */
const TIMEOUT_MS = 1_000

/** The stream of `JOURNAL=redis`; `purpose` is for the log. The settings have seen to it that a Redis is named. */
export function connectStream(purpose: string): StreamClient {
  const { REDIS_URL, UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN } = env()
  return REDIS_URL ? tcpStream(connectRedis(REDIS_URL, purpose, TIMEOUT_MS)) : restStream(UPSTASH_REDIS_REST_URL!, UPSTASH_REDIS_REST_TOKEN!, TIMEOUT_MS)
}
