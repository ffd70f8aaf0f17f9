import { isAppError } from '@/lib/errors'
import { type BurstPass, type BurstRequest, type BurstResult, type BurstStore, burstStateOf, findExceededBurst, partsOf } from '@/lib/metering/burst-store'
import { counterScript } from '@/lib/metering/counter-scripts'
import type { RedisLine } from '@/lib/metering/redis-line'

/**
 * Bursts for any number of processes: one Lua script looks at every part and takes all or none. (`@upstash/ratelimit`
 * counts what it refuses, takes its windows one by one and knows no calls under way.) Calls under way are leases, so
 * that those of a process that died come free again. A command whose outcome is unknown is never sent again.
 */
export function createRedisBurstStore({ line }: { line: RedisLine }): BurstStore {
  async function take({ subjects, id, lastsMsMax, looksOnly, waiter }: BurstRequest): Promise<BurstResult> {
    const parts = subjects.flatMap((subject) => partsOf(subject, lastsMsMax))
    const args: (string | number)[] = [looksOnly ? '' : id]
    for (const { kind, spanUs, limit } of parts) args.push(kind, spanUs, limit)
    let answer: number[]
    try {
      answer = await line.run(takeScript, parts.map(({ key }) => key), args, waiter)
    } catch (error) {
      // It may have been taken all the same: nobody would ever give that place back.
      if (!looksOnly && isAppError(error) && error.details?.sent === true) void giveBack({ id, parts }, false)
      throw error
    }
    const states = parts.map((part, i) => burstStateOf(part, answer[1 + 3 * i]!, answer[2 + 3 * i]!, answer[3 + 3 * i]!))
    return answer[0] === 1 ? { admitted: true, states, pass: { id, parts } } : { admitted: false, states, exceeded: findExceededBurst(states)! }
  }

  /** What cannot be given back ends with its lease or its window. */
  function giveBack({ id, parts }: BurstPass, all: boolean): void | Promise<void> {
    const given = all ? parts : parts.filter(({ kind }) => kind === 'concurrency')
    if (given.length === 0) return
    return line.tell(giveBackScript, given.map(({ key }) => key), [id, ...given.flatMap(({ kind, spanUs }) => [kind, spanUs])]).then(() => {}, () => {})
  }

  return {
    take,
    release: (pass) => giveBack(pass, false),
    undo: (pass) => giveBack(pass, true),
    async close() {},
  }
}

/**
 * KEYS: one for each part. ARGV: the call's id (empty: nothing is taken, only told), then three per part: kind, span in microseconds, limit. Answers
 * `{1|0, left, reset, wait, ...}`, room after the call where it was taken, else before it.
 */
const takeScript = counterScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local answer = {1}
local fullAt = {}
for k = 1, #KEYS do
  local kind, span, limit = ARGV[3 * k - 1], tonumber(ARGV[3 * k]), tonumber(ARGV[3 * k + 1])
  local left, reset, wait = 0, 0, 0
  if kind == 'bucket' then
    local at = tonumber(redis.call('GET', KEYS[k]) or '0')
    if at < now then at = now end
    fullAt[k] = at
    local room = limit * span - (at - now)
    left = math.floor(room / span)
    reset = at - now
    if room < span then wait = span - room end
  elseif kind == 'window' then
    redis.call('ZREMRANGEBYSCORE', KEYS[k], '-inf', string.format('%.0f', now - span))
    local count = redis.call('ZCARD', KEYS[k])
    left = limit - count
    reset = span
    if count > 0 then reset = tonumber(redis.call('ZRANGE', KEYS[k], 0, 0, 'WITHSCORES')[2]) + span - now end
    if left < 1 then wait = tonumber(redis.call('ZRANGE', KEYS[k], count - limit, count - limit, 'WITHSCORES')[2]) + span - now end
  else
    redis.call('ZREMRANGEBYSCORE', KEYS[k], '-inf', string.format('%.0f', now))
    left = limit - redis.call('ZCARD', KEYS[k])
    if left < 1 then wait = 1000000 end
  end
  if left < 1 then answer[1] = 0 end
  answer[#answer + 1] = left
  answer[#answer + 1] = reset
  answer[#answer + 1] = wait
end
if answer[1] == 1 then
  for k = 1, #KEYS do
    local kind, span = ARGV[3 * k - 1], tonumber(ARGV[3 * k])
    answer[3 * k - 1] = answer[3 * k - 1] - 1
    if ARGV[1] == '' then
      if kind == 'bucket' then answer[3 * k] = answer[3 * k] + span end
    elseif kind == 'bucket' then
      local at = fullAt[k] + span
      answer[3 * k] = at - now
      redis.call('SET', KEYS[k], string.format('%.0f', at), 'PX', string.format('%.0f', math.ceil((at - now) / 1000) + 1000))
    else
      local score = now
      if kind == 'concurrency' then score = now + span end
      redis.call('ZADD', KEYS[k], string.format('%.0f', score), ARGV[1])
      redis.call('PEXPIRE', KEYS[k], string.format('%.0f', math.ceil(span / 1000) + 1000))
    end
  end
end
return answer
`)

/** KEYS: one for each part. ARGV: the call's id, then two per part: kind, span in microseconds. */
const giveBackScript = counterScript(`
for k = 1, #KEYS do
  if ARGV[2 * k] == 'bucket' then
    local at = redis.call('GET', KEYS[k])
    if at then redis.call('SET', KEYS[k], string.format('%.0f', tonumber(at) - tonumber(ARGV[2 * k + 1])), 'KEEPTTL') end
  else
    redis.call('ZREM', KEYS[k], ARGV[1])
  end
end
return 1
`)
