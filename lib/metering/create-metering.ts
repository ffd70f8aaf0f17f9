import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@/lib/clock'
import { gatewayPool, ownerPool } from '@/lib/db/pools'
import { env } from '@/lib/env'
import { logger } from '@/lib/logger'
import { claimSingleProcess } from '@/lib/metering/claim-single-process'
import { restScripts, type ScriptRunner, tcpScripts } from '@/lib/metering/counter-scripts'
import type { BurstStore } from '@/lib/metering/burst-store'
import type { CounterStore } from '@/lib/metering/counter-store'
import { createFallbackBurstStore } from '@/lib/metering/fallback-burst-store'
import { createFallbackCounterStore } from '@/lib/metering/fallback-counter-store'
import type { Journal } from '@/lib/metering/journal'
import { createCounterLoader } from '@/lib/metering/load-counters'
import { createMemoryBurstStore } from '@/lib/metering/memory-burst-store'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'
import { openJournal } from '@/lib/metering/open-journal'
import { openRedisJournal } from '@/lib/metering/redis-journal'
import { connectStream } from '@/lib/metering/connect-stream'
import { createRedisBurstStore } from '@/lib/metering/redis-burst-store'
import { createRedisLine } from '@/lib/metering/redis-line'
import { createRedisWaits } from '@/lib/metering/redis-waits'
import { createRedisCounterStore } from '@/lib/metering/redis-counter-store'
import { perProcess } from '@/lib/per-process'
import { connectRedis } from '@/lib/redis/connect-redis'

/** Limit counters and usage journal of a process that serves calls. */
export type Metering = {
  counters: CounterStore
  bursts: BurstStore
  journal: Journal
  /** Rejects while the shared counters are away and this process goes on with its share; null where it counts in memory. */
  pingRedis: (() => Promise<unknown>) | null
  /** Books what it can, lets the next start find the rest. */
  close(): Promise<void>
}

/** The one metering of this process, opened on first use; both module graphs get the same. A failed opening is tried again by the next caller. */
export function openMetering(): Promise<Metering> {
  const held = holder()
  held.opening ??= createMetering().then(
    (metering) => ((held.open = metering), metering),
    (error: unknown) => {
      held.opening = null
      throw error
    },
  )
  return held.opening
}

/** The metering of this process if it serves calls and has opened it. */
export function findMetering(): Metering | null {
  return holder().open
}

export async function closeMetering(): Promise<void> {
  const held = holder()
  const { opening } = held
  held.opening = held.open = null
  // One that never opened has nothing to close.
  await opening?.then((metering) => metering.close(), () => {})
}

const holder = () => perProcess('metering', (): { opening: Promise<Metering> | null; open: Metering | null } => ({ opening: null, open: null }))

/**
 * Redis where it is set, else memory, which holds the single-process lock for as long as it counts. Throws
 * `AppError('conflict')` when another process counts in memory, `AppError('unavailable')` when the journal cannot be written.
 */
export async function createMetering({ onLost = stopProcess, redisWaitMs }: { onLost?: () => void; redisWaitMs?: number } = {}): Promise<Metering> {
  const { REDIS_URL, UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, REDIS_WAIT_MS, DATA_DIR, JOURNAL, JOURNAL_SYNC } = env()
  const waits = createRedisWaits(redisWaitMs ?? REDIS_WAIT_MS)
  const alone = !REDIS_URL && !UPSTASH_REDIS_REST_URL
  const pool = ownerPool()
  const claim = alone ? await claimSingleProcess({ onLost }) : null
  let journal: Journal
  try {
    journal =
      JOURNAL === 'redis'
        ? openRedisJournal({ stream: connectStream('journal'), pool, clock: systemClock, waits })
        : await openJournal({ dir: join(DATA_DIR, 'journal'), pool, clock: systemClock, sync: JOURNAL_SYNC, soleProcess: alone })
  } catch (error) {
    await claim?.release()
    throw error
  }
  const load = createCounterLoader({ pool: gatewayPool(), journal })
  const counting = await countProcesses()
  const scripts = alone ? null : await connectScripts()
  const line = scripts && createRedisLine({ scripts, waits })
  const counters = line
    ? createFallbackCounterStore({ main: createRedisCounterStore({ line, load }), load, clock: systemClock, processes: counting.processes })
    : createMemoryCounterStore({ clock: systemClock, load })
  const bursts = line ? createFallbackBurstStore({ main: createRedisBurstStore({ line }), processes: counting.processes }) : createMemoryBurstStore()
  logger.info({ counters: alone ? 'memory' : 'redis', journal: JOURNAL, journalSync: JOURNAL_SYNC }, 'metering is open')
  return {
    counters,
    bursts,
    journal,
    pingRedis: scripts && (() => scripts.ping()),
    async close() {
      counting.stop()
      await journal.close()
      await counters.close()
      await claim?.release()
    },
  }

  /** Waits a moment for the connection: the first calls should meet the shared counters, not the shares of an outage. */
  async function connectScripts(): Promise<ScriptRunner> {
    // Calls give up by themselves, and read first what came while this process was busy; the client's own limit only sweeps up.
    const sweepMs = waits.eachMs * 15
    if (!REDIS_URL) return restScripts(UPSTASH_REDIS_REST_URL!, UPSTASH_REDIS_REST_TOKEN!, sweepMs)
    const redis = connectRedis(REDIS_URL, 'counters', sweepMs)
    const ready = new Promise<void>((resolve) => redis.once('ready', () => resolve()))
    await Promise.race([ready, sleep(READY_MS, undefined, { ref: false })])
    if (redis.status !== 'ready') logger.warn('Redis does not answer yet; until it does, this process counts its share of the limits alone')
    return tcpScripts(redis)
  }

  /** How many processes share the limits, by their leases; the last known number while Postgres is away. */
  async function countProcesses() {
    let known = 1
    if (alone) return { processes: () => known, stop: () => {} }
    const ask = () =>
      pool.query<{ count: number }>(`SELECT count(*) AS count FROM journal_leases WHERE process NOT LIKE 'adopt:%' AND "renewedAt" > now() - interval '30 seconds'`).then(
        ({ rows }) => void (known = Math.max(1, Number(rows[0]!.count))),
        () => {}, // Postgres away: the number of before is the best there is
      )
    await ask()
    const timer = setInterval(() => void ask(), 5_000)
    timer.unref()
    return { processes: () => known, stop: () => clearInterval(timer) }
  }
}

const READY_MS = 3_000

/** Two processes that count in memory would each allow the full limits: the one that lost the lock goes, in order. */
function stopProcess(): void {
  logger.fatal('another process has taken the lock of the counting process; this one stops')
  process.exitCode = 1
  process.kill(process.pid, 'SIGTERM')
}
