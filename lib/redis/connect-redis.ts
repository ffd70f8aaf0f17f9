import { Redis as RestRedis } from '@upstash/redis'
import { Redis } from 'ioredis'
import { logger } from '@/lib/logger'

/** The longest wait for an answer of a Redis beside us. */
export const REDIS_TIMEOUT_MS = 150

const SILENT_MS = 4_000

/**
 * Over TCP: answers or fails within `timeoutMs`, does not queue while disconnected and never sends a command a second
 * time (USE-5). An outage is logged once. `purpose` is for the log: `throttles`, `counters`.
 */
export function connectRedis(url: string, purpose: string, timeoutMs = REDIS_TIMEOUT_MS): Redis {
  const redis = new Redis(url, {
    commandTimeout: timeoutMs,
    connectTimeout: 2_000,
    // A connection whose other end has vanished without a word would stay open for minutes after that is back.
    socketTimeout: Math.max(SILENT_MS, timeoutMs * 2),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  })
  let wasAway = false
  redis.on('error', (error) => {
    if (!wasAway) logger.warn({ err: error, purpose }, 'redis is away; going on without it')
    wasAway = true
  })
  redis.on('ready', () => {
    if (wasAway) logger.info({ purpose }, 'redis is back')
    wasAway = false
  })
  return redis
}

/** Over Upstash' REST interface, for places without sockets; the same promises. */
export function connectRestRedis(url: string, token: string, timeoutMs: number): RestRedis {
  return new RestRedis({ url, token, retry: false, enableTelemetry: false, enableAutoPipelining: false, signal: () => AbortSignal.timeout(timeoutMs) })
}
