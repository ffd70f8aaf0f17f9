import { rmdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Clock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { newRequestId } from '@/lib/ids'
import { logger } from '@/lib/logger'
import { type Leftover, OWNER_FILE, readSegment } from '@/lib/metering/adopt-segments'
import { type Batch, bookSegments } from '@/lib/metering/book-segments'
import type { JournalStats, PendingCounters } from '@/lib/metering/journal'
import { releaseLease } from '@/lib/metering/journal-leases'
import { removeSegment, setAsideSegment } from '@/lib/metering/segment'
import { countersOf, emptyOutcomes, emptySums, type OutcomeSums, type UsageSums } from '@/lib/metering/usage-sums'
import type { Environment } from '@/lib/products/gateway-config'

/**
 * Carries closed segments into Postgres, oldest first, several in one transaction when it is behind. While Postgres is
 * away they wait: a bounded part as sums in memory, the rest on disk only. A file goes after its batch was booked.
 */
export function createBooker({ pool, clock }: { pool: pg.Pool; clock: Clock }) {
  const waiting: WaitingBatch[] = []
  /** Dead processes' folders whose segments wait here. */
  const folders = new Set<string>()
  const drains: Drain[] = []
  let added = 0
  let running = false
  let wake: AbortController | null = null
  let stopped = false
  let lastBookedAt: number | null = null
  let lastError: string | null = null
  let recordsDamaged = 0
  let restUntil = 0

  function add(batch: Omit<WaitingBatch, 'order'>): void {
    // Beyond the bound a batch waits on disk only. Its outcomes, which no file holds, stay.
    const held = waiting.reduce((sum, one) => sum + (one.sums?.entries ?? 0), 0)
    const sums = batch.path !== null && held + (batch.sums?.entries ?? 0) > ENTRIES_MAX ? null : batch.sums
    waiting.push({ ...batch, sums, order: ++added })
    run()
  }

  function run(): void {
    if (running || stopped) return
    running = true
    void bookAll()
  }

  async function bookAll(): Promise<void> {
    let delayMs = 250
    while (waiting.length > 0 && !stopped) {
      // Whoever waits for a drain is not kept waiting for our rest.
      if (drains.length === 0) await pause(restUntil - performance.now())
      try {
        const beganAt = performance.now()
        await bookSome()
        const endedAt = performance.now()
        restUntil = endedAt + Math.min(REST_MS_MAX, (endedAt - beganAt) * REST)
        delayMs = 250
        lastError = null
      } catch (error) {
        if (lastError === null) logger.warn({ err: error }, 'usage cannot be booked now; it waits in the journal')
        lastError = (error as Error).message
        for (const drain of drains.splice(0)) drain.reject(new AppError('unavailable', { cause: error }))
        await pause(delayMs)
        delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)
      }
    }
    running = false
  }

  /** A drain that cannot wait cuts it short. */
  async function pause(ms: number): Promise<void> {
    if (ms <= 0 || stopped) return
    wake = new AbortController()
    await sleep(ms, undefined, { signal: wake.signal, ref: false }).catch(() => {})
    wake = null
  }

  async function bookSome(): Promise<void> {
    const group: WaitingBatch[] = []
    let entries = 0
    for (const batch of waiting.slice(0, GROUP_MAX)) {
      if (batch.sums === null) await load(batch)
      entries += batch.sums!.entries
      if (group.length > 0 && entries > GROUP_ENTRIES_MAX) break
      group.push(batch)
    }
    try {
      await bookSegments(pool, group as Batch[])
    } catch (error) {
      if (!isRefusal(error)) throw error
      await bookOneByOne(group, error)
    }
    lastBookedAt = clock.now()
    for (const batch of group) {
      await batch.finished
      if (batch.path === null) continue
      if (batch.damaged > 0) await setAsideSegment(batch.path, 'damaged')
      else await removeSegment(batch.path)
    }
    // Only now: until here `pendingOf` names them, and a reader asks Postgres which of them are booked.
    waiting.splice(0, group.length)
    await tidyFolders()
    while (drains.length > 0 && (waiting[0]?.order ?? Infinity) > drains[0]!.upTo) drains.shift()!.resolve()
  }

  /** Postgres refuses the content of one of them: that one is kept aside for a person, and must not hold up the rest. */
  async function bookOneByOne(group: WaitingBatch[], cause: unknown): Promise<void> {
    for (const batch of group) {
      try {
        if (group.length === 1) throw cause
        await bookSegments(pool, [batch as Batch])
      } catch (error) {
        if (!isRefusal(error)) throw error
        logger.error({ err: error, segment: batch.path }, 'Postgres refuses the content of a journal segment; it is kept aside')
        await batch.finished
        if (batch.path !== null) await setAsideSegment(batch.path, 'refused')
      }
    }
  }

  async function load(batch: WaitingBatch): Promise<void> {
    await batch.finished
    const read = await readSegment(batch.path!)
    // Gone: another process adopted and booked it.
    batch.sums = read?.sums ?? emptySums()
    if (!read) return
    batch.id = read.id
    batch.damaged = read.damaged
    if (read.openedAt < clock.now() - BATCHES_KEPT_MS + DAY_MS) {
      // The list of booked batches may have been pruned: whether it was booked cannot be told any more.
      logger.error({ segment: batch.path }, 'a journal segment is too old to be booked safely; it is kept aside')
      batch.sums = emptySums()
      await setAsideSegment(batch.path!, 'refused')
    }
    if (read.damaged === 0) return
    recordsDamaged += read.damaged
    logger.error({ segment: batch.path, damaged: read.damaged }, 'records of a journal segment are unreadable; the segment is kept as .damaged')
  }

  /** Removes the folders of dead processes once nothing of them waits any more. */
  async function tidyFolders(): Promise<void> {
    for (const folder of folders) {
      if (waiting.some(({ path }) => path !== null && dirname(path) === folder)) continue
      folders.delete(folder)
      try {
        await unlink(join(folder, OWNER_FILE)).catch(() => {})
        await rmdir(folder)
        await releaseLease(pool, basename(folder))
      } catch (error) {
        logger.info({ err: error, folder }, 'a journal folder is kept')
      }
    }
  }

  return {
    add: (segment: { id: string; path: string; openedAt: number; sums: UsageSums; outcomes: OutcomeSums; finished: Promise<void> }) => add({ ...segment, damaged: 0 }),
    /** Outcomes of a time without usage: refusals only. A batch without a file. */
    addOutcomes: (outcomes: OutcomeSums, now: number) => add({ id: newRequestId(), path: null, openedAt: now, sums: emptySums(), outcomes, finished: Promise.resolve(), damaged: 0 }),
    adopt({ folder, segments }: Leftover): void {
      folders.add(folder)
      for (const path of segments) add({ id: '', path, openedAt: clock.now(), sums: null, outcomes: emptyOutcomes(), finished: Promise.resolve(), damaged: 0 })
      if (segments.length === 0 && !running) void tidyFolders()
    },
    /** A folder of our own that nothing is written to any more. */
    leave: (folder: string) => void folders.add(folder),
    knows: (folder: string) => folders.has(folder),
    /** False while another segment would only wait: larger ones are cheaper to book than more of them. */
    isIdle: () => waiting.length === 0 && performance.now() >= restUntil,
    /** Resolves when everything added so far is booked; rejects when the next try fails. */
    async drain(): Promise<void> {
      if (waiting.length === 0) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      drains.push({ upTo: added, resolve, reject })
      wake?.abort()
      run()
      return promise
    },
    async close(timeoutMs: number): Promise<void> {
      const timeout = new AbortController()
      await Promise.race([this.drain().catch(() => {}), sleep(timeoutMs, undefined, { signal: timeout.signal }).catch(() => {})])
      timeout.abort()
      stopped = true
      wake?.abort()
      await Promise.all(waiting.map(({ finished }) => finished))
    },
    pendingOf(environment: Environment, subject: string): PendingCounters {
      const pending: PendingCounters = { complete: true, batches: [] }
      for (const { id, sums } of waiting) {
        if (sums === null) pending.complete = false
        const own = sums?.subjects[environment].get(subject)
        if (own) pending.batches.push({ id, counters: countersOf(own) })
      }
      return pending
    },
    async whenComplete(timeoutMs: number): Promise<void> {
      const deadline = performance.now() + timeoutMs
      while (waiting.some(({ sums }) => sums === null)) {
        if (performance.now() > deadline || stopped) throw new AppError('unavailable', { retryAfterSeconds: 2, details: { reason: 'usage of an earlier run is still being booked' } })
        await sleep(20)
      }
    },
    stats: (): Omit<JournalStats, 'writable' | 'outcomesDropped'> => ({
      segmentsWaiting: waiting.filter(({ path }) => path !== null).length,
      recordsWaiting: waiting.reduce((sum, { sums }) => sum + (sums?.records ?? 0), 0),
      oldestWaitingAt: waiting[0]?.openedAt ?? null,
      lastBookedAt,
      lastError,
      recordsDamaged,
    }),
  }
}

/** `sums` null: on disk only, read when its turn comes. */
type WaitingBatch = {
  order: number
  id: string
  path: string | null
  openedAt: number
  sums: UsageSums | null
  outcomes: OutcomeSums
  finished: Promise<void>
  damaged: number
}

type Drain = { upTo: number; resolve: () => void; reject: (error: Error) => void }

const DAY_MS = 86_400_000
/** How long `usage_batches` remembers; see `pruneMetering`. */
export const BATCHES_KEPT_MS = 90 * DAY_MS

// Booking takes about a tenth of the time at most. What many applications used within it adds up in memory meanwhile, and is written once.
const REST = 9
const REST_MS_MAX = 10_000

const GROUP_MAX = 16
const GROUP_ENTRIES_MAX = 100_000
const ENTRIES_MAX = 300_000
// Recovery takes at most this long after Postgres is back (security 17 asks for 5 s).
const RETRY_MS_MAX = 2_000

/** Data exceptions and violated constraints: trying the same content again would fail for ever. */
export function isRefusal(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' && /^2[23]...$/.test(code)
}
