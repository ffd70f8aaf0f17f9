import { AppError } from '@/lib/errors'
import { type BurstPart, type BurstRequest, type BurstResult, type BurstState, type BurstStore, burstStateOf, findExceededBurst, partsOf } from '@/lib/metering/burst-store'

/**
 * Bursts of one process, exact because check and taking happen in one turn of the event loop. What is empty again is
 * forgotten when room is needed. Every product has room of its own: callers who invent keys for an edge limit of one
 * fill nobody else's, and there they push out each other's and no plan's.
 */
export function createMemoryBurstStore({ partsMax = 300_000, partsPerProductMax = 30_000 }: { partsMax?: number; partsPerProductMax?: number } = {}): BurstStore {
  const products = new Map<string, Map<string, Held>>()
  let size = 0
  /** Microseconds; never runs backwards. */
  let now = 0

  function take({ subjects, id, at, lastsMsMax, looksOnly }: BurstRequest): BurstResult {
    now = Math.max(now, at * 1_000)
    const parts = subjects.length === 1 ? partsOf(subjects[0]!, lastsMsMax) : subjects.flatMap((subject) => partsOf(subject, lastsMsMax))
    const states: BurstState[] = []
    let refused = false
    for (const part of parts) {
      const state = look(part, heldOf(part))
      states.push(state)
      if (state.left < 1) refused = true
    }
    if (refused) return { admitted: false, states, exceeded: findExceededBurst(states)! }
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!
      const state = states[i]!
      if (!looksOnly) add(part, heldOf(part), id)
      state.left--
      if (part.kind === 'bucket') state.resetMs! += part.spanUs / 1_000
    }
    return { admitted: true, states, pass: { id, parts } }
  }

  function look(part: BurstPart, own: Held): BurstState {
    const { kind, limit, spanUs } = part
    if (kind === 'bucket') {
      const ahead = Math.max(0, own.fullAt - now)
      const room = limit * spanUs - ahead
      return burstStateOf(part, Math.floor(room / spanUs), ahead, Math.max(0, spanUs - room))
    }
    if (kind === 'concurrency') return burstStateOf(part, limit - own.under.size, 0, own.under.size < limit ? 0 : 1_000_000)
    const { times } = own
    while (own.first < times.length && times[own.first]! <= now - spanUs) own.first++
    if (own.first > 1_000 && own.first * 2 > times.length) own.first -= times.splice(0, own.first).length
    const count = times.length - own.first
    const wait = count < limit ? 0 : times[times.length - limit]! + spanUs - now
    return burstStateOf(part, limit - count, count === 0 ? spanUs : times[own.first]! + spanUs - now, wait)
  }

  function add({ kind, spanUs }: BurstPart, own: Held, id: string): void {
    if (kind === 'bucket') own.fullAt = Math.max(own.fullAt, now) + spanUs
    else if (kind === 'window') own.times.push(now)
    else own.under.add(id)
    own.idleAt = Math.max(own.idleAt, kind === 'bucket' ? own.fullAt : kind === 'window' ? now + spanUs : 0)
  }

  function heldOf({ place, key }: BurstPart): Held {
    let held = products.get(place)
    if (!held) products.set(place, (held = new Map()))
    let own = held.get(key)
    if (!own) {
      if (held.size >= partsPerProductMax) makeRoom(held, false)
      else if (size >= partsMax) makeRoom(largest(), true)
      held.set(key, (own = { fullAt: 0, times: [], first: 0, under: new Set(), idleAt: 0 }))
      size++
    }
    return own
  }

  function largest(): Map<string, Held> {
    let found: Map<string, Held> | null = null
    for (const [place, held] of products) {
      if (held.size === 0) products.delete(place)
      else if (!found || held.size > found.size) found = held
    }
    return found!
  }

  /** Second chance: what is still in use goes to the end of the line. Where all is, one goes that callers have made themselves; `any`: whichever. */
  function makeRoom(held: Map<string, Held>, any: boolean): void {
    let steps = 0
    let leaves: string | null = null
    for (const [key, own] of held) {
      held.delete(key)
      if (own.under.size === 0) {
        if (own.idleAt <= now) return void size--
        if (any || key.includes('}:edge:')) leaves ??= key
      }
      held.set(key, own)
      if (++steps >= Math.min(100, held.size)) break
    }
    if (leaves === null) throw new AppError('unavailable', { retryAfterSeconds: 1, details: { reason: 'more bursts are held than there is room for', partsMax } })
    held.delete(leaves)
    size--
  }

  const find = ({ place, key }: BurstPart) => products.get(place)?.get(key)

  return {
    take,
    release({ id, parts }) {
      for (const part of parts) if (part.kind === 'concurrency') find(part)?.under.delete(id)
    },
    undo({ id, parts }) {
      for (const part of parts) {
        const { kind, spanUs } = part
        const own = find(part)
        if (!own) continue
        if (kind === 'bucket') own.fullAt -= spanUs
        else if (kind === 'window') {
          // Which of the latest times it was makes no difference: they are of the same moment or nearly so.
          if (own.times.length > own.first) own.times.pop()
        } else own.under.delete(id)
      }
    },
    async close() {},
  }
}

type Held = {
  /** Bucket: when it will be full again (microseconds). */
  fullAt: number
  /** Window: when calls were admitted, the oldest that counts at `first`. */
  times: number[]
  first: number
  /** Concurrency: calls under way. */
  under: Set<string>
  /** From when on nothing of bucket and window counts any more. */
  idleAt: number
}
