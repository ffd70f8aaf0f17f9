import type { Bursts, Environment } from '@/lib/products/gateway-config'

/**
 * Short-term bounds: token bucket, true sliding window, calls under way. Checked and taken in one atomic step, all parts
 * of all subjects or none; a refused call takes nothing. Two implementations with one contract suite: memory (one
 * process) and Redis (one Lua script by Redis' own clock).
 */
export type BurstStore = {
  /** A plain value where it is known at once: await it only if it is a promise. Throws `AppError('unavailable')` where the store cannot answer. */
  take(request: BurstRequest): BurstResult | Promise<BurstResult>
  /** The call has ended: its place among those under way is free again. Never rejects; nobody needs to wait for it. */
  release(pass: BurstPass): void | Promise<void>
  /** The call was refused further on: everything it took is given back. Never rejects. */
  undo(pass: BurstPass): void | Promise<void>
  close(): Promise<void>
}

/** Whose bounds: `product` as a whole, `app:<id>`, or an end user's `user:<id>` or `user:<id>:<application id>`. */
export type BurstSubject = { productId: number; environment: Environment; subject: string; bursts: Bursts }

export type BurstRequest = {
  /** All of one product and environment. */
  subjects: readonly BurstSubject[]
  /** Of the call; used by no other. */
  id: string
  /** Milliseconds since 1970; memory uses it, Redis its own clock. */
  at: number
  /** No call lasts longer: the place of a process that died is free again after this. */
  lastsMsMax: number
  /** Says what taking would, and takes nothing. */
  looksOnly?: boolean
  /** The call that waits for the answer: what it waits for a silent Redis is bounded over all its steps (`RedisWaits`). */
  waiter?: object
}

export type BurstKind = keyof Bursts

export type BurstState = {
  subject: string
  kind: BurstKind
  /** The size of the bucket, the calls of the window, the calls under way at most. */
  limit: number
  /** Calls it has room for, this one taken off where it was admitted. */
  left: number
  /** Of the sliding window, and how long an empty bucket takes to fill; null for concurrency. */
  windowMs: number | null
  /** Until the bucket is full or the oldest call has left the window; null for concurrency. */
  resetMs: number | null
  /** When a refused call may pass; 0 where it has room. */
  retryMs: number
}

/** What a call holds. Hand it back once: `release` or `undo`. */
export type BurstPass = { readonly id: string; readonly parts: readonly BurstPart[] }

export type BurstResult =
  | { admitted: true; states: BurstState[]; pass: BurstPass }
  /** `exceeded`: of several the one that stays closed longest. */
  | { admitted: false; states: BurstState[]; exceeded: BurstState }

/** One bound of one subject as both implementations reckon: whole microseconds. */
export type BurstPart = {
  subject: string
  kind: BurstKind
  /** Product and environment. */
  place: string
  /** Unique within the store. */
  key: string
  limit: number
  /** Microseconds: between two tokens of the bucket, length of the window, longest life of a call. */
  spanUs: number
}

const parts = new WeakMap<BurstSubject, BurstPart[]>()

/** The bounds of a subject, made once for each object. Keys of one product share a cluster slot. */
export function partsOf(subject: BurstSubject, lastsMsMax: number): BurstPart[] {
  let made = parts.get(subject)
  if (!made) {
    const { bucket, window, concurrency } = subject.bursts
    const part = (kind: BurstKind, limit: number, spanUs: number): BurstPart => ({
      subject: subject.subject,
      kind,
      place: `${subject.productId}:${subject.environment}`,
      key: `gatehouse:bursts:{p${subject.productId}:${subject.environment}}:${subject.subject}:${kind}`,
      limit,
      spanUs,
    })
    made = []
    if (bucket) made.push(part('bucket', bucket.size, Math.max(1, Math.round(1_000_000 / bucket.perSecond))))
    if (window) made.push(part('window', window.calls, window.seconds * 1_000_000))
    if (concurrency !== null) made.push(part('concurrency', concurrency, lastsMsMax * 1_000))
    parts.set(subject, made)
  }
  return made
}

/** Pure: room, reset and wait of one part in microseconds, before the call, as a state. */
export function burstStateOf({ subject, kind, limit, spanUs }: BurstPart, left: number, resetUs: number, waitUs: number): BurstState {
  const timed = kind !== 'concurrency'
  return {
    subject,
    kind,
    limit,
    left: Math.max(0, left),
    windowMs: kind === 'bucket' ? (limit * spanUs) / 1_000 : timed ? spanUs / 1_000 : null,
    resetMs: timed ? resetUs / 1_000 : null,
    retryMs: waitUs / 1_000,
  }
}

/** Pure: of the parts without room the one that stays closed longest. */
export function findExceededBurst(states: readonly BurstState[]): BurstState | null {
  let exceeded: BurstState | null = null
  for (const state of states) if (state.left < 1 && (!exceeded || state.retryMs > exceeded.retryMs)) exceeded = state
  return exceeded
}
