import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { systemClock } from '@/lib/clock'
import { connectDirectly, ownerPool } from '@/lib/db/pools'
import { env } from '@/lib/env'
import { followChanges } from '@/lib/events/follow-changes'
import { setHealthCheck } from '@/lib/http/health'
import { logger } from '@/lib/logger'
import { connectCounterRedis, restScripts } from '@/lib/metering/counter-scripts'
import type { CounterStore, LoadCounters } from '@/lib/metering/counter-store'
import { createCounterLoader } from '@/lib/metering/load-counters'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'
import { openJournal } from '@/lib/metering/open-journal'
import { createRedisCounterStore } from '@/lib/metering/redis-counter-store'
import { perProcess } from '@/lib/per-process'
import { createGateway } from '@/lib/gateway/gateway'
import type { Gateway } from '@/lib/gateway/gateway'
import { createLiveDirectory } from '@/lib/gateway/live-directory'
import { loadLive } from '@/lib/gateway/load-live'
import { createLanes } from '@/lib/gateway/upstream-lanes'

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
  const settings = env()
  const pool = ownerPool()
  const onRedis = settings.REDIS_URL !== undefined || settings.UPSTASH_REDIS_REST_URL !== undefined
  const lock = onRedis ? null : await holdMemoryCounters()
  try {
    const journal = await openJournal({ dir: join(settings.DATA_DIR, 'journal'), pool, clock: systemClock, sync: settings.JOURNAL_SYNC, soleProcess: lock !== null })
    const directory = createLiveDirectory(loadLive(pool), systemClock)
    const follower = await followChanges((changes) => directory.apply(changes))
    setHealthCheck('journal', () => {
      if (!journal.stats().writable) throw new Error('usage cannot be recorded')
    })
    const counters = openCounters(createCounterLoader({ pool, journal }))
    return createGateway({ clock: systemClock, directory, counters, journal, lanes: createLanes() }, async () => {
      await follower.close()
      await lock?.release()
    })
  } catch (error) {
    await lock?.release()
    throw error
  }
}

function openCounters(load: LoadCounters): CounterStore {
  const { REDIS_URL, UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN } = env()
  if (REDIS_URL) return createRedisCounterStore({ redis: connectCounterRedis(REDIS_URL), load })
  // Over REST every command is a request of its own: it gets the time of one.
  if (UPSTASH_REDIS_REST_URL) return createRedisCounterStore({ scripts: restScripts(UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN!, 500), load, timeoutMs: 500 })
  return createMemoryCounterStore({ clock: systemClock, load })
}

/** Any number, as long as nobody else on this database uses it. */
const LOCK_KEY = 7402_0001
const LOCK_PATIENCE_MS = 5_000

/**
 * Counters in memory are exact for one process only: it holds a lock on the database for as long as it lives. A second
 * process is refused, after a little patience for one that is just ending. Should the connection break, the lock is
 * taken again; where somebody else has it by then, this process ends in good order.
 */
async function holdMemoryCounters(): Promise<{ release(): Promise<void> }> {
  let released = false
  let client = await takeLock(LOCK_PATIENCE_MS)

  const keep = async (held: pg.Client) => {
    await new Promise((resolve) => held.once('end', resolve))
    while (!released) {
      try {
        client = await takeLock(LOCK_PATIENCE_MS)
        return void keep(client)
      } catch (error) {
        if (error instanceof CountersTaken) {
          logger.fatal({ err: error }, 'another process counts in memory now; this one ends')
          return void process.kill(process.pid, 'SIGTERM')
        }
        // Postgres is away; nobody else can take the lock either.
        await sleep(500)
      }
    }
  }
  void keep(client)
  return {
    async release() {
      released = true
      await client.end()
    },
  }
}

class CountersTaken extends Error {
  constructor() {
    super('Another Gatehouse process counts calls in its memory on this database. Stop it, or set REDIS_URL so that both share their counters.')
    this.name = 'CountersTaken'
  }
}

async function takeLock(patienceMs: number): Promise<pg.Client> {
  const client = await connectDirectly('gatehouse memory counters')
  for (const until = performance.now() + patienceMs; ; await sleep(100)) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [LOCK_KEY])
    if (rows[0]!.taken) return client
    if (performance.now() > until) {
      await client.end()
      throw new CountersTaken()
    }
  }
}
