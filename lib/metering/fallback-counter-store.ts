import { LRUCache } from 'lru-cache'
import type { Clock } from '@/lib/clock'
import { isAppError } from '@/lib/errors'
import type { ConsumeRequest, ConsumeResult, CounterStore, CounterSubject, LimitRule, LoadCounters, StoredCounter } from '@/lib/metering/counter-store'
import { indexLimits } from '@/lib/metering/index-limits'
import { createMemoryCounterStore } from '@/lib/metering/memory-counter-store'
import { windowOf } from '@/lib/metering/periods'

/**
 * While the shared counters are away or silent (security 17), every process goes on alone with its share of what is
 * left: the last known count, which is what is stored or what Redis last told this process, plus what remains of the
 * limit divided by the number of processes. A subject whose last count is not known and cannot be read is refused as
 * unavailable. The shares end with the outage; what they admitted was journalled and is booked like everything else. A
 * Redis that is merely late is no outage: until it has answered nobody for a second, or no counting call in time for five,
 * such calls are refused as unavailable, since counting them alone would let a burst through beyond the limit (USE-4); so
 * are those of one that answers others and is far behind.
 */
export function createFallbackCounterStore({ main, load, clock, processes }: FallbackOptions): CounterStore {
  let outage: Outage | null = null
  /** First and last of the failures since the last answer. */
  let late: { since: number; last: number } | null = null
  /** What Redis last told, by subject, metric and period. */
  const told = new LRUCache<string, { windowStart: number; value: number }>({ max: COUNTS_MAX })

  async function consume(request: ConsumeRequest): Promise<ConsumeResult> {
    try {
      const result = await main.consume(request)
      outage = late = null
      for (const state of result.states) told.set(countKey(request.subjects[0]!.environment, state.subject, state), { windowStart: state.windowStart, value: state.current })
      return result
    } catch (error) {
      return consumeAlone(outageOf(error), request)
    }
  }

  /** Throws on what is no outage. */
  function outageOf(error: unknown): Outage {
    // What is stored could not be read: Redis is there, and its counts must not be left for shares.
    if (!isAppError(error) || error.code !== 'unavailable' || error.details?.redis !== true) throw error
    const { behind, slow, late, silentMs } = error.details
    if (!outage && (behind === true || (slow === true && Number(silentMs ?? 0) < SILENT_MS && !isLateForLong(late === true)))) throw error
    return (outage ??= beginOutage())
  }

  /** `again`: this call has waited itself; those the breaker kept back say nothing about Redis. */
  function isLateForLong(again: boolean): boolean {
    const now = clock.now()
    // Two late answers an hour apart say nothing about the time between.
    if (late && now - late.last >= FORGET_MS) late = null
    if (again) late = { since: late?.since ?? now, last: now }
    return late !== null && late.last - late.since >= LATE_MS
  }

  function beginOutage(): Outage {
    const known = new LRUCache<string, StoredCounter[]>({ max: SUBJECTS_MAX })
    const remember: LoadCounters = async (subject) => {
      const stored = await load(subject)
      known.set(`${subject.environment}:${subject.subject}`, stored)
      return stored
    }
    return { known, alone: createMemoryCounterStore({ clock, load: remember, subjectsMax: SUBJECTS_MAX }) }
  }

  async function consumeAlone({ known, alone }: Outage, request: ConsumeRequest): Promise<ConsumeResult> {
    const limited = request.subjects.map((subject) => ({ ...subject, limits: limitsOf(subject, request) }))
    // Loads what is not here yet, so that the shares below know the last count.
    await alone.read(limited.map((subject) => ({ ...subject, limits: [] })), request.at)
    const shared = limited.map((subject) => {
      const stored = known.get(`${subject.environment}:${subject.subject}`) ?? []
      return { ...subject, limits: subject.limits.map((rule) => shareOf(subject, rule, stored, request.at)) }
    })
    const result = await alone.consume({ ...request, subjects: shared })
    // Callers see the plan's limits, not their share of them.
    const planned = (state: ConsumeResult['states'][number]) => ({ ...state, limit: limitOf(limited, state) })
    const states = result.states.map(planned)
    return result.admitted ? { admitted: true, states } : { admitted: false, exceeded: planned(result.exceeded), states }
  }

  /** The limit as this process may fill it alone: its counter begins at what is stored. */
  function shareOf({ environment, subject }: CounterSubject, rule: LimitRule, stored: readonly StoredCounter[], at: number): LimitRule {
    const { start } = windowOf(rule.period, at)
    const base = Math.max(0, ...stored.filter((one) => one.metricId === rule.metricId && one.period === rule.period && one.windowStart >= start).map(({ value }) => value))
    const heard = told.get(countKey(environment, subject, rule))
    const last = heard && heard.windowStart >= start ? Math.max(base, heard.value) : base
    const left = rule.value - last
    if (left <= 0) return base >= rule.value ? rule : { ...rule, value: base }
    return { ...rule, value: base + Math.max(1, Math.floor(left / Math.max(1, processes()))) }
  }

  return {
    consume,
    async read(subjects, at, waiter) {
      try {
        const states = await main.read(subjects, at, waiter)
        if (subjects.some(({ limits }) => limits.length > 0)) outage = late = null
        return states
      } catch (error) {
        return outageOf(error).alone.read(subjects, at)
      }
    },
    close: () => main.close(),
  }
}

export type FallbackOptions = { main: CounterStore; load: LoadCounters; clock: Clock; processes: () => number }

const SUBJECTS_MAX = 100_000
const COUNTS_MAX = 200_000
const SILENT_MS = 1_000
const LATE_MS = 5_000
const FORGET_MS = 5_000

type Outage = { known: LRUCache<string, StoredCounter[]>; alone: CounterStore }

const limitsOf = ({ limits }: CounterSubject, { usage, sets }: ConsumeRequest): readonly LimitRule[] =>
  usage.size === 0 && !sets?.size ? limits : [...usage.keys(), ...(sets?.keys() ?? [])].flatMap((metricId) => indexLimits(limits).get(metricId) ?? [])

const limitOf = (subjects: readonly CounterSubject[], state: { subject: string; metricId: number; period: string; limit: number }): number =>
  subjects.find(({ subject }) => subject === state.subject)?.limits.find((rule) => rule.metricId === state.metricId && rule.period === state.period)?.value ?? state.limit

const countKey = (environment: string, subject: string, { metricId, period }: { metricId: number; period: string }) => `${environment}:${subject}:${metricId}:${period}`
