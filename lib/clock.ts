/** The only source of the current time, so that tests can hold it still. Milliseconds since 1970, UTC. */
export type Clock = { now(): number }

export const systemClock: Clock = { now: () => Date.now() }

/** A clock that stands still until it is moved; for tests. */
export function fixedClock(start: Date | number | string): Clock & { set(to: Date | number | string): void; advance(ms: number): void } {
  let current = new Date(start).getTime()
  return {
    now: () => current,
    set: (to) => void (current = new Date(to).getTime()),
    advance: (ms) => void (current += ms),
  }
}
