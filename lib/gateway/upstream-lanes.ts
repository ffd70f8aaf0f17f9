import { LRUCache } from 'lru-cache'
import type { EgressPolicy } from '@/lib/http/egress/policy'
import { coarseNow } from '@/lib/http/upstream/watch-deadlines'
import { UpstreamPool } from '@/lib/http/upstream/upstream-pool'
import type { UpstreamSettings } from '@/lib/gateway/compile-upstream'
import { createUpstreamHealth } from '@/lib/gateway/upstream-health'
import type { UpstreamHealth } from '@/lib/gateway/upstream-health'

/**
 * One lane per product and upstream: its own connections, its own cap on calls under way, its own patience. A slow or
 * dead upstream fills its lane and no other (GW-7).
 */
export type Lane = {
  pool: UpstreamPool
  /** Takes a place. A short queue smooths bursts; false: full for a second already. Whoever got in must `leave`. */
  enter(): boolean | Promise<boolean>
  leave(): void
  /** Has made room for another lane: whoever is in it comes to an end, its connections go with the last one. */
  retire(): void
  isRetired(): boolean
  /** True while nothing has been able to connect and the next try is not due. */
  isBroken(now: number): boolean
  connected(): void
  connectTimedOut(now: number): void
  /** Nobody listens there, or nobody we may talk to. Only where there are other servers does anyone ask `isEjected`. */
  connectFailed(now: number): void
  /** True for a moment after a failed connect: calls go to the other servers of the backend meanwhile. */
  isEjected(now: number): boolean
}

/** A lane as its settings remember it, until that time of `coarseNow`. */
export type FoundLane = { owner: object; lane: Lane; until: number }

export type Lanes = { of(settings: UpstreamSettings): Lane; health: UpstreamHealth; close(): Promise<void> }

const QUEUE_WAIT_MS = 1_000
const QUEUE_PER_PLACE = 4
const TIMEOUTS_TO_BREAK = 5
const BREAK_MS = 2_000
const EJECTION_MS = 10_000
const FOUND_MS = 1_000

/** `policy` is for tests: where connections may go. */
export function createLanes({ policy, lanesMax = 5_000 }: { policy?: EgressPolicy; lanesMax?: number } = {}): Lanes {
  // A lane that leaves finishes what runs in it; the next call opens a new one.
  const lanes = new LRUCache<string, Lane>({ max: lanesMax, dispose: (lane) => lane.retire() })
  const health = createUpstreamHealth({ policy })
  return {
    health,
    of(settings) {
      const { found } = settings
      // Once a second the line of lanes hears that this one is in use; in between to look it up again would be the most it costs.
      if (found && found.owner === lanes && !found.lane.isRetired() && coarseNow() < found.until) return found.lane
      let lane = lanes.get(settings.key)
      if (!lane) lanes.set(settings.key, (lane = openLane(settings, policy)))
      settings.found = { owner: lanes, lane, until: coarseNow() + FOUND_MS }
      return lane
    },
    async close() {
      const pools = [...lanes.values()].map((lane) => lane.pool)
      lanes.clear()
      await Promise.all([health.close(), ...pools.map((pool) => pool.destroy())])
    },
  }
}

function openLane({ origin, servername, connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, concurrencyMax }: UpstreamSettings, policy: EgressPolicy | undefined): Lane {
  const pool = new UpstreamPool(origin, { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, connectionsMax: concurrencyMax, servername, policy })
  const waiting = new Set<(entered: boolean) => void>()
  const closeWhenEmpty = () => void (retired && inside === 0 && pool.close().catch(() => {}))
  let inside = 0
  let retired = false
  let timeouts = 0
  let brokenUntil = 0
  let ejectedUntil = 0

  return {
    pool,
    enter() {
      if (inside < concurrencyMax) {
        inside++
        return true
      }
      if (waiting.size >= concurrencyMax * QUEUE_PER_PLACE) return false
      return new Promise<boolean>((resolve) => {
        const settle = (entered: boolean) => {
          clearTimeout(timer)
          waiting.delete(settle)
          resolve(entered)
        }
        const timer = setTimeout(() => settle(false), QUEUE_WAIT_MS)
        waiting.add(settle)
      })
    },
    leave() {
      // The place passes on to whoever has waited longest.
      for (const next of waiting) return next(true)
      inside--
      closeWhenEmpty()
    },
    retire() {
      retired = true
      closeWhenEmpty()
    },
    isRetired: () => retired,
    isBroken: (now) => now < brokenUntil,
    connected() {
      timeouts = 0
      ejectedUntil = 0
    },
    connectTimedOut(now) {
      // Only silence opens the circuit: a refused connection costs nothing and says at once when the upstream is back.
      if (++timeouts >= TIMEOUTS_TO_BREAK) brokenUntil = now + BREAK_MS
    },
    connectFailed(now) {
      ejectedUntil = now + EJECTION_MS
    },
    isEjected: (now) => now < ejectedUntil,
  }
}
