import type { StoredCounter } from '@/lib/metering/counter-store'
import type { Period } from '@/lib/metering/periods'
import type { Environment } from '@/lib/products/gateway-config'

/**
 * The usage journal (design section 6): an append-only segment in `DATA_DIR/journal/<process>/`. An admitted call is
 * written before a byte goes upstream; one write per event-loop turn serves all calls of that turn.
 */
export type Journal = {
  /**
   * Resolves when the record is durable against kill -9 (with JOURNAL_SYNC=always: against power loss too). Rejects with
   * `AppError('unavailable')` when it cannot be written: the call must not go upstream then. `waiter` is the call that
   * waits, as for counters: a journal in Redis gives up when that has waited long enough (`RedisWaits`).
   */
  append(record: UsageRecord, waiter?: object): Promise<void>
  /** How a call ended; not usage, may be lost with the process. */
  observe(outcome: CallOutcome): void
  /** Closes the open segment and waits until everything is booked in Postgres. Rejects when the next try to book fails; nothing is lost by that. */
  flush(): Promise<void>
  /** Books what it can within a few seconds; the rest stays on disk for the next start. */
  close(): Promise<void>
  stats(): JournalStats
  /** Counters of a subject in records that may not be booked yet, by batch. `complete` is false while some batches are on disk only. */
  pendingOf(environment: Environment, subject: string): PendingCounters
  /** Resolves when `pendingOf` is complete, rejects with `AppError('unavailable')` after `timeoutMs`. */
  whenComplete(timeoutMs: number): Promise<void>
}

export type PendingCounters = { complete: boolean; batches: { id: string; counters: StoredCounter[] }[] }

/** For readiness and metrics. */
export type JournalStats = {
  /** False after a write failed, until one succeeds. */
  writable: boolean
  /** Closed segments that are not booked yet. */
  segmentsWaiting: number
  recordsWaiting: number
  /** When the oldest of them was opened, milliseconds since 1970. */
  oldestWaitingAt: number | null
  lastBookedAt: number | null
  /** Why the last write or booking failed; null once one succeeds. */
  lastError: string | null
  /** Records that were unreadable in a segment of a dead process; the segment is kept as `*.damaged`. */
  recordsDamaged: number
  outcomesDropped: number
}

export type UsageRecord = {
  /** Request id; 22 characters or fewer. */
  id: string
  at: number
  tenantId: number
  productId: number
  environment: Environment
  applicationId: number
  endUserId: number | null
  credentialId: number | null
  address: string
  /** Metric id to increment, roll-up applied. */
  usage: [metricId: number, value: number][]
  /** What `CounterStore.consume` counted, so that `limit_counters` can be booked with the same batch: see `countedOf`. */
  counted: CountedLimit[]
}

export type CountedLimit = { subject: string; metricId: number; period: Period; windowStart: number; value: number }

export type CallOutcome = {
  at: number
  tenantId: number
  productId: number
  environment: Environment
  /** 0 where no application was recognised. */
  applicationId: number
  /** `2xx` ... `5xx`, or a refusal code. */
  outcome: string
  durationMs: number
}
