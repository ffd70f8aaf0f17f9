import { type Clock, systemClock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import type { CounterScript, ScriptRunner } from '@/lib/metering/counter-scripts'
import { createPatience, createRedisBreaker, NoAnswer, TooFarBehind } from '@/lib/metering/redis-breaker'
import { createRedisSilence } from '@/lib/metering/redis-silence'
import { createRedisWaits, type RedisWaits } from '@/lib/metering/redis-waits'

/** The way to a Redis that several stores share: what one of them learns about its health, the others know as well. */
export type RedisLine = {
  /**
   * Runs a script once; a command whose outcome is unknown is never sent again. Rejects with `AppError('unavailable')`
   * within what is left of the waiter's patience (`RedisWaits`). Of its details `redis` is true, `sent` where the script may
   * have run, `slow` where nobody knows whether Redis is away or only late, `late` where this call waited for it in vain, `silentMs` for how long it has answered nobody, `behind`
   * where it answers others and is only overloaded.
   */
  run(script: CounterScript, keys: string[], args: (string | number)[], waiter?: object): Promise<number[]>
  /** What nobody waits for, past the breaker: giving back. */
  tell(script: CounterScript, keys: string[], args: (string | number)[]): Promise<unknown>
  close(): Promise<void>
}

export function createRedisLine({ scripts, clock = systemClock, waits = createRedisWaits() }: RedisLineOptions): RedisLine {
  const breaker = createRedisBreaker(clock)
  const patience = createPatience(waits.eachMs * BEHIND_TIMES)
  const silence = createRedisSilence()

  function unavailable(reason: string, sent: boolean, cause?: unknown): AppError {
    const behind = cause instanceof TooFarBehind || isSwept(cause)
    const late = cause instanceof NoAnswer
    return new AppError('unavailable', { retryAfterSeconds: 1, cause, details: { reason, redis: true, sent, slow: !sent || behind || late, late, behind, silentMs: silence.ms() } })
  }

  return {
    async run(script, keys, args, waiter) {
      const leftMs = waits.leftOf(waiter)
      if (leftMs <= 0) throw unavailable('this call has waited for Redis already', false, new NoAnswer(waits.eachMs))
      const gate = breaker.enter(leftMs)
      if (!(gate instanceof Promise ? await gate : gate)) throw unavailable('Redis has failed repeatedly', false)
      try {
        const asked = scripts.run(script, keys, args)
        silence.watch(asked)
        const answer = await patience(asked, leftMs, (silentMs) => waits.spend(waiter, silentMs))
        breaker.succeeded()
        return Array.isArray(answer) ? answer.map(Number) : [Number(answer)]
      } catch (error) {
        breaker.failed()
        // It may have been counted. Counting again could take a call twice, so this one is given up: one too many at most.
        throw unavailable('Redis does not answer', true, error)
      }
    },
    tell: (script, keys, args) => scripts.run(script, keys, args),
    close: () => scripts.close(),
  }
}

export type RedisLineOptions = { scripts: ScriptRunner; clock?: Clock; waits?: RedisWaits }

/** A call in a long queue of answers waits for so many times the silence it would bear. */
const BEHIND_TIMES = 10

/** The clients' own limits lie far beyond the silence a call bears: where they strike first, Redis was talking. */
const isSwept = (error: unknown) => error instanceof Error && (error.name === 'TimeoutError' || error.message === 'Command timed out')
