import { AppError } from '@/lib/errors'
import { type Clock, systemClock } from '@/lib/clock'
import { consumeScript, seedScript } from '@/lib/metering/counter-scripts'
import type { ConsumeRequest, ConsumeResult, CounterStore, CounterSubject, LimitRule, LimitState, LoadCounters } from '@/lib/metering/counter-store'
import { findExceededLimit } from '@/lib/metering/find-exceeded-limit'
import { indexLimits } from '@/lib/metering/index-limits'
import { windowOf } from '@/lib/metering/periods'
import type { RedisLine } from '@/lib/metering/redis-line'

/**
 * Counters for any number of processes: one Lua script decides and counts, by Redis' own clock. All subjects of a
 * product share one cluster slot, because an application and its end user must be taken both or none, and a reserve in
 * one slot with an undo in another would refuse calls that had room (docs/decisions/0009-counters-in-redis.md).
 * A subject Redis does not know is seeded from what is stored. A command whose outcome is unknown is never sent again.
 */
export function createRedisCounterStore({ line, load, clock = systemClock }: RedisCounterOptions): CounterStore {
  const seeding = new Map<string, Promise<void>>()
  let aheadMs = 0

  async function consume(request: ConsumeRequest): Promise<ConsumeResult> {
    const touched = touchedLimits(request)
    if (touched.length === 0) return { admitted: true, states: [] }
    const { admitted, states } = await ask(request.force ? 'force' : 'consume', request.subjects, touched, request.at, request.waiter)
    if (!admitted) return { admitted, exceeded: findExceededLimit(states, request.usage, request.sets)!, states }
    for (let i = 0; i < states.length; i++) {
      const state = states[i]!
      const { value, set } = touched[i]!
      state.added = set ? value - state.current : value
      state.current += state.added
    }
    return { admitted, states: request.force ? states.filter(({ windowStart }) => windowStart >= 0) : states }
  }

  /** Asks until Redis holds every subject and agrees on the time; nothing was counted by an answer that sends us round. */
  async function ask(mode: 'consume' | 'read' | 'force', subjects: readonly CounterSubject[], touched: TouchedLimit[], happenedAt = Infinity, waiter?: object): Promise<{ admitted: boolean; states: LimitState[] }> {
    const held = subjects.filter((_, i) => touched.some((limit) => limit.subject === i))
    const keys = held.map(keyOf)
    for (let tries = 0; tries < 6; tries++) {
      const at = mode === 'force' ? Math.min(happenedAt, clock.now() + aheadMs) : clock.now() + aheadMs
      const args: (string | number)[] = [mode]
      for (const { subject, rule, value, set } of touched) {
        const window = windowOf(rule.period, at)
        args.push(held.indexOf(subjects[subject]!) + 1, `${rule.metricId}:${rule.period}`, window.start / 1000, (window.end ?? 0) / 1000, rule.value, value, set ? 1 : 0)
      }
      const answer = await line.run(consumeScript, keys, args, waiter)
      if (answer[0] === -1) await seed(held[answer[1]! - 1]!, keys[answer[1]! - 1]!, waiter)
      else if (answer[0] === -2) aheadMs = answer[1]! * 1000 - clock.now()
      else return { admitted: answer[0] === 1, states: touched.map((limit, i) => stateOf(subjects[limit.subject]!, limit.rule, answer[1 + 2 * i]! * 1000, answer[2 + 2 * i]!)) }
    }
    throw new AppError('unavailable', { retryAfterSeconds: 1, details: { reason: 'counters could not be seeded' } })
  }

  /** Single flight within the process; of two processes the first one seeds. */
  function seed(subject: CounterSubject, key: string, waiter?: object): Promise<void> {
    const running = seeding.get(key)
    if (running) return running
    const flight = loadAndSeed(subject, key, waiter).finally(() => seeding.delete(key))
    seeding.set(key, flight)
    return flight
  }

  async function loadAndSeed(subject: CounterSubject, key: string, waiter?: object): Promise<void> {
    const stored = await load(subject)
    const latest = new Map(subject.limits.map(({ metricId, period }) => [`${metricId}:${period}`, '0:0']))
    for (const { metricId, period, windowStart, value } of stored.toSorted((a, b) => a.windowStart - b.windowStart))
      latest.set(`${metricId}:${period}`, `${windowStart / 1000}:${value}`)
    await line.run(seedScript, [key], [...latest].flat(), waiter)
  }

  return {
    consume,
    async read(subjects, _at, waiter) {
      const touched = subjects.flatMap((subject, i) => subject.limits.map((rule) => ({ subject: i, rule, value: 0, set: false })))
      // One subject at a time: subjects of different products live in different slots.
      const answers = await Promise.all(subjects.map((_, i) => touched.filter((limit) => limit.subject === i)).map((own) => (own.length === 0 ? { states: [] } : ask('read', subjects, own, undefined, waiter))))
      return answers.flatMap(({ states }) => states)
    },
    close: () => line.close(),
  }
}

export type RedisCounterOptions = { line: RedisLine; load: LoadCounters; clock?: Clock }

type TouchedLimit = { subject: number; rule: LimitRule; value: number; set: boolean }

function touchedLimits({ subjects, usage, sets }: ConsumeRequest): TouchedLimit[] {
  const touched: TouchedLimit[] = []
  for (let i = 0; i < subjects.length; i++) {
    const limits = subjects[i]!.limits
    if (usage.size === 0 && !sets?.size) {
      for (const rule of limits) touched.push({ subject: i, rule, value: 0, set: false })
      continue
    }
    const byMetric = indexLimits(limits)
    for (const [metricId, value] of usage) for (const rule of byMetric.get(metricId) ?? []) touched.push({ subject: i, rule, value, set: false })
    if (sets) for (const [metricId, value] of sets) for (const rule of byMetric.get(metricId) ?? []) touched.push({ subject: i, rule, value, set: true })
  }
  return touched
}

const keyOf = ({ productId, environment, subject }: CounterSubject) => `gatehouse:counters:{p${productId}:${environment}}:${subject}`

function stateOf({ subject }: CounterSubject, { metricId, period, value }: LimitRule, windowStart: number, current: number): LimitState {
  return { subject, metricId, period, limit: value, current, windowStart, windowEnd: windowOf(period, windowStart).end, added: 0 }
}
