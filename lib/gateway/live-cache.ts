import { LRUCache } from 'lru-cache'
import type { Clock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { logger } from '@/lib/logger'

/**
 * Live data in memory: fresh for 60 s (the safety net; changes are heard of within a second), served up to 5 min old
 * while the database is away (security section 17). One look-up a key at a time; what does not exist is remembered for
 * a second. Bounded in entries and in look-ups under way.
 */
export type LiveCache<Value> = {
  /** What is known and fresh, without waiting: a value, null for "does not exist", undefined for "look it up". */
  peek(key: string, now: number): Value | null | undefined
  /** Looks it up. Throws `AppError('unavailable')` where the database is away and nothing young enough is remembered. */
  load(key: string, now: number, read: () => Promise<Value | null>): Promise<Value | null>
  /** Remembers what was just written by ourselves. */
  put(key: string, value: Value): void
  /** Drops what the test picks and everything remembered as absent. */
  forget(isConcerned: (value: Value, key: string) => boolean): void
  clear(): void
}

type Entry<Value> = { value: Value | null; loadedAt: number; touchedAt: number }

// To note every single use would cost each call more than to find the entry: once a second tells the busy from the quiet as well.
const TOUCH_MS = 1_000

type Options = { name: string; max: number; clock: Clock; freshMs?: number; staleMs?: number; absentMs?: number; loadsMax?: number; timeoutMs?: number }

export function createLiveCache<Value extends object>({ name, max, clock, freshMs = 60_000, staleMs = 300_000, absentMs = 1_000, loadsMax = 1_000, timeoutMs = 2_000 }: Options): LiveCache<Value> {
  const entries = new LRUCache<string, Entry<Value>>({ max })
  const loads = new Map<string, Promise<Value | null>>()
  /** Counts forgettings: a look-up that began before one may bring what is no longer true and is not remembered. */
  let epoch = 0
  /** While the database is away it is tried once a second, not by every call. */
  let triedAgainAt = 0
  let oddLoggedFrom = 0

  const remember = (key: string, value: Value | null) => {
    const loadedAt = clock.now()
    entries.set(key, { value, loadedAt, touchedAt: loadedAt })
  }

  const peek = (key: string, now: number): Value | null | undefined => {
    const entry = entries.peek(key)
    if (!entry) return undefined
    if (now - entry.touchedAt >= TOUCH_MS) {
      entries.get(key)
      entry.touchedAt = now
    }
    return now - entry.loadedAt < (entry.value === null ? absentMs : freshMs) ? entry.value : undefined
  }

  const lastResort = (key: string, now: number, cause: unknown): Value => {
    const entry = entries.get(key)
    if (entry?.value && now - entry.loadedAt < staleMs) return entry.value
    throw new AppError('unavailable', { cause, retryAfterSeconds: 1, details: { cache: name } })
  }

  const readOnce = async (key: string, now: number, read: () => Promise<Value | null>): Promise<Value | null> => {
    const begun = epoch
    try {
      const value = await within(timeoutMs, read())
      if (begun === epoch) remember(key, value)
      triedAgainAt = 0
      return value
    } catch (error) {
      if (isAboutThisOne(error)) {
        if (clock.now() >= oddLoggedFrom) logger.error({ err: error, cache: name }, 'the gateway cannot read one entry; all others are served')
        oddLoggedFrom = clock.now() + 1_000
        return lastResort(key, now, error)
      }
      if (triedAgainAt === 0) logger.warn({ err: error, cache: name }, 'the gateway cannot read live data; it goes on with what it knows')
      triedAgainAt = clock.now() + 1_000
      return lastResort(key, now, error)
    }
  }

  return {
    peek,
    async load(key, now, read) {
      const running = loads.get(key)
      if (running) return running
      if (now < triedAgainAt) return lastResort(key, now, 'database away')
      if (loads.size >= loadsMax) return lastResort(key, now, 'too many look-ups under way')
      const load = readOnce(key, now, read).finally(() => {
        if (loads.get(key) === load) loads.delete(key)
      })
      loads.set(key, load)
      return load
    },
    put: remember,
    forget(isConcerned) {
      epoch++
      // A load under way must not be joined by a call that comes after the change.
      loads.clear()
      const concerned = [...entries.entries()].filter(([key, { value }]) => value === null || isConcerned(value, key))
      for (const [key] of concerned) entries.delete(key)
    },
    clear() {
      epoch++
      loads.clear()
      entries.clear()
    },
  }
}

/**
 * Data that cannot be asked for or made sense of (SQLSTATE 22, 23, 42; a mistake of ours) says nothing about the database:
 * one tenant's odd row or one caller's odd credential must not keep everybody else waiting.
 */
function isAboutThisOne(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError || (typeof code === 'string' && /^(22|23|42)[0-9A-Z]{3}$/.test(code))
}

async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}
