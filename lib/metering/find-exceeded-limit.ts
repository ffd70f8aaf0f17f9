import type { LimitState } from '@/lib/metering/counter-store'

/**
 * The decision rule (reference gateway 1.4): with usage, only limits of the metrics named in it count, and one refuses
 * where the value after the call would pass it; without usage, one refuses where it is passed already. Being exactly
 * at the limit still passes; usage of 0 selects its metric all the same; a set value is compared by itself. Of
 * several limits the answer is the one that stays closed longest. `states` hold the values before the call; `usage` is
 * metric id to increment, `sets` metric id to set value, roll-up applied (`rollUpUsage`).
 */
export function findExceededLimit(states: readonly LimitState[], usage: ReadonlyMap<number, number>, sets: ReadonlyMap<number, number> | null = null): LimitState | null {
  const withoutUsage = usage.size === 0 && !sets?.size
  let exceeded: LimitState | null = null
  let longest = -1
  for (const state of states) {
    const set = sets?.get(state.metricId)
    const value = set ?? (withoutUsage ? 0 : usage.get(state.metricId))
    if (value === undefined || !exceeds(set === undefined ? state.current : 0, value, state.limit)) continue
    const until = closedUntil(state, value) ?? Infinity
    if (until > longest) {
      exceeded = state
      longest = until
    }
  }
  return exceeded
}

/** Whether `value` more than `current` passes `limit`. */
export function exceeds(current: number, value: number, limit: number): boolean {
  return current + value > limit
}

/**
 * When a refused call of this size may pass again (milliseconds since 1970), for `Retry-After`. Null: never, because
 * the limit has no end or is smaller than the call itself, as a limit of 0 is.
 */
export function closedUntil(state: LimitState, value: number): number | null {
  return value > state.limit ? null : state.windowEnd
}
