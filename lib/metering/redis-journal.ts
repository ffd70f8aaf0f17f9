import type { Clock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { newRequestId } from '@/lib/ids'
import { logger } from '@/lib/logger'
import { createDoubtfulEntries } from '@/lib/metering/doubtful-entries'
import { drainStream } from '@/lib/metering/drain-stream'
import type { CallOutcome, Journal, UsageRecord } from '@/lib/metering/journal'
import { encodeRecord } from '@/lib/metering/segment-format'
import { createPatience, createRedisBreaker } from '@/lib/metering/redis-breaker'
import { createRedisWaits, type RedisWaits } from '@/lib/metering/redis-waits'
import type { StreamClient } from '@/lib/metering/stream-client'
import { addOutcome, emptyOutcomes, type OutcomeSum } from '@/lib/metering/usage-sums'
import type pg from 'pg'

/**
 * The usage journal where no disk is writable (design section 6): a Redis stream. All calls of one event-loop turn are
 * one entry, which is one batch with an id of its own; a call goes upstream when Redis has said that it holds the entry.
 * How durable that is, is Redis' business: it needs an append-only file (USE-1). Whoever runs jobs carries the stream
 * into Postgres (`drainStream`). While Redis is away calls are refused: this journal is chosen where no disk survives.
 */
export function openRedisJournal({ stream, pool, clock, waits = createRedisWaits(), entriesMax = 500_000, watchMs = 10_000 }: RedisJournalOptions): Journal {
  const doubts = createDoubtfulEntries(pool)
  const breaker = createRedisBreaker(clock)
  const patience = createPatience(BEHIND_MS_MAX)
  let turn: Turn | null = null
  let outcomes = emptyOutcomes()
  let outcomesDropped = 0
  let waiting = 0
  let lastError: string | null = null
  let lastBookedAt: number | null = null
  let closed = false

  function append(record: UsageRecord, waiter?: object): Promise<void> {
    if (closed) return Promise.reject(new AppError('unavailable', { details: { reason: 'the journal is closed' } }))
    if (waiting > entriesMax) return Promise.reject(new AppError('unavailable', { retryAfterSeconds: 5, details: { reason: 'the journal is full: nobody books it' } }))
    const leftMs = waits.leftOf(waiter)
    // All of a turn are written together: one that can hardly wait any longer must not spoil it for the others.
    if (leftMs < waits.eachMs / 4) return Promise.reject(new AppError('unavailable', { retryAfterSeconds: 1, details: { reason: 'this call has waited for Redis already' } }))
    let line: string
    try {
      line = encodeRecord(record)
    } catch (error) {
      return Promise.reject(new AppError('invalid', { cause: error, details: { reason: 'a usage record that cannot be written down' } }))
    }
    turn ??= beginTurn()
    turn.text += line
    turn.records++
    turn.leftMs = Math.min(turn.leftMs, leftMs)
    const { written } = turn
    if (turn.records >= TURN_RECORDS_MAX) void writeTurn()
    return written
  }

  function beginTurn(): Turn {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // Whoever appended hears of a failure; a call that has gone away meanwhile must not end the process.
    promise.catch(() => {})
    setImmediate(() => void writeTurn())
    return { text: '', records: 0, leftMs: waits.eachMs, written: promise, resolve, reject }
  }

  async function writeTurn(): Promise<void> {
    if (!turn) return
    const { text, leftMs, resolve, reject } = turn
    turn = null
    try {
      await write(text, leftMs)
      resolve()
    } catch (error) {
      reject(new AppError('unavailable', { cause: error, retryAfterSeconds: 5 }))
    }
  }

  /** One entry: a batch id, the records, and how calls ended meanwhile. */
  async function write(text: string, leftMs: number = waits.eachMs): Promise<void> {
    const gate = breaker.enter(leftMs)
    // Nothing was sent, so there is nothing to doubt.
    if (!(gate instanceof Promise ? await gate : gate)) throw new AppError('unavailable', { retryAfterSeconds: 1, details: { reason: 'Redis has failed repeatedly' } })
    const ended = outcomes
    outcomes = emptyOutcomes()
    const list = listed(ended.byCaller)
    const batch = `r${newRequestId()}`
    try {
      await patience(stream.add({ batch, records: text, outcomes: JSON.stringify(list) }), leftMs)
      breaker.succeeded()
      waiting++
      lastError = null
    } catch (error) {
      breaker.failed()
      // Without a connection ioredis sends nothing; of everything else nobody knows.
      if (!(error as Error).message.startsWith("Stream isn't writeable")) doubts.note(batch, text)
      for (const { calls, ...outcome } of list) if (!addOutcome(outcomes, outcome, calls, OUTCOMES_MAX)) outcomesDropped++
      if (lastError === null) logger.error({ err: error }, 'the usage journal cannot be written')
      lastError = (error as Error).message
      throw error
    }
  }

  /** Refusals alone write no usage; they are told every now and then. */
  const watching = setInterval(() => {
    stream.length().then(
      (length) => void (waiting = length),
      () => {}, // said by the next append
    )
    if (outcomes.entries > 0 && !turn) void write('').catch(() => {})
    doubts.settle().catch((error: unknown) => logger.warn({ err: error }, 'unconfirmed writes of the usage journal cannot be settled yet'))
  }, watchMs)
  watching.unref()

  return {
    append,
    observe(outcome: CallOutcome) {
      if (!addOutcome(outcomes, outcome, 1, OUTCOMES_MAX)) outcomesDropped++
    },
    async flush() {
      await writeTurn()
      if (outcomes.entries > 0) await write('')
      await doubts.settle()
      await drainStream({ stream, pool, now: clock.now() })
      waiting = await stream.length()
      lastBookedAt = clock.now()
    },
    async close() {
      if (closed) return
      await writeTurn()
      closed = true
      clearInterval(watching)
      if (outcomes.entries > 0) await write('').catch(() => {})
      await doubts.settle().catch((error: unknown) => logger.error({ err: error }, 'refused calls may stay in the usage journal: unconfirmed writes could not be settled'))
      await stream.close()
    },
    stats: () => ({ writable: lastError === null, segmentsWaiting: waiting, recordsWaiting: waiting, oldestWaitingAt: null, lastBookedAt, lastError, recordsDamaged: 0, outcomesDropped }),
    // Counters stand in Redis as well: whoever finds none there finds no entry of theirs in the stream either.
    pendingOf: () => ({ complete: true, batches: [] }),
    whenComplete: async () => {},
  }
}

export type RedisJournalOptions = {
  stream: StreamClient
  /** The owner's. */
  pool: pg.Pool
  clock: Clock
  /** What calls may wait for Redis, shared with its counters. */
  waits?: RedisWaits
  /** Beyond as many entries that nobody has booked, calls are refused. */
  entriesMax?: number
  watchMs?: number
}

type Turn = { text: string; records: number; leftMs: number; written: Promise<void>; resolve: () => void; reject: (error: Error) => void }

type ListedOutcome = CallOutcome & { calls: number }

function listed(byCaller: Record<CallOutcome['environment'], Map<number, OutcomeSum>>): ListedOutcome[] {
  const list: ListedOutcome[] = []
  for (const environment of ['production', 'staging'] as const)
    for (const first of byCaller[environment].values())
      for (let one: OutcomeSum | null = first; one !== null; one = one.next) {
        const { tenantId, productId, applicationId, outcome, at, calls, durationMs } = one
        list.push({ environment, tenantId, productId, applicationId, outcome, at, calls, durationMs })
      }
  return list
}

const BEHIND_MS_MAX = 1_000
const TURN_RECORDS_MAX = 1_000
const OUTCOMES_MAX = 10_000
