import type { Environment } from '@/lib/products/gateway-config'
import type { Period } from '@/lib/metering/periods'

/**
 * Limit counters: checked and incremented in one atomic step, all or none (USE-4, reference gateway 1.4). Two
 * implementations with one contract suite: memory (one process, exact) and Redis (one Lua script, any number of processes).
 */
export type CounterStore = {
  /**
   * Takes every increment and every set value if no limit would be exceeded, else none. What has no limit is not counted
   * here (usage is the journal's business). A call without usage is admitted while no limit is already passed. Throws
   * `AppError('unavailable')` when the store cannot answer.
   *
   * The answer is a plain value where the counters are in memory already: await it only if it is a promise. Append the
   * record to the journal in the same turn (before any other await): counters that are let go of are rebuilt from it.
   */
  consume(request: ConsumeRequest): ConsumeResult | Promise<ConsumeResult>
  /**
   * Current values of every limit without touching them, for "usage against each limit" and for asking without taking:
   * `findExceededLimit(states, usage, sets)` says what `consume` would refuse.
   */
  read(subjects: readonly CounterSubject[], at: number, waiter?: object): Promise<LimitState[]>
  close(): Promise<void>
}

/** Whose counters: an application, or an end user (shared by all applications of the product or kept per application). */
export type CounterSubject = {
  tenantId: number
  productId: number
  environment: Environment
  /** `app:<application id>`, `user:<end user id>` or `user:<end user id>:<application id>`. */
  subject: string
  /** All limits of the plan. Hand over the same array for the same plan: it is indexed by metric once, by identity. */
  limits: readonly LimitRule[]
}

/**
 * What is stored of one subject's counters: the latest window of each metric and period. A limit that is new in its
 * window has nothing stored: it goes on from what was used since the window began.
 */
export type LoadCounters = (subject: CounterSubject) => Promise<StoredCounter[]>

export type StoredCounter = { metricId: number; period: Period; windowStart: number; value: number }

export type LimitRule = { metricId: number; period: Period; value: number }

export type ConsumeRequest = {
  /** The application first, then, where end-user plans hold, the end user. Both must pass. */
  subjects: readonly CounterSubject[]
  /** Usage of this call with roll-up already applied: own value plus descendants'. */
  usage: ReadonlyMap<number, number>
  /**
   * Set values (`#N`, reference gateway 4.9), cascaded to ancestors already (`rollUpUsage`): every counter of the metric
   * holds this value afterwards, whatever the period. A metric stands here or in `usage`, never in both.
   */
  sets?: ReadonlyMap<number, number> | null
  /** Milliseconds since 1970; memory uses it (time never runs backwards), Redis uses its own clock. */
  at: number
  /**
   * A report of what has happened (reference gateway 1.4): counted without asking the limits, in the windows that hold
   * `at`, which may lie in the past. What fell into a window that has ended moves no counter and gives no state.
   */
  force?: boolean
  /** The call that waits for the answer: what it waits for a silent Redis is bounded over all its steps (`RedisWaits`). */
  waiter?: object
}

export type LimitState = {
  subject: string
  metricId: number
  period: Period
  limit: number
  /** After this call where it was admitted, else as stored. */
  current: number
  windowStart: number
  /** Null for eternity. */
  windowEnd: number | null
  /** What this call added to it; of a set value the difference, which may be negative. 0 where nothing was taken. */
  added: number
}

export type ConsumeResult =
  /** `states`: the limits this call touches, subject by subject. A forced call is always admitted. */
  | { admitted: true; states: LimitState[] }
  /** `exceeded`: the limit that refused, and of several the one that stays closed longest. */
  | { admitted: false; exceeded: LimitState; states: LimitState[] }
