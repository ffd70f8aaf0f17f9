import type { Environment } from '@/lib/products/gateway-config'

/**
 * The usage journal (design section 6): an append-only segment in `DATA_DIR/journal/<process>/`. An admitted call is
 * written before a byte goes upstream; one write per event-loop turn serves all calls of that turn.
 */
export type Journal = {
  /** Resolves when the record is durable against kill -9 (with JOURNAL_SYNC=always: against power loss too). Rejects when it cannot be written. */
  append(record: UsageRecord): Promise<void>
  /** How a call ended; not usage, may be lost with the process. */
  observe(outcome: CallOutcome): void
  /** Closes the open segment and waits until everything is booked in Postgres. */
  flush(): Promise<void>
  close(): Promise<void>
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
  /** What `CounterStore.consume` counted, so that `limit_counters` can be booked with the same batch. */
  counted: { subject: string; metricId: number; period: string; windowStart: number; value: number }[]
}

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
