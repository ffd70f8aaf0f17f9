import { createHash } from 'node:crypto'
import { connectRedis, connectRestRedis, REDIS_TIMEOUT_MS } from '@/lib/redis/connect-redis'

/** The little that throttles need of Redis, in the shape @upstash/ratelimit calls it. */
export type ScriptRedis = {
  evalsha(sha: string, keys: string[], args: unknown[]): Promise<unknown>
  eval(script: string, keys: string[], args: unknown[]): Promise<unknown>
  close(): Promise<void>
}

/** Over TCP. Upstash's scripts begin with a shebang line that stock Redis refuses: it is taken off. */
export function tcpScriptRedis(url: string, timeoutMs?: number): ScriptRedis {
  const redis = connectRedis(url, 'throttles', timeoutMs)
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
export function restScriptRedis(url: string, token: string, timeoutMs = REDIS_TIMEOUT_MS): ScriptRedis {
  const redis = connectRestRedis(url, token, timeoutMs)
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
