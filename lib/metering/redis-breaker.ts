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
    enter(): boolean | Promise<boolean> {
      if (failures < FAILURES_TO_OPEN) return true
      if (trial) return trial.promise
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

/** Nobody knows whether Redis is away or only busy: it has said nothing for so long. */
export class NoAnswer extends Error {
  readonly silentMs: number
  constructor(silentMs: number) {
    super(`no answer from Redis within ${Math.round(silentMs)} ms`)
    this.silentMs = silentMs
  }
}

/**
 * Waits for answers of one connection. What counts is silence, not age: answers come in order, so while others arrive
 * ours is on its way, and giving it up would refuse a call that may just have been counted. The first silence is borne
 * five times `timeoutMs`, since a machine out of breath is no outage; after one that was too long, and until the next
 * answer, `timeoutMs` is all. Nothing waits longer than ten times that. Rejects with `NoAnswer`.
 */
export function createPatience(timeoutMs: number): <T>(answer: Promise<T>) => Promise<T> {
  let heardAt = 0
  let inTrouble = false
  return (answer) =>
    new Promise((resolve, reject) => {
      const began = performance.now()
      const ask = () => {
        const now = performance.now()
        const silentMs = now - Math.max(heardAt, began)
        const bearMs = inTrouble ? timeoutMs : timeoutMs * SILENCE_BORNE
        if (silentMs >= bearMs || now - began >= timeoutMs * 10) {
          inTrouble = true
          reject(new NoAnswer(silentMs))
        } else timer = setTimeout(late, Math.min(timeoutMs, bearMs - silentMs))
      }
      // A process that was itself busy for so long has the answer waiting in its socket: that is read first.
      const late = () => setImmediate(ask)
      let timer = setTimeout(late, timeoutMs)
      answer
        .then((value) => {
          heardAt = performance.now()
          inTrouble = false
          resolve(value)
        }, reject)
        .finally(() => clearTimeout(timer))
    })
}

const SILENCE_BORNE = 5
