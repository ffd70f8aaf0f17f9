import { systemClock } from '@/lib/clock'
import { ownerPool } from '@/lib/db/pools'
import { createCounterLoader } from '@/lib/metering/load-counters'
import { createMemoryBurstStore } from '@/lib/metering/memory-burst-store'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'
import type { GatewayParts } from '@/lib/gateway/decide'
import { createLiveDirectory } from '@/lib/gateway/live-directory'
import { loadLive } from '@/lib/gateway/load-live'
import { loadedGateway, loadGateway } from '@/lib/gateway/load-gateway'
import { createLanes } from '@/lib/gateway/upstream-lanes'
import { env } from '@/lib/env'

/**
 * Runs with the parts of this process's gateway where it serves calls. Where it does not (ROLES without gateway), with
 * parts of its own that read the same database: counters as they were last booked (`live` false), a few seconds behind.
 */
export async function withSimulationParts<Result>(run: (parts: GatewayParts, live: boolean) => Promise<Result>): Promise<Result> {
  const gateway = await (loadedGateway() ?? (env().roles.has('gateway') ? loadGateway() : null))
  if (gateway) return run(gateway.parts, true)
  const pool = ownerPool()
  const lanes = createLanes()
  const booked = { pendingOf: () => ({ complete: true, batches: [] }), whenComplete: async () => {} }
  const counters = createMemoryCounterStore({ clock: systemClock, load: createCounterLoader({ pool, journal: booked }) })
  const journal: GatewayParts['journal'] = {
    ...booked,
    append: async () => {},
    observe: () => {},
    flush: async () => {},
    close: async () => {},
    stats: () => ({ writable: true, segmentsWaiting: 0, recordsWaiting: 0, oldestWaitingAt: null, lastBookedAt: null, lastError: null, recordsDamaged: 0, outcomesDropped: 0 }),
  }
  try {
    return await run({ clock: systemClock, directory: createLiveDirectory(loadLive(pool), systemClock), counters, bursts: createMemoryBurstStore(), journal, lanes }, false)
  } finally {
    await Promise.all([lanes.close(), counters.close()])
  }
}
