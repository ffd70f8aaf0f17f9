import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bookedFor, callAtOnce, furnish, keepCalling, seenBy, waitUntilServed, type Caller } from '@/e2e/gateway/load'
import { end, launch, startGatehouse } from '@/e2e/harness/gatehouse-server'
import { freePort } from '@/lib/free-port'
import { startRedisServer } from '@/lib/throttle/start-redis.fixture'

/** What `npm test` proves once and `npm run test:soak` many times. Each gives the figures; the judge stands beside it. */

/** No pages: a server of these proofs starts in a second and needs no build of Next. */
const SERVES_CALLS = { NODE_ENV: 'production', ROLES: 'gateway,worker', LOG_LEVEL: 'warn' } as const
const CONNECTIONS = 32
const ANSWERS_LEAST = 60
const WITHOUT_END = { period: 'eternity', value: 1_000_000_000 } as const

export type CrashFigures = { kills: number; answered: number; seen: number; booked: number; agree: boolean }

/** kill -9 under load at each of these moments (ms after the load began), a restart after each, an orderly end. */
export async function crashUnderLoad(momentsMs: number[]): Promise<CrashFigures> {
  const gatehouse = await startGatehouse({ env: SERVES_CALLS })
  try {
    const furnished = furnish(gatehouse, { slug: 'crash', applications: [{ name: 'Busy', limits: [WITHOUT_END] }] })
    const busy = furnished.applications[0]!
    const caller: Caller = { ports: [gatehouse.port], host: furnished.host, userKey: busy.userKey }
    let answered = await waitUntilServed(caller)
    for (const moment of momentsMs) {
      const load = keepCalling(caller, CONNECTIONS)
      await sleep(moment)
      // A busy machine has hardly begun by then: what proves nothing is no load.
      while ((load.outcome.answers[200] ?? 0) < ANSWERS_LEAST && load.outcome.broken < CONNECTIONS) await sleep(10)
      await gatehouse.kill()
      answered += (await load.stop()).answers[200] ?? 0
      await gatehouse.restart()
      answered += await waitUntilServed(caller)
    }
    const seen = await seenBy(gatehouse.upstream)
    await end(gatehouse.process, 'SIGTERM')
    const { buckets, days, months, counters } = await bookedFor(gatehouse.dataDir, furnished, busy.id)
    return { kills: momentsMs.length, answered, seen, booked: buckets, agree: days === buckets && months === buckets && counters === buckets }
  } finally {
    await gatehouse.stop()
  }
}

/** Journalled before it is forwarded: what the upstream saw is booked, and besides at most what was in flight at a kill. */
export function findCrashFault({ kills, answered, seen, booked, agree }: CrashFigures): string | null {
  if (answered > seen) return `${answered} calls were answered, but the upstream saw ${seen}`
  if (booked < seen) return `${seen - booked} calls were lost`
  if (booked > seen + kills * CONNECTIONS) return `${booked - seen} calls too many are booked, and only ${kills * CONNECTIONS} can have been in flight`
  return agree ? null : 'the tables of usage do not agree'
}

export type UsedUpFigures = { limit: number; before: number; after: number; later: number; seen: number }

/** A limit partly used, kill -9, used up, kill -9, tried again: how many calls passed each time. Never near the end of a window. */
export async function useUpAcrossKills(limit = 100): Promise<UsedUpFigures> {
  const gatehouse = await startGatehouse({ env: SERVES_CALLS })
  try {
    const furnished = furnish(gatehouse, { slug: 'used-up', applications: [{ name: 'Small', limits: [{ period: 'eternity', value: limit }] }, { name: 'Probe', limits: [] }] })
    const [small, probe] = furnished.applications
    const caller = { ports: [gatehouse.port], host: furnished.host, userKey: small!.userKey }
    const probing = { ...caller, userKey: probe!.userKey }
    let probes = await waitUntilServed(probing)
    const passed = async (count: number) => (await callAtOnce(caller, count)).answers[200] ?? 0
    const crash = async () => {
      await gatehouse.kill()
      await gatehouse.restart()
      probes += await waitUntilServed(probing)
    }
    const before = await passed(Math.floor(limit * 0.6))
    await crash()
    const after = await passed(limit)
    await crash()
    const later = await passed(20)
    return { limit, before, after, later, seen: (await seenBy(gatehouse.upstream)) - probes }
  } finally {
    await gatehouse.stop()
  }
}

export function findUsedUpFault({ limit, before, after, later, seen }: UsedUpFigures): string | null {
  const expected = Math.floor(limit * 0.6)
  if (before !== expected) return `${before} of ${expected} calls passed before the limit was used up`
  if (after !== limit - expected) return `${after} calls passed after the kill, ${limit - expected} were left`
  if (later !== 0) return `${later} calls passed although the limit was used up`
  return seen === limit ? null : `the upstream saw ${seen} calls of a limit of ${limit}`
}

export type ExactFigures = { parallel: number; limit: number; processes: number; passed: number; refused: number; others: number; seen: number }

/** `parallel` calls at once against a limit, in memory or over processes that share a Redis. */
export async function callInParallel({ parallel = 400, limit = 15, processes = 1, rounds = 1 } = {}): Promise<ExactFigures[]> {
  const redis = processes > 1 ? await startRedisServer() : null
  const env = { ...SERVES_CALLS, ...(redis && { REDIS_URL: redis.url }) }
  const gatehouse = await startGatehouse({ env })
  const others = []
  try {
    const ports = [gatehouse.port]
    for (let more = 1; more < processes; more++) {
      const port = await freePort()
      others.push(await launch({ ...gatehouse.env, PORT: String(port) }, join(gatehouse.dataDir, `server-${more}.log`)))
      ports.push(port)
    }
    const names = Array.from({ length: rounds }, (_, round) => `Round ${round}`)
    const furnished = furnish(gatehouse, { slug: 'exact', applications: [{ name: 'Probe', limits: [WITHOUT_END] }, ...names.map((name) => ({ name, limits: [{ period: 'eternity' as const, value: limit }] }))] })
    const [probe, ...fresh] = furnished.applications
    const probing = { ports, host: furnished.host, userKey: probe!.userKey }
    await waitUntilServed(probing)
    // Code, connections and scripts are warm; a cold start is another question.
    await callAtOnce(probing, parallel)
    const figures: ExactFigures[] = []
    for (const { userKey } of fresh) {
      const earlier = await seenBy(gatehouse.upstream)
      const { answers } = await callAtOnce({ ports, host: furnished.host, userKey }, parallel)
      const { 200: passed = 0, 429: refused = 0, 503: others = 0 } = answers
      figures.push({ parallel, limit, processes, passed, refused, others, seen: (await seenBy(gatehouse.upstream)) - earlier })
    }
    return figures
  } finally {
    await Promise.all(others.map((process) => end(process, 'SIGTERM')))
    await gatehouse.stop()
    await redis?.stop()
  }
}

/**
 * Never one too many; and exactly the limit where every call got its yes or no. Answers of another kind (`others`) come
 * from a Redis that gave none in time: such a call is refused as unavailable, though it may have been counted.
 */
export function findExactFault({ parallel, limit, passed, refused, others, seen }: ExactFigures): string | null {
  if (seen !== passed) return `${passed} calls were answered and ${seen} reached the upstream`
  if (passed > limit || passed + others < limit) return `${passed} calls passed where ${limit} may`
  return passed + refused + others === parallel ? null : `${parallel - passed - refused - others} calls got no answer`
}
