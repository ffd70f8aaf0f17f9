import { createHash } from 'node:crypto'
import { Redis as RestRedis } from '@upstash/redis'
import { Redis as TcpRedis } from 'ioredis'
import { logger } from '@/lib/logger'

/** The little that throttles need of Redis, in the shape @upstash/ratelimit calls it. */
export type ScriptRedis = {
  evalsha(sha: string, keys: string[], args: unknown[]): Promise<unknown>
  eval(script: string, keys: string[], args: unknown[]): Promise<unknown>
  close(): Promise<void>
}

/** Longest wait for an answer; no command is sent twice (USE-5). */
export const ANSWER_TIMEOUT_MS = 150

/** Over TCP. Upstash's scripts begin with a shebang line that stock Redis refuses: it is taken off. */
export function connectTcpRedis(url: string, timeoutMs = ANSWER_TIMEOUT_MS): ScriptRedis {
  const redis = new TcpRedis(url, {
    commandTimeout: timeoutMs,
    connectTimeout: 2_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  })
  let wasAway = false
  redis.on('error', (error) => {
    if (!wasAway) logger.warn({ err: error }, 'redis for throttles is away; they go on in memory')
    wasAway = true
  })
  redis.on('ready', () => (wasAway = false))
  /** Upstash's name of a script → the name stock Redis knows it by. */
  const names = new Map<string, string>()

  return {
    async evalsha(sha, keys, args) {
      const known = names.get(sha)
      if (!known) throw new Error('NOSCRIPT not sent here yet')
      return redis.evalsha(known, keys.length, ...keys, ...args.map(String))
    },
    async eval(script, keys, args) {
      const plain = withoutShebang(script)
      names.set(sha1(script), sha1(plain))
      return redis.eval(plain, keys.length, ...keys, ...args.map(String))
    },
    async close() {
      redis.disconnect()
    },
  }
}

/** Over Upstash's REST interface. */
export function connectRestRedis(url: string, token: string, timeoutMs = ANSWER_TIMEOUT_MS): ScriptRedis {
  const redis = new RestRedis({ url, token, retry: false, enableTelemetry: false, enableAutoPipelining: false, signal: () => AbortSignal.timeout(timeoutMs) })
  return {
    evalsha: (sha, keys, args) => redis.evalsha(sha, keys, args),
    eval: (script, keys, args) => redis.eval(script, keys, args),
    async close() {},
  }
}

function withoutShebang(script: string): string {
  return script.replace(/^#![^\n]*\n/, '')
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}
