import { LRUCache } from 'lru-cache'
import type { Clock } from '@/lib/clock'
import { systemClock } from '@/lib/clock'
import { AppError } from '@/lib/errors'

/** A row of the hosts table, as every zone needs it. */
export type HostRow = { zone: 'admin' | 'portal' | 'gateway'; tenantId: bigint; productId: bigint | null; environment: 'staging' | 'production' | null }

export type HostLookup = {
  /** The row of a normal host name, null for none. At once where it is remembered. Throws `unavailable` where the database is away and nothing is remembered. */
  find(host: string): HostRow | null | Promise<HostRow | null>
  /** Drops everything remembered: hosts change rarely, and a change must hold within a second everywhere. */
  forget(): void
}

type Remembered = { row: HostRow | null; readAt: number }

const FRESH_MS = 60_000
// A name nobody knows yet may be a tenant that signs up this minute; its change notice comes as well, this is the net.
const FRESH_MISS_MS = 5_000
/** How long an old answer serves while the database is away (security reference 17). */
const STALE_MS = 5 * 60_000
const NAMES_MAX = 20_000
// A flood of made-up names must not queue up before everybody else's questions to the database.
const READS_MAX = 500

/** A bounded, single-flight memory in front of `read`. Unknown names are remembered too, so that a flood of them costs little. */
export function createHostLookup(read: (host: string) => Promise<HostRow | null>, clock: Clock = systemClock): HostLookup {
  const remembered = new LRUCache<string, Remembered>({ max: NAMES_MAX })
  const reading = new Map<string, Promise<HostRow | null>>()
  let generation = 0

  const readOnce = (host: string, old: Remembered | undefined): Promise<HostRow | null> => {
    const running = reading.get(host)
    if (running) return running
    if (reading.size >= READS_MAX) return old && clock.now() - old.readAt < STALE_MS ? Promise.resolve(old.row) : Promise.reject(new AppError('unavailable', { retryAfterSeconds: 1, details: { reason: 'too many host look-ups under way' } }))
    const begun = generation
    const promise = read(host)
      .then(
        (row) => {
          // Asked before a change, answered after it: good for this caller, not for the next.
          if (begun === generation) remembered.set(host, { row, readAt: clock.now() })
          return row
        },
        (cause: unknown) => {
          if (old && clock.now() - old.readAt < STALE_MS) return old.row
          throw new AppError('unavailable', { retryAfterSeconds: 5, cause })
        },
      )
      .finally(() => {
        if (reading.get(host) === promise) reading.delete(host)
      })
    reading.set(host, promise)
    return promise
  }

  return {
    find(host) {
      const old = remembered.get(host)
      if (old && clock.now() - old.readAt < (old.row ? FRESH_MS : FRESH_MISS_MS)) return old.row
      return readOnce(host, old)
    },
    forget() {
      generation++
      remembered.clear()
      reading.clear()
    },
  }
}
