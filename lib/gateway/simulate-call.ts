import { Readable } from 'node:stream'
import type { BurstState, BurstStore } from '@/lib/metering/burst-store'
import { findExceededLimit } from '@/lib/metering/find-exceeded-limit'
import type { ConsumeRequest, CounterStore, CounterSubject, LimitState } from '@/lib/metering/counter-store'
import type { Bearer } from '@/lib/gateway/bearer/bearer'
import type { Call } from '@/lib/gateway/call'
import { callBody } from '@/lib/gateway/call-body'
import { canonicalTarget } from '@/lib/gateway/canonical-path'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { Mount } from '@/lib/gateway/compile-upstream'
import { decide } from '@/lib/gateway/decide'
import type { Decision, GatewayParts } from '@/lib/gateway/decide'
import { explainPath } from '@/lib/gateway/explain-path'
import type { PathExplanation } from '@/lib/gateway/explain-path'
import type { Identity, LiveDirectory } from '@/lib/gateway/live-directory'
import type { LivePlan } from '@/lib/gateway/load-live'
import { answerRefusal } from '@/lib/gateway/refusals'
import type { Answer, Refusal } from '@/lib/gateway/refusals'

export type SimulatedRequest = {
  method: string
  host: string
  target: string
  headers: readonly (readonly [name: string, value: string])[]
  body: string | null
  scheme: string
  clientAddress: string
  /** Who calls, where the credentials themselves are not known any more; null: a stranger. Left out: read from the request. */
  as?: Identity | null
  /** What the token of `as` opens is not known: it is taken for one that opens everything. */
  opensAll?: boolean
}

export type Simulation = {
  decision: Decision
  product: CompiledProduct | null
  /** The path as the gateway reads it; null where it refuses to. */
  path: string | null
  rules: PathExplanation['rules']
  usage: PathExplanation['usage']
  identity: Identity | null
  plan: LivePlan | null
  /** Registered by this very call, were it real. */
  newEndUser: boolean
  endUserId: number | null
  /** Every limit of application and end user with its window's counter, before the call. */
  states: LimitState[]
  /** Short-term bounds as this call would leave them. */
  bursts: readonly BurstState[]
  /** What the caller would be told; null where the call would go upstream. */
  answer: Answer | null
}

/**
 * What would become of a call: `decide` itself runs, with everything that takes something replaced by what only looks.
 * Nothing is sent, counted, journalled or registered, and no place in a lane is taken. Whatever `decide` learns to take
 * must be stilled in `dryParts` as well; `simulate-call.test.ts` compares the two.
 */
export async function simulateCall(parts: GatewayParts, request: SimulatedRequest): Promise<Simulation> {
  const at = parts.clock.now()
  const call = callOf(request, at)
  const seen: Seen = { product: null, identity: null, plans: [], subjects: [], newEndUser: false, endUserId: null, bursts: [] }
  const decision = await decide(dryParts(parts, request, seen), call)
  const refusal: Refusal | null = decision.refusal
  const product = decision.forward?.product ?? refusal?.product ?? seen.product
  const { rules, usage } = product ? explainPath(product.config, request.method, request.target, product.matcher) : { rules: [], usage: [] }
  const identity = seen.identity
  const plan = identity && identity.application.planId !== null ? await parts.directory.plan(identity.application.planId, at) : null
  return {
    decision,
    product,
    path: canonicalTarget(request.target)?.path ?? null,
    rules,
    usage,
    identity,
    plan,
    newEndUser: seen.newEndUser,
    endUserId: seen.endUserId,
    states: await readStates(parts.counters, subjectsOf(seen, product, identity, plan), at),
    bursts: seen.bursts,
    answer: refusal && answerRefusal(refusal, call.requestId, at),
  }
}

type Seen = { product: CompiledProduct | null; identity: Identity | null; plans: LivePlan[]; subjects: readonly CounterSubject[]; newEndUser: boolean; endUserId: number | null; bursts: readonly BurstState[] }

/** The parts of a running gateway as somebody may use them who changes nothing. */
function dryParts(parts: GatewayParts, { as, opensAll = false }: SimulatedRequest, seen: Seen): GatewayParts {
  return {
    ...parts,
    directory: dryDirectory(parts.directory, as, opensAll, seen),
    counters: dryCounters(parts.counters, seen),
    bursts: dryBursts(parts.bursts, seen),
    journal: { ...parts.journal, append: async () => {}, observe: () => {} },
    lanes: { ...parts.lanes, health: { ...parts.lanes.health, watch: () => {} }, of: (settings) => ({ ...parts.lanes.of(settings), enter: () => true, leave: () => {} }) },
    calls: undefined,
    strangers: undefined,
  }
}

function dryDirectory(real: LiveDirectory, as: Identity | null | undefined, opensAll: boolean, seen: Seen): LiveDirectory {
  const note = (identity: Identity | null | undefined) => {
    if (identity) seen.identity = identity
    return identity
  }
  return {
    ...real,
    async route(host, now) {
      const route = await real.route(host, now)
      if (!route?.product) return route
      seen.product = route.product
      if (as) as.bearer = route.product.bearer && as.bearer && { ...as.bearer, opened: opensAll ? { by: route.product.bearer, metrics: null } : null }
      return { ...route, product: { ...route.product, mounts: route.product.mounts && ownTurns(route.product.mounts) } }
    },
    bearer: dryBearer(real.bearer, as),
    identities: {
      ...real.identities,
      // Known beforehand, or as the gateway remembers.
      peek: (key, now) => note(as === undefined ? real.identities.peek(key, now) : as),
      load: async (key, now, read) => note(await real.identities.load(key, now, read)) ?? null,
    },
    async endUser(product, externalId, now) {
      const user = await real.endUser(product, externalId, now)
      seen.endUserId = user?.id ?? null
      return user
    },
    async registerEndUser(product, externalId, planId, usersMax) {
      if (await real.data.endUsersFull(product, usersMax)) return null
      seen.newEndUser = true
      // Nobody has this id: the counters of a new user are empty.
      return { id: 0, tenantId: product.tenantId, planId, state: 'active', ownLimits: [] }
    },
  }
}

/** Servers of a backend take turns; a look at whose turn it is must not be one. */
function ownTurns(mounts: readonly Mount[]): Mount[] {
  return mounts.map((mount) => ({ ...mount, servers: mount.servers.map((server) => ({ ...server })) }))
}

/**
 * A token that comes with the request is resolved as ever: by our table, by its signature, or by asking the tenant's own
 * provider about it. Of a kept call only what the token spoke for is known.
 */
function dryBearer(real: Bearer, as: Identity | null | undefined): Bearer {
  const isKept = as !== undefined
  const given = () => as?.bearer ?? null
  return {
    ...real,
    use: { note: () => {}, flush: async () => {} },
    tokens: isKept ? { ...real.tokens, peek: given } : real.tokens,
    foreign: isKept ? { ...real.foreign, peek: given } : real.foreign,
  }
}

/** The same decision on the same counters, taking nothing. */
function dryCounters(real: CounterStore, seen: Seen): CounterStore {
  return {
    ...real,
    async consume(request: ConsumeRequest) {
      seen.subjects = request.subjects
      const { usage, at } = request
      const states = (await readStates(real, request.subjects, at)).filter((state) => usage.size === 0 || usage.has(state.metricId))
      const exceeded = findExceededLimit(states, usage)
      if (exceeded) return { admitted: false as const, exceeded, states }
      return { admitted: true as const, states: states.map((state) => ({ ...state, current: state.current + (usage.get(state.metricId) ?? 0) })) }
    },
    close: async () => {},
  }
}

/** What taking would say. */
function dryBursts(real: BurstStore, seen: Seen): BurstStore {
  return {
    ...real,
    async take(request) {
      const result = await real.take({ ...request, looksOnly: true })
      seen.bursts = result.states
      return result
    },
    release: () => {},
    undo: () => {},
    close: async () => {},
  }
}

async function readStates(counters: CounterStore, subjects: readonly CounterSubject[], at: number): Promise<LimitState[]> {
  return subjects.length === 0 ? [] : counters.read(subjects, at)
}

/** Whose counters to show: those the decision asked for, or where it did not get that far, the application's. */
function subjectsOf(seen: Seen, product: CompiledProduct | null, identity: Identity | null, plan: LivePlan | null): readonly CounterSubject[] {
  if (seen.subjects.length > 0) return seen.subjects
  if (!product || !identity || !plan) return []
  const { tenantId, productId, environment } = product
  return [{ tenantId, productId, environment, subject: `app:${identity.application.id}`, limits: plan.limits }]
}

function callOf({ method, host, target, headers, body, scheme, clientAddress }: SimulatedRequest, at: number): Call {
  const byName: Record<string, string> = {}
  const rawHeaders: string[] = []
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    byName[lower] = lower in byName ? `${byName[lower]}, ${value}` : value
    rawHeaders.push(name, value)
  }
  const bytes = body === null ? null : Buffer.from(body)
  return {
    method,
    target,
    host,
    hostHeader: host,
    scheme,
    clientAddress,
    requestId: 'simulated',
    headers: byName,
    rawHeaders,
    body: bytes && callBody(Readable.from([bytes]), bytes.length),
    traced: false,
    at,
  }
}
