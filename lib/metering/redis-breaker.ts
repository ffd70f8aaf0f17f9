import type { Clock } from '@/lib/clock'

/**
 * Five failures in a row open it; a second later one call may try (security 17). Whoever comes while it tries waits for
 * what it finds: a burst after a hiccup must not be taken for an outage.
 */
export function createRedisBreaker(clock: Clock) {
  let failures = 0
  let retryAt = 0
  let trial: PromiseWithResolvers<boolean> | null = null
  const end = (worked: boolean) => {
    trial?.resolve(worked)
    trial = null
  }
  return {
    /** Whether Redis may be asked; where somebody is trying just now, what came of it, but not after more than `leftMs`. */
    enter(leftMs: number): boolean | Promise<boolean> {
      if (failures < FAILURES_TO_OPEN) return true
      if (trial) return within(leftMs, trial.promise)
      if (clock.now() < retryAt) return false
      trial = Promise.withResolvers()
      return true
    },
    succeeded(): void {
      failures = 0
      end(true)
    },
    failed(): void {
      failures++
      retryAt = clock.now() + 1_000
      end(false)
    },
  }
}

const FAILURES_TO_OPEN = 5

async function within(ms: number, found: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => setImmediate(resolve, false), ms)
  })
  try {
    return await Promise.race([found, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** Redis has said nothing for as long as this call could wait. */
export class NoAnswer extends Error {
  constructor(silentMs: number) {
    super(`no answer from Redis within ${Math.round(silentMs)} ms`)
  }
}

/** Redis answers others and is so far behind that this call cannot wait any longer: it is overloaded, not away. */
export class TooFarBehind extends Error {
  constructor(waitedMs: number) {
    super(`Redis is more than ${Math.round(waitedMs)} ms behind`)
  }
}

/** `leftMs`: how long silence is borne. `note` hears how much of it there was. */
export type Patience = <T>(answer: Promise<T>, leftMs: number, note?: (silentMs: number) => void) => Promise<T>

/**
 * Waits for answers of one connection. What counts is silence, not age: answers come in order, so while others arrive
 * ours is on its way, and giving it up would refuse a call that may just have been counted; only beyond `behindMsMax` it is.
 * Silence is told in ticks of our own: in a process that was kept from running a tick lasts longer, and a machine out of
 * breath is no outage. Rejects with `NoAnswer` or `TooFarBehind`.
 */
export function createPatience(behindMsMax: number): Patience {
  let heardAt = 0
  return (answer, leftMs, note) =>
    new Promise((resolve, reject) => {
      const began = performance.now()
      let metAt = heardAt
      let waitedMs = 0
      let silentMs = 0
      let tickMs = 0
      let ended = false
      let timer: NodeJS.Timeout | undefined
      const tick = () => {
        tickMs = Math.max(1, Math.min(TICK_MS, leftMs - silentMs))
        timer = setTimeout(late, tickMs)
      }
      // A process that was itself busy for so long has the answer waiting in its socket: that is read first.
      const late = () => setImmediate(look)
      const look = () => {
        // The answer was in the socket.
        if (ended) return
        waitedMs += tickMs
        silentMs = heardAt === metAt ? silentMs + tickMs : Math.min(tickMs, performance.now() - heardAt)
        metAt = heardAt
        if (silentMs >= leftMs) end(leftMs, () => reject(new NoAnswer(silentMs)))
        else if (waitedMs >= behindMsMax) end(silentMs, () => reject(new TooFarBehind(waitedMs)))
        else tick()
      }
      const end = (spentMs: number, say: () => void) => {
        if (ended) return
        ended = true
        clearTimeout(timer)
        note?.(spentMs)
        say()
      }
      const silence = () => Math.min(performance.now() - Math.max(began, heardAt), silentMs + TICK_MS)
      tick()
      answer.then(
        (value) => {
          end(silence(), () => resolve(value))
          heardAt = performance.now()
        },
        (error: unknown) => end(silence(), () => reject(error)),
      )
    })
}

const TICK_MS = 25
