import type { Clock } from '@/lib/clock'
import { AppError } from '@/lib/errors'
import type { ConsumeRequest, ConsumeResult, CounterStore, CounterSubject, LimitRule, LimitState, LoadCounters } from '@/lib/metering/counter-store'
import { exceeds, findExceededLimit } from '@/lib/metering/find-exceeded-limit'
import { indexLimits } from '@/lib/metering/index-limits'
import { type Period, periods, windowOf } from '@/lib/metering/periods'

/**
 * Counters of one process, exact because the check and the increment happen in one turn of the event loop. A
 * subject's counters are loaded on its first call and let go of when it has been quiet and room is needed.
 */
export function createMemoryCounterStore({ clock, load, subjectsMax = 150_000 }: MemoryCounterOptions): CounterStore {
  const subjects: Record<CounterSubject['environment'], Map<string, SubjectCounters>> = { staging: new Map(), production: new Map() }
  const loading: Record<CounterSubject['environment'], Map<string, Promise<SubjectCounters>>> = { staging: new Map(), production: new Map() }
  const now = createForwardTime(clock.now())

  function consume(request: ConsumeRequest): ConsumeResult | Promise<ConsumeResult> {
    const first = request.subjects[0]
    if (!first) return { admitted: true, states: [] }
    const found: SubjectCounters[] = []
    for (const subject of request.subjects) {
      const counters = subjects[subject.environment].get(subject.subject)
      if (!counters || (counters.limits !== subject.limits && !knowsAll(counters, subject.limits))) return loadAll(request.subjects).then(() => consume(request))
      found.push(counters)
    }
    return take(request, found)
  }

  function take({ subjects: asked, usage, sets = null, at, force = false }: ConsumeRequest, found: SubjectCounters[]): ConsumeResult {
    const time = now.moveTo(force ? Math.min(at, clock.now()) : at)
    const states: LimitState[] = []
    const touched: Counter[] = []
    let refused = false
    for (let i = 0; i < asked.length; i++) {
      const subject = asked[i]!
      const counters = found[i]!
      counters.usedAt = time
      const visit = (rule: LimitRule, value: number, set: boolean) => {
        const counter = counterOf(counters, rule)
        const state = stateOf(subject, rule, counter)
        // A report of a window that has ended concerns no counter that anybody asks any more.
        if (force && at < state.windowStart && state.windowStart === now.windowOf(rule.period).start) return
        states.push(state)
        touched.push(counter)
        state.added = set ? value - state.current : value
        if (exceeds(set ? 0 : state.current, value, rule.value)) refused = true
      }
      if (usage.size === 0 && !sets?.size) for (const rule of subject.limits) visit(rule, 0, false)
      else {
        const byMetric = indexLimits(subject.limits)
        for (const [metricId, value] of usage) for (const rule of byMetric.get(metricId) ?? NO_LIMITS) visit(rule, value, false)
        if (sets) for (const [metricId, value] of sets) for (const rule of byMetric.get(metricId) ?? NO_LIMITS) visit(rule, value, true)
      }
    }
    if (refused && !force) {
      for (const state of states) state.added = 0
      return { admitted: false, exceeded: findExceededLimit(states, usage, sets)!, states }
    }
    for (let i = 0; i < states.length; i++) {
      const state = states[i]!
      const counter = touched[i]!
      state.current += state.added
      counter.windowStart = state.windowStart
      counter.value = state.current
    }
    return { admitted: true, states }
  }

  function stateOf(subject: CounterSubject, rule: LimitRule, counter: Readonly<Counter>): LimitState {
    const window = now.windowOf(rule.period)
    // A counter ahead of the window was loaded from a time our clock has not reached again: it goes on counting there.
    const ahead = counter.windowStart > window.start
    return {
      subject: subject.subject,
      metricId: rule.metricId,
      period: rule.period,
      limit: rule.value,
      current: counter.windowStart < window.start ? 0 : counter.value,
      windowStart: ahead ? counter.windowStart : window.start,
      windowEnd: ahead ? windowOf(rule.period, counter.windowStart).end : window.end,
      added: 0,
    }
  }

  /** A plan's limits are the same array until they change; one that is new must not begin at nothing in mid-window. */
  function knowsAll(counters: SubjectCounters, limits: readonly LimitRule[]): boolean {
    for (const { metricId, period } of limits) if (!counters.byLimit.has(limitKey(metricId, period))) return false
    counters.limits = limits
    return true
  }

  async function loadAll(asked: readonly CounterSubject[]): Promise<SubjectCounters[]> {
    return Promise.all(
      asked.map((subject) => {
        const held = subjects[subject.environment].get(subject.subject)
        return held && knowsAll(held, subject.limits) ? held : loadOnce(subject)
      }),
    )
  }

  /** Single flight: every call of a subject that is not here yet waits for the one load. */
  function loadOnce(subject: CounterSubject): Promise<SubjectCounters> {
    const flights = loading[subject.environment]
    const running = flights.get(subject.subject)
    if (running) return running
    if (flights.size >= LOADS_MAX) return Promise.reject(new AppError('busy'))
    const flight = load(subject)
      .then((stored) => {
        const held = subjects[subject.environment].get(subject.subject)
        // What is counted here is newer than what is stored: only what is not known yet is taken from there.
        const known = new Set(held?.byLimit.keys())
        const counters: SubjectCounters = held ?? { usedAt: 0, byLimit: new Map(), limits: subject.limits }
        counters.usedAt = now.moveTo(clock.now())
        for (const { metricId, period, windowStart, value } of stored) {
          const key = limitKey(metricId, period)
          // Of several windows the latest counts; older ones have ended.
          if (!known.has(key) && windowStart > (counters.byLimit.get(key)?.windowStart ?? -1)) counters.byLimit.set(key, { windowStart, value })
        }
        for (const rule of subject.limits) counterOf(counters, rule)
        if (held) return held
        makeRoom(subjects[subject.environment])
        subjects[subject.environment].set(subject.subject, counters)
        return counters
      })
      .finally(() => flights.delete(subject.subject))
    flights.set(subject.subject, flight)
    return flight
  }

  /**
   * Second chance: subjects used lately go to the end of the line, the first quiet one leaves. A subject is quiet only
   * after its last record has long been handed to the journal, from which a later load counts it.
   */
  function makeRoom(held: Map<string, SubjectCounters>): void {
    if (held.size < subjectsMax) return
    let steps = 0
    for (const [name, counters] of held) {
      held.delete(name)
      if (now.current() - counters.usedAt >= QUIET_MS) return
      held.set(name, counters)
      if (++steps === 100) break
    }
    throw new AppError('busy', { details: { reason: 'more subjects than counters are kept for', subjectsMax } })
  }

  return {
    consume,
    async read(asked, at) {
      const found = await loadAll(asked)
      now.moveTo(at)
      return asked.flatMap((subject, i) => subject.limits.map((rule) => stateOf(subject, rule, found[i]!.byLimit.get(limitKey(rule.metricId, rule.period)) ?? NOTHING)))
    },
    async close() {},
  }
}

export type MemoryCounterOptions = {
  clock: Clock
  /** What is stored of a subject, journalled but unbooked records included. Rejects with `AppError('unavailable')`. */
  load: LoadCounters
  /** Per environment. Beyond it quiet subjects leave; where none is quiet, new ones are refused as `busy`. */
  subjectsMax?: number
}

const QUIET_MS = 5_000
const LOADS_MAX = 10_000
const NO_LIMITS: readonly LimitRule[] = []
const NOTHING: Readonly<Counter> = { windowStart: -1, value: 0 }

type Counter = { windowStart: number; value: number }
/** `limits`: the array all of whose limits stand in `byLimit`. */
type SubjectCounters = { usedAt: number; byLimit: Map<number, Counter>; limits: readonly LimitRule[] }

function counterOf(counters: SubjectCounters, rule: LimitRule): Counter {
  const key = limitKey(rule.metricId, rule.period)
  let counter = counters.byLimit.get(key)
  if (!counter) counters.byLimit.set(key, (counter = { windowStart: -1, value: 0 }))
  return counter
}

const limitKey = (metricId: number, period: Period) => metricId * 8 + periods.indexOf(period)

/** A time that never runs backwards, and the windows that hold it. */
function createForwardTime(start: number) {
  let time = start
  const windows = new Map<Period, { start: number; end: number | null }>()
  return {
    current: () => time,
    moveTo(at: number): number {
      if (at > time) time = at
      return time
    },
    windowOf(period: Period): { start: number; end: number | null } {
      let window = windows.get(period)
      if (!window || (window.end !== null && time >= window.end)) windows.set(period, (window = windowOf(period, time)))
      return window
    },
  }
}
