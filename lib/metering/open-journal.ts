import { randomBytes } from 'node:crypto'
import { mkdir, rmdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { type Clock, systemClock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import { findLeftovers, OWNER_FILE } from '@/lib/metering/adopt-segments'
import { createBooker } from '@/lib/metering/booker'
import type { CallOutcome, Journal, UsageRecord } from '@/lib/metering/journal'
import { releaseLease, RENEW_MS, renewLease } from '@/lib/metering/journal-leases'
import { ownIdentity } from '@/lib/metering/process-identity'
import { createPreparation } from '@/lib/metering/prepare-segments'
import { openSegment, realDisk, type OpenSegment, type SegmentDisk } from '@/lib/metering/segment'
import { encodeRecord } from '@/lib/metering/segment-format'
import { addOutcome, addRecord, countersOf, emptyOutcomes } from '@/lib/metering/usage-sums'

/**
 * Opens the journal of this process under `dir` and takes over what dead processes left there; booking begins at once
 * in the background. Throws `AppError('unavailable')` when the folder cannot be made.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { dir, pool, clock, sync, soleProcess = false, rotateMs = 1_000, segmentBytesMax = 16 * 1024 * 1024, closeTimeoutMs = 8_000, disk = realDisk } = options
  const booker = createBooker({ pool, clock })
  const preparation = createPreparation(disk.sync)
  let home = await makeHome(dir)
  let open: OpenSegment | null = null
  let turn: Turn | null = null
  let outcomes = emptyOutcomes()
  let outcomesDropped = 0
  let writeError: string | null = null
  let syncTimer: NodeJS.Timeout | null = null
  let ticked = ticks()
  let closed = false

  function append(record: UsageRecord): Promise<void> {
    if (closed) return Promise.reject(new AppError('unavailable', { details: { reason: 'the journal is closed' } }))
    let line: string
    try {
      line = encodeRecord(record)
    } catch (error) {
      return Promise.reject(new AppError('invalid', { cause: error, details: { reason: 'a usage record that cannot be written down' } }))
    }
    turn ??= beginTurn()
    turn.text += line
    turn.records.push(record)
    const { written } = turn
    if (turn.records.length >= TURN_RECORDS_MAX) writeTurn()
    return written
  }

  function beginSegment(): OpenSegment {
    const now = clock.now()
    return openSegment(home, now, disk, preparation.take(home, now))
  }

  /** All calls of one event-loop turn share one write and one promise. */
  function beginTurn(): Turn {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // Whoever appended hears of a failure; a call that has gone away meanwhile must not end the process.
    promise.catch(() => {})
    setImmediate(writeTurn)
    return { text: '', records: [], written: promise, resolve, reject }
  }

  function writeTurn(): void {
    if (!turn) return
    const { text, records, resolve, reject } = turn
    turn = null
    try {
      // Frozen for so long (a stopped machine) that somebody may have taken us for dead: what follows goes to a new folder.
      if (frozenSince(ticked)) moveOut()
      open ??= beginSegment()
      open.write(text)
    } catch (error) {
      if (open?.broken) rotate()
      if (writeError === null) logger.error({ err: error }, 'the usage journal cannot be written')
      writeError = (error as Error).message
      reject(new AppError('unavailable', { cause: error, retryAfterSeconds: 5 }))
      return
    }
    writeError = null
    for (const record of records) addRecord(open.sums, record)
    if (sync === 'always')
      open.sync().then(resolve, (error: unknown) => {
        writeError = (error as Error).message
        takeBack(records)
        reject(new AppError('unavailable', { cause: error, retryAfterSeconds: 5 }))
      })
    else {
      resolve()
      syncTimer ??= setTimeout(syncInBackground, SYNC_MS)
    }
    if (open.bytes >= segmentBytesMax) rotate()
  }

  /**
   * Calls that are refused because the disk did not confirm them are no usage. They are written already, perhaps booked:
   * the same with its sign turned goes after them.
   */
  function takeBack(records: readonly UsageRecord[]): void {
    const turned = records.map((record) => ({
      ...record,
      usage: record.usage.map(([metricId, value]): [number, number] => [metricId, -value]),
      counted: record.counted.map((counted) => ({ ...counted, value: -counted.value })),
    }))
    try {
      open ??= beginSegment()
      open.write(turned.map(encodeRecord).join(''))
      for (const record of turned) addRecord(open.sums, record)
    } catch (error) {
      if (open?.broken) rotate()
      logger.error({ err: error, calls: records.length }, 'refused calls stay in the usage journal: they could not be taken back')
    }
  }

  function syncInBackground(): void {
    syncTimer = null
    open?.sync().catch((error: unknown) => {
      writeError = (error as Error).message
      logger.error({ err: error }, 'the usage journal cannot be synced')
    })
  }

  /** Closes the open segment: from now on it is a batch. Outcomes without a segment are a batch in memory. */
  function rotate(): void {
    const segment = open
    open = null
    if (segment) {
      // Outcomes ride along; a failed last sync is logged, the batch is whole in memory all the same.
      const finished = segment.finish().catch((error: unknown) => logger.error({ err: error }, 'a journal segment could not be synced'))
      preparation.closedOne(segment.bytes)
      booker.add({ id: segment.batch, path: segment.path, openedAt: segment.openedAt, sums: segment.sums, outcomes, finished })
    } else if (outcomes.entries > 0) booker.addOutcomes(outcomes, clock.now())
    else return
    outcomes = emptyOutcomes()
  }

  const rotation = setInterval(() => {
    if (booker.isIdle()) rotate()
  }, rotateMs)
  const heartbeat = setInterval(() => {
    ticked = ticks()
    renewLease(pool, nameOf(home)).then(
      (held) => void (held || moveOut()),
      // Postgres away: nobody can take our folder either. The next tick tries again.
      () => {},
    )
  }, RENEW_MS)
  const adoption = setInterval(() => void adopt(), ADOPT_MS)
  for (const timer of [rotation, heartbeat, adoption]) timer.unref()

  function moveOut(): void {
    const left = home
    home = newHome(dir)
    preparation.drop()
    rotate()
    logger.warn({ from: left }, 'the journal moves to a new folder: its lease had run out')
    booker.leave(left)
    ticked = ticks()
    settle(home).catch((error: unknown) => logger.warn({ err: error }, 'the new journal folder could not be made yet'))
  }

  async function adopt(): Promise<void> {
    try {
      for (const leftover of await findLeftovers({ dir, pool, soleProcess, skip: (folder) => folder === home || booker.knows(folder) })) booker.adopt(leftover)
    } catch (error) {
      logger.warn({ err: error }, 'journals of dead processes could not be looked for')
    }
  }

  await adopt()
  // Without a lease yet (Postgres away) the identity beside the segments still says that we live.
  await renewLease(pool, nameOf(home)).catch(() => false)

  return {
    append,
    observe(outcome: CallOutcome) {
      if (!addOutcome(outcomes, outcome, 1, OUTCOMES_MAX)) outcomesDropped++
    },
    async flush() {
      writeTurn()
      rotate()
      await booker.drain()
    },
    async close() {
      if (closed) return
      writeTurn()
      closed = true
      for (const timer of [rotation, heartbeat, adoption, syncTimer]) clearTimeout(timer ?? undefined)
      rotate()
      await booker.close(closeTimeoutMs)
      await preparation.close()
      await leaveHome(pool, home)
    },
    stats() {
      const waiting = booker.stats()
      return { ...waiting, writable: writeError === null, lastError: writeError ?? waiting.lastError, outcomesDropped }
    },
    pendingOf(environment, subject) {
      const pending = booker.pendingOf(environment, subject)
      const own = open?.sums.subjects[environment].get(subject)
      if (open && own) pending.batches.push({ id: open.batch, counters: countersOf(own) })
      return pending
    },
    whenComplete: (timeoutMs) => booker.whenComplete(timeoutMs),
  }
}

export type JournalOptions = {
  /** `DATA_DIR/journal`; this process gets a folder in it. */
  dir: string
  /** The owner's. */
  pool: pg.Pool
  clock: Clock
  /** `always`: an append resolves only when the disk has it. */
  sync: 'background' | 'always'
  /** True for the holder of the single-process lock: every folder that nobody here writes to is a dead process's. */
  soleProcess?: boolean
  rotateMs?: number
  segmentBytesMax?: number
  closeTimeoutMs?: number
  disk?: SegmentDisk
}

type Turn = { text: string; records: UsageRecord[]; written: Promise<void>; resolve: () => void; reject: (error: Error) => void }

const TURN_RECORDS_MAX = 10_000
const OUTCOMES_MAX = 100_000
const SYNC_MS = 10
const FROZEN_MS = 20_000
const ADOPT_MS = 15_000

/** Both clocks: the monotonic one stands still while a machine sleeps, the other one may be set. */
const ticks = () => ({ monotonic: performance.now(), wall: systemClock.now() })

const frozenSince = (last: ReturnType<typeof ticks>) => Math.max(performance.now() - last.monotonic, systemClock.now() - last.wall) > FROZEN_MS

const newHome = (dir: string) => join(dir, randomBytes(9).toString('hex'))

const nameOf = (home: string) => home.slice(-18)

async function makeHome(dir: string): Promise<string> {
  const home = newHome(dir)
  try {
    await settle(home)
  } catch (error) {
    throw new AppError('unavailable', { publicMessage: `The usage journal cannot be written in ${dir} (${(error as NodeJS.ErrnoException).code}). Choose a DATA_DIR this user may write to.`, cause: error })
  }
  return home
}

/** The identity stands in the folder before the first segment, so that an adopter can see who lives there. */
async function settle(home: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  await writeFile(join(home, OWNER_FILE), JSON.stringify(ownIdentity()))
}

/** Leaves nothing behind where everything is booked; otherwise the folder waits for the next start. */
async function leaveHome(pool: pg.Pool, home: string): Promise<void> {
  try {
    const owner = join(home, OWNER_FILE)
    await unlink(owner)
    await rmdir(home).catch(async (error: unknown) => {
      await writeFile(owner, JSON.stringify(ownIdentity()))
      throw error
    })
    await releaseLease(pool, nameOf(home))
  } catch (error) {
    logger.info({ err: error }, 'the journal is not empty; the next start books the rest')
  }
}

