import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { connectRestRedis } from '@/lib/redis/connect-redis'

/** One Lua script with the hash Redis knows it by. */
export type CounterScript = { text: string; sha: string }

/** Runs a script once. A rejection means nobody knows whether it ran, except for NOSCRIPT, which `run` mends itself. */
export type ScriptRunner = {
  run(script: CounterScript, keys: string[], args: (string | number)[]): Promise<unknown>
  /** Rejects where Redis does not answer. */
  ping(): Promise<unknown>
  close(): Promise<void>
}

export const counterScript = (text: string): CounterScript => ({ text, sha: createHash('sha1').update(text).digest('hex') })

/**
 * Looks at every limit of a call and takes all increments and set values or none.
 * KEYS: one hash per subject; field `<metric>:<period>` holds `<window start in seconds>:<value>`, field `_` says the
 * hash was seeded. ARGV: `consume`, `read` or `force` (a report: no limit is asked), then seven per limit: number of its
 * key, field, window start, window end (0: none), limit, value, `1` where the value is set and not added.
 * Answers `{1|0, start, current, ...}` (taken or refused, values before the call; a report's window that has ended has
 * start -1 and is left alone); `{-1, key number}`: not seeded, or not with this limit; `{-2, seconds}`: a window does not hold Redis' time,
 * which decides. Nothing is taken in the last two cases.
 */
export const consumeScript = counterScript(`
local now = tonumber(redis.call('TIME')[1])
for k = 1, #KEYS do
  if redis.call('HEXISTS', KEYS[k], '_') == 0 then return {-1, k} end
end
local force = ARGV[1] == 'force'
local answer = {1}
local i = 2
while i <= #ARGV do
  local first, last = tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  local ended = last > 0 and now >= last
  if now < first or (ended and not force) then return {-2, now} end
  local current = 0
  if ended then
    first = -1
  else
    local stored = redis.call('HGET', KEYS[tonumber(ARGV[i])], ARGV[i + 1])
    -- Seeded before this limit existed.
    if not stored then return {-1, tonumber(ARGV[i])} end
    do
      local colon = string.find(stored, ':', 1, true)
      local start = tonumber(string.sub(stored, 1, colon - 1))
      -- A window ahead of the clock (another machine's, after a failover) goes on counting: time never runs backwards.
      if start >= first then
        first = start
        current = tonumber(string.sub(stored, colon + 1))
      end
    end
  end
  answer[#answer + 1] = first
  answer[#answer + 1] = current
  local before = current
  if ARGV[i + 6] == '1' then before = 0 end
  if not force and before + tonumber(ARGV[i + 5]) > tonumber(ARGV[i + 4]) then answer[1] = 0 end
  i = i + 7
end
if ARGV[1] ~= 'read' and answer[1] == 1 then
  i = 2
  local at = 2
  while i <= #ARGV do
    local value = tonumber(ARGV[i + 5])
    local set = ARGV[i + 6] == '1'
    if answer[at] >= 0 and (set or value > 0) then
      if not set then value = answer[at + 1] + value end
      redis.call('HSET', KEYS[tonumber(ARGV[i])], ARGV[i + 1], string.format('%.0f:%.0f', answer[at], value))
    end
    i = i + 7
    at = at + 2
  end
  for k = 1, #KEYS do redis.call('EXPIRE', KEYS[k], 172800) end
end
return answer
`)

/** Seeds a subject's hash from what is stored; of each field, whoever is first. KEYS: the hash. ARGV: field, value, ... */
export const seedScript = counterScript(`
redis.call('HSET', KEYS[1], '_', '1')
for i = 1, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], 172800)
return 1
`)

/** Scripts over TCP. The client must neither queue while disconnected nor send again: see `connectRedis`. */
export function tcpScripts(redis: Redis): ScriptRunner {
  return {
    async run({ text, sha }, keys, args) {
      try {
        return await redis.evalsha(sha, keys.length, ...keys, ...args)
      } catch (error) {
        // Redis says it does not know the script, so it did not run: the one case in which sending again is safe.
        if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return redis.eval(text, keys.length, ...keys, ...args)
        throw error
      }
    },
    ping: () => redis.ping(),
    async close() {
      redis.disconnect()
    },
  }
}

/** Scripts over Upstash' REST interface, for places without sockets. */
export function restScripts(url: string, token: string, timeoutMs: number): ScriptRunner {
  const redis = connectRestRedis(url, token, timeoutMs)
  return {
    async run({ text, sha }, keys, args) {
      const given = args.map(String)
      try {
        return await redis.evalsha(sha, keys, given)
      } catch (error) {
        if (error instanceof Error && error.message.includes('NOSCRIPT')) return redis.eval(text, keys, given)
        throw error
      }
    },
    ping: () => redis.ping(),
    async close() {},
  }
}
