import type { Clock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import { logger } from '@/lib/logger'

/**
 * Live data in memory: fresh for 60 s (the safety net; changes are heard of within a second), served up to 5 min old
 * while the database is away (security section 17). One look-up a key at a time; what does not exist is remembered for
 * a second. Bounded in entries and in look-ups under way.
 */
export type LiveCache<Value, Key extends string | number = string> = {
  /** What is known and fresh, without waiting: a value, null for "does not exist", undefined for "look it up". */
  peek(key: Key, now: number): Value | null | undefined
  /** Looks it up. Throws `AppError('unavailable')` where the database is away and nothing young enough is remembered. */
  load(key: Key, now: number, read: () => Promise<Value | null>): Promise<Value | null>
  /** Remembers what was just written by ourselves. */
  put(key: Key, value: Value): void
  /** Drops what the change concerns and everything remembered as absent. Costs what is dropped, not what is held. */
  forget(concern: Concern): void
  clear(): void
}

/** What a change is about: everything of these tenants, and these single things. */
export type Concern = { tenants: ReadonlySet<number>; ids: ReadonlySet<number> }

type Entry<Value> = { value: Value | null; loadedAt: number; renewAt: number; isUsed: boolean }

/** So many that were used since the last round are spared in one go; then whoever comes next leaves, used or not. */
const SPARED_MAX = 100

/**
 * Reads many again in one question, in the order given; null for what is no longer there. With it nobody waits for what is
 * a minute old: it is served on while it is read again, together with its neighbours.
 */
export type Renewal<Value> = { read: (values: Value[]) => Promise<(Value | null)[]>; isFor: (value: Value) => boolean }

// Of a hundred thousand entries a minute makes two thousand a second: one by one they would cost more than the calls.
const RENEW_MS = 20
const RENEW_MAX = 500

/** `of`: whose a value is and which, as changes name them. */
type Options<Value> = { renewal?: Renewal<Value>; name: string; max: number; clock: Clock; of: (value: Value) => { tenantId: number; id: number }; freshMs?: number; staleMs?: number; absentMs?: number; loadsMax?: number; timeoutMs?: number }

export function createLiveCache<Value extends object, Key extends string | number = string>({ name, max, clock, of, renewal, freshMs = 60_000, staleMs = 300_000, absentMs = 1_000, loadsMax = 1_000, timeoutMs = 2_000 }: Options<Value>): LiveCache<Value, Key> {
  const byTenant = createKeyIndex<Key>()
  const byId = createKeyIndex<Key>()
  const absent = new Set<Key>()
  const entries = new Map<Key, Entry<Value>>()
  /**
   * Stands at the beginning of the line, where whoever was not used since it joined makes room. To find an entry touches
   * nothing but it. An iterator that is not moved keeps every earlier table of its map, with all that was in them: it is let go in time.
   */
  let hand: MapIterator<[Key, Entry<Value>]> | null = null
  let leftSinceMoved = 0
  const loads = new Map<Key, Promise<Value | null>>()
  const renewing: Key[] = []
  /** Counts forgettings: a look-up that began before one may bring what is no longer true and is not remembered. */
  let epoch = 0
  /** While the database is away it is tried once a second, not by every call. */
  let triedAgainAt = 0
  let oddLoggedFrom = 0

  const remember = (key: Key, value: Value | null) => {
    const loadedAt = clock.now()
    drop(key)
    if (entries.size >= max) makeRoom()
    entries.set(key, { value, loadedAt, renewAt: loadedAt + freshMs, isUsed: false })
    if (value === null) return void absent.add(key)
    const { tenantId, id } = of(value)
    byTenant.add(tenantId, key)
    byId.add(id, key)
  }

  const drop = (key: Key) => {
    const entry = entries.get(key)
    if (!entry) return
    entries.delete(key)
    // Whoever makes a new one steps over what has left: this often that costs nothing.
    if (hand && ++leftSinceMoved > max) hand = null
    const { value } = entry
    if (value === null) return void absent.delete(key)
    const { tenantId, id } = of(value)
    byTenant.remove(tenantId, key)
    byId.remove(id, key)
  }

  const makeRoom = () => {
    for (let spared = 0; ; ) {
      leftSinceMoved = 0
      let next = (hand ??= entries.entries()).next()
      if (next.done) next = (hand = entries.entries()).next()
      if (next.done) return
      const [key, entry] = next.value
      if (!entry.isUsed || spared === SPARED_MAX) return drop(key)
      // To the end of the line: its second chance lasts as long as that of whoever comes now.
      entry.isUsed = false
      entries.delete(key)
      entries.set(key, entry)
      spared++
    }
  }

  const peek = (key: Key, now: number): Value | null | undefined => {
    const entry = entries.get(key)
    if (!entry) return undefined
    if (!entry.isUsed) entry.isUsed = true
    const { value } = entry
    const ageMs = now - entry.loadedAt
    if (ageMs < (value === null ? absentMs : freshMs)) return value
    if (value === null || !renewal || ageMs >= staleMs || !renewal.isFor(value)) return undefined
    if (now >= entry.renewAt) {
      // Should it fail, the next try is due in a second.
      entry.renewAt = now + timeoutMs + 1_000
      renewing.push(key)
      if (renewing.length === 1) setTimeout(renewSome, RENEW_MS).unref()
    }
    return value
  }

  const renewSome = async () => {
    const keys = renewing.splice(0, RENEW_MAX)
    if (renewing.length > 0) setTimeout(renewSome, RENEW_MS).unref()
    const begun = epoch
    const held = keys.flatMap((key) => {
      const value = entries.get(key)?.value
      return value ? [{ key, value }] : []
    })
    try {
      const values = await within(timeoutMs, renewal!.read(held.map(({ value }) => value)))
      if (begun === epoch) held.forEach(({ key, value }, i) => entries.get(key)?.value === value && remember(key, values[i] ?? null))
    } catch (error) {
      logger.warn({ err: error, cache: name }, 'the gateway cannot read again what it remembers; it goes on with it for a while')
    }
  }

  const lastResort = (key: Key, now: number, cause: unknown): Value => {
    const entry = entries.get(key)
    if (entry?.value && now - entry.loadedAt < staleMs) return entry.value
    throw new AppError('unavailable', { cause, retryAfterSeconds: 1, details: { cache: name } })
  }

  const readOnce = async (key: Key, now: number, read: () => Promise<Value | null>): Promise<Value | null> => {
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
    forget({ tenants, ids }) {
      epoch++
      // A load under way must not be joined by a call that comes after the change.
      loads.clear()
      const concerned: Key[] = [...absent]
      for (const tenantId of tenants) for (const key of byTenant.keysOf(tenantId)) concerned.push(key)
      for (const id of ids) for (const key of byId.keysOf(id)) concerned.push(key)
      for (const key of concerned) drop(key)
    },
    clear() {
      epoch++
      loads.clear()
      entries.clear()
      hand = null
      absent.clear()
      byTenant.clear()
      byId.clear()
    },
  }
}

/** Number to keys. Most numbers have one key, and a set for each of a hundred thousand would weigh more than they do. */
function createKeyIndex<Key extends string | number>() {
  const held = new Map<number, Key | Set<Key>>()
  return {
    add(number: number, key: Key): void {
      const keys = held.get(number)
      if (keys === undefined) held.set(number, key)
      else if (keys instanceof Set) keys.add(key)
      else if (keys !== key) held.set(number, new Set([keys, key]))
    },
    remove(number: number, key: Key): void {
      const keys = held.get(number)
      if (keys === key) held.delete(number)
      else if (keys instanceof Set && keys.delete(key) && keys.size === 0) held.delete(number)
    },
    keysOf(number: number): Iterable<Key> {
      const keys = held.get(number)
      return keys === undefined ? [] : keys instanceof Set ? keys : [keys]
    },
    clear: () => held.clear(),
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
