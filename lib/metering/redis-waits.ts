/**
 * How long a call waits for a Redis that says nothing: `eachMs` once, over all its steps (policies, bursts, counters,
 * journal), whatever each of them asks for (security 17). What one step has waited is taken off the next one's.
 */
export type RedisWaits = {
  readonly eachMs: number
  /** Milliseconds; all of them where nobody in particular waits. */
  leftOf(waiter: object | undefined): number
  spend(waiter: object | undefined, silentMs: number): void
}

/** The longest wait of a call, unless `REDIS_WAIT_MS` says otherwise. */
export const REDIS_WAIT_MS = 200

export function createRedisWaits(eachMs: number = REDIS_WAIT_MS): RedisWaits {
  const spent = new WeakMap<object, number>()
  return {
    eachMs,
    leftOf: (waiter) => (waiter === undefined ? eachMs : Math.max(0, eachMs - (spent.get(waiter) ?? 0))),
    spend(waiter, silentMs) {
      // Nearly every answer comes in less: no call is made to remember that.
      if (waiter !== undefined && silentMs >= 1) spent.set(waiter, (spent.get(waiter) ?? 0) + silentMs)
    },
  }
}
