import { createCallRecorder } from '@/lib/calls/call-recorder'
import { systemClock } from '@/lib/clock'
import { gatewayPool, ownerPool } from '@/lib/db/pools'
import { followChanges } from '@/lib/events/follow-changes'
import { setHealthCheck } from '@/lib/http/health'
import { closeMetering, openMetering } from '@/lib/metering/create-metering'
import { throttle } from '@/lib/throttle/throttle'
import { perProcess } from '@/lib/per-process'
import { createGateway } from '@/lib/gateway/gateway'
import type { Gateway } from '@/lib/gateway/gateway'
import { createLiveDirectory } from '@/lib/gateway/live-directory'
import { loadLive } from '@/lib/gateway/load-live'
import { createStrangers } from '@/lib/gateway/strangers'
import { createLanes } from '@/lib/gateway/upstream-lanes'

/** A change is in force within a second everywhere (design section 3). */
const STALE_MS = 1_000

const holder = () => perProcess('gateway', () => ({ loading: null as Promise<Gateway> | null }))

/**
 * The one gateway of this process, for `server.ts`, for the route handler and for our own calls, whoever asks first.
 * Rejects where the database cannot be reached, or where another process counts in memory on the same database.
 */
export function loadGateway(): Promise<Gateway> {
  const held = holder()
  held.loading ??= openGateway().catch((error: unknown) => {
    // The next one to ask tries again.
    held.loading = null
    throw error
  })
  return held.loading
}

/** The gateway if this process has one already. */
export function loadedGateway(): Promise<Gateway> | null {
  return holder().loading
}

/** Closes the gateway of this process, if there is one. */
export async function closeGateway(): Promise<void> {
  const { loading } = holder()
  holder().loading = null
  // One that never opened has nothing to close.
  const gateway = await loading?.catch(() => null)
  await gateway?.close()
}

async function openGateway(): Promise<Gateway> {
  const { counters, bursts, journal, pingRedis } = await openMetering()
  try {
    const directory = createLiveDirectory(loadLive(gatewayPool()), systemClock)
    const follower = await followChanges((changes) => directory.apply(changes))
    setHealthCheck('journal', () => {
      if (!journal.stats().writable) throw new Error('usage cannot be recorded')
    })
    // Without Redis calls go on with shares: a balancer must not send everybody away.
    if (pingRedis) setHealthCheck('redis', pingRedis, { needed: false })
    const calls = createCallRecorder({ pool: ownerPool() })
    const freshen = () => follower.freshen(STALE_MS)
    const release = async () => {
      await calls.close()
      await directory.bearer.use.flush()
      await follower.close()
      await closeMetering()
    }
    return createGateway({ clock: systemClock, strangers: createStrangers(throttle, () => systemClock.now()), directory, counters, bursts, journal, lanes: createLanes(), calls }, release, freshen)
  } catch (error) {
    await closeMetering()
    throw error
  }
}
