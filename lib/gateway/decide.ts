import type { CallRecorder } from '@/lib/calls/call-recorder'
import type { Clock } from '@/lib/clock'
import { isAppError } from '@/lib/errors'
import { logger } from '@/lib/logger'
import type { BurstStore } from '@/lib/metering/burst-store'
import type { CounterStore, LimitState } from '@/lib/metering/counter-store'
import type { Journal } from '@/lib/metering/journal'
import { authorise } from '@/lib/gateway/authorise'
import type { Authorisation } from '@/lib/gateway/authorise'
import type { BearerFacts } from '@/lib/gateway/bearer/bearer-settings'
import { strangenessOf } from '@/lib/gateway/bearer/identify-bearer'
import { findMissingScopes } from '@/lib/gateway/bearer/scopes'
import type { Call } from '@/lib/gateway/call'
import { canonicalTarget } from '@/lib/gateway/canonical-path'
import { chooseServer } from '@/lib/gateway/choose-server'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { findMount, pathWithin } from '@/lib/gateway/compile-upstream'
import type { Mount, MountedServer, UpstreamSettings } from '@/lib/gateway/compile-upstream'
import { identify } from '@/lib/gateway/identify'
import type { Identity, LiveDirectory, Route } from '@/lib/gateway/live-directory'
import { matchUsage } from '@/lib/gateway/match-usage'
import type { Usage } from '@/lib/gateway/match-usage'
import { isLoop } from '@/lib/gateway/plan-forward'
import { PolicyRun } from '@/lib/gateway/policies/policy-run'
import type { PolicyAnswer } from '@/lib/gateway/policies/policy-run'
import { needsFormForCredentials, readCredentials } from '@/lib/gateway/read-credentials'
import type { Credentials } from '@/lib/gateway/read-credentials'
import { refuse } from '@/lib/gateway/refusals'
import type { Refusal, RefusalCode } from '@/lib/gateway/refusals'
import { runSteps } from '@/lib/gateway/run-steps'
import type { Steps } from '@/lib/gateway/run-steps'
import type { Strangers } from '@/lib/gateway/strangers'
import { stripQuery } from '@/lib/gateway/strip-credentials'
import type { Lane, Lanes } from '@/lib/gateway/upstream-lanes'
import { takeBursts } from '@/lib/gateway/take-bursts'
import type { HeldBursts } from '@/lib/gateway/take-bursts'
import { usageRecord } from '@/lib/gateway/usage-record'

/** What the gateway works with; one per process. */
export type GatewayParts = { clock: Clock; directory: LiveDirectory; counters: CounterStore; bursts: BurstStore; journal: Journal; lanes: Lanes; calls?: CallRecorder; strangers?: Strangers }

/** A call that goes upstream: counted and recorded already, and holding a place in the lane that must be left again. */
export type ForwardPlan = {
  product: CompiledProduct
  /** Of the server the call is sent to; another one after a retry elsewhere, as `path`, `server` and `lane` are. */
  upstream: UpstreamSettings
  /** The backend that takes the call, and which of its servers; null: the product's own upstream. */
  mount: Mount | null
  server: MountedServer | null
  applicationId: number
  /** What the caller's token says; null where keys are the credentials. */
  bearer: BearerFacts | null
  /** For the upstream: base path, path and query. */
  path: string
  /** The limits this call touched, after it. */
  states: readonly LimitState[]
  /** Its short-term bounds, to be released when it ends; null where nobody has any. */
  bursts: HeldBursts | null
  lane: Lane
  lanes: Lanes
}

export type Decision = { forward: ForwardPlan; refusal: null } | { forward: null; refusal: Refusal }

/**
 * The product's promise, from top to bottom. Refusals come in this order: unknown host, credentials missing, a
 * token that is no good, no rule, key, state, limits (design section 5); what is refused is neither counted nor seen by the upstream.
 */
export function decide(parts: GatewayParts, call: Call): Decision | Promise<Decision> {
  return runSteps(deciding(parts, call))
}

function* deciding(parts: GatewayParts, call: Call): Steps<Decision> {
  const { directory } = parts
  let route: Route | null
  try {
    const known = directory.route(call.host, call.at)
    route = known instanceof Promise ? ((yield known) as Route | null) : known
  } catch (error) {
    return no(unavailable(error, 'auth_unavailable'))
  }
  if (!route) return no('unknown_host')
  const { product } = route
  if (!product) return no('not_promoted')
  if (typeof product.upstream === 'string' && product.mounts === null) return no(product.upstream, product)
  if (isLoop(call)) return no('loop_detected', product)
  const target = canonicalTarget(call.target)
  if (!target) return no('bad_request', product)

  let { path, query } = target
  let run: PolicyRun | null = null
  if (product.policies !== null) {
    run = call.policyRun = new PolicyRun(product.policies, parts, product, call, target)
    const begun = run.begin()
    const answer = begun instanceof Promise ? ((yield begun) as Awaited<typeof begun>) : begun
    if (answer) return answered(answer, product)
    // What a policy has made of them above the gateway's own line is what all later steps see.
    path = run.path
    query = run.query
  }
  const mount = product.mounts === null ? null : findMount(product.mounts, path)
  if (mount === null && typeof product.upstream === 'string') return no(product.upstream, product)

  const form = needsForm(product, call, query) ? yield* readForm(call) : null
  if (form === GONE) return no('client_gone', product)
  let credentials = readCredentials(product.credentials, call, query, form)
  if (credentials === 'missing') credentials = run?.anonymous ?? 'missing'
  if (credentials === 'missing') return no('credentials_missing', product)
  if (credentials === 'malformed') return no('credentials_malformed', product)

  let usage = product.bearer === null ? matchUsage(product.matcher, call.method, path, query, form, mount && mount.backendId) : null
  // The refusal is the path's; whose call it was, that partner finds among his calls.
  if (product.bearer === null && !usage) return no('no_match', product, yield* callerOf(parts, product, credentials, call))

  let identity: Identity | null
  let authorisation: Authorisation | RefusalCode
  try {
    const rests = isResting(parts, call)
    const known = identify(directory, product, credentials, call.at, !rests)
    identity = known instanceof Promise ? ((yield known) as Identity | null) : known
    if (!identity) {
      // Tokens end by nature, and a server with many users comes with many that have: those count for nothing.
      const strangeness = product.bearer === null ? 'strange' : strangenessOf(directory, product, credentials.key, call.at)
      if (rests && strangeness !== 'ended') return no('too_many_unknown_keys', product)
      if (strangeness === 'strange') parts.strangers?.note(call.clientAddress)
      return no('key_unknown', product)
    }
    if (hasEnded(identity, call.at)) return no('key_unknown', product)
    if (identity.bearer !== null) call.bearer = identity.bearer
    // Whoever comes with a token hears of the token first.
    usage ??= matchUsage(product.matcher, call.method, path, query, form, mount && mount.backendId)
    if (!usage) return no('no_match', product, identity.application.id)
    const allowed = authorise(directory, product, identity, usage, call)
    authorisation = allowed instanceof Promise ? ((yield allowed) as Awaited<typeof allowed>) : allowed
  } catch (error) {
    return no(unavailable(error, 'auth_unavailable'), product)
  }
  const applicationId = identity.application.id
  if (typeof authorisation === 'string') return no(authorisation, product, applicationId)
  const { bearer } = identity
  if (bearer !== null) {
    const scope = findMissingScopes(product, bearer, usage)
    if (scope !== null) return { forward: null, refusal: { ...refuse('scope_insufficient', product, applicationId), scope } }
  }
  if (run !== null) {
    const admitted = run.admit(identity, authorisation, credentials.key)
    const answer = admitted instanceof Promise ? ((yield admitted) as Awaited<typeof admitted>) : admitted
    if (answer) return answered(answer, product, applicationId)
    if (!run.rewriteForUpstream()) return no('bad_request', product, applicationId)
    path = run.path
    query = run.query
  }
  const server = mount && chooseServer(mount, parts.lanes, call.at)
  const upstream = server ? server.settings : (product.upstream as UpstreamSettings)
  if (call.body?.length != null && call.body.length > upstream.bodyBytesMax) return no('body_too_large', product, applicationId)

  const lane = parts.lanes.of(upstream)
  if (lane.isBroken(call.at)) return no('upstream_circuit_open', product, applicationId)
  // A small body is held where it may have to be sent again. Before any place is taken: its caller may be slow, or leave.
  if (upstream.retries !== null && call.body?.length != null && (yield* readForm(call)) === GONE) return no('client_gone', product, applicationId)
  if (mount !== null) path = pathWithin(mount, path)
  if (product.strip !== null) query = stripQuery(query, product.strip.params)
  const sent = query === '' ? upstream.basePath + path : `${upstream.basePath}${path}?${query}`
  let bursts: HeldBursts | null = null
  if (authorisation.bursts !== null) {
    try {
      const taken = (yield takeBursts(parts.bursts, authorisation.bursts, product, applicationId, call, upstream.totalTimeoutMs)) as Awaited<ReturnType<typeof takeBursts>>
      if ('code' in taken) return { forward: null, refusal: taken }
      bursts = taken
    } catch (error) {
      return no(unavailable(error, 'limits_unavailable'), product, applicationId)
    }
  }
  const entering = lane.enter()
  if (!(entering instanceof Promise ? yield entering : entering)) {
    if (bursts) void parts.bursts.undo(bursts.pass)
    return no('upstream_busy', product, applicationId)
  }

  const counted = yield* count(parts, product, identity, authorisation, usage, call)
  if (!Array.isArray(counted)) {
    lane.leave()
    // What a limit refuses has not been a burst either.
    if (bursts) void parts.bursts.undo(bursts.pass)
    return { forward: null, refusal: counted }
  }
  if (run !== null) run.counted = true
  if (bearer !== null && bearer.id !== 0) directory.bearer.use.note(bearer.id, call.at)
  return { forward: { product, upstream, mount, server, applicationId, bearer, path: sent, states: counted, bursts, lane, lanes: parts.lanes }, refusal: null }
}

/** The application behind a call that is refused for another reason; 0 where nobody can say, or the database is away. */
function* callerOf(parts: GatewayParts, product: CompiledProduct, credentials: Credentials, call: Call): Steps<number> {
  try {
    const rests = isResting(parts, call)
    const known = identify(parts.directory, product, credentials, call.at, !rests)
    const identity = known instanceof Promise ? ((yield known) as Identity | null) : known
    if (!identity && !rests) parts.strangers?.note(call.clientAddress)
    return identity && !hasEnded(identity, call.at) ? identity.application.id : 0
  } catch {
    return 0
  }
}

/** PW-2: while an address rests, credentials that are remembered pass as ever; no other is looked up for it. */
const isResting = ({ strangers }: GatewayParts, call: Call): boolean => strangers !== undefined && strangers.restOf(call.clientAddress, call.at) !== null

/** Takes the limits, all or none, then records the call: before a byte goes upstream (USE-1). */
function* count(
  { counters, journal }: GatewayParts,
  product: CompiledProduct,
  identity: Identity,
  { subjects, endUserId }: Authorisation,
  usage: Usage,
  call: Call,
): Steps<LimitState[] | Refusal> {
  const applicationId = identity.application.id
  let states: LimitState[] = []
  try {
    if (subjects.some((subject) => subject.limits.length > 0)) {
      const consumed = counters.consume({ subjects, usage: usage.byMetric, at: call.at, waiter: call })
      const result = consumed instanceof Promise ? ((yield consumed) as Awaited<typeof consumed>) : consumed
      if (!result.admitted) {
        const by = usage.byMetric.get(result.exceeded.metricId) ?? 0
        // A limit of 0 is a method that is switched off, not one that was used up (reference gateway 1.4).
        return refuse(result.exceeded.limit === 0 ? 'method_disabled' : 'limits_exceeded', product, applicationId, result.exceeded.limit === 0 ? null : result.exceeded, by)
      }
      states = result.states
    }
  } catch (error) {
    return refuse(unavailable(error, 'limits_unavailable'), product, applicationId)
  }
  try {
    yield journal.append(usageRecord(product, identity, endUserId, usage, states, call), call)
  } catch (error) {
    // The journal itself says in the log when it cannot be written.
    return refuse(unavailable(error, 'metering_unavailable'), product, applicationId)
  }
  return states
}

/** An urlencoded body is read only where it may decide something: rules with query parameters, or credentials that are not in the URL. */
function needsForm(product: CompiledProduct, call: Call, query: string): boolean {
  if (!call.body || (call.method !== 'POST' && call.method !== 'PUT' && call.method !== 'PATCH')) return false
  if (!product.matcher.trie.needsQuery && !needsFormForCredentials(product.credentials, query)) return false
  const type = call.headers['content-type']
  return typeof type === 'string' && /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)
}

const GONE = Symbol('gone')

/** The caller may leave in the middle of a body: that is its end and no failure of ours. */
function* readForm(call: Call): Steps<string | null | typeof GONE> {
  try {
    return (yield call.body!.readForm()) as string | null
  } catch {
    return GONE
  }
}

/** A key whose time is up, though it may be remembered from before. */
function hasEnded({ expiresAt }: Identity, now: number): boolean {
  return expiresAt !== null && now >= expiresAt
}

/** A store that cannot answer is a refusal with a name; anything else is our mistake and is logged as one. */
function unavailable(error: unknown, code: RefusalCode): RefusalCode {
  if (isAppError(error) && (error.code === 'unavailable' || error.code === 'busy')) return code
  logger.error({ err: error }, 'the gateway failed on a call')
  return 'internal_error'
}

/** The answer of a policy, in the tenant's own words where it has some. */
function answered({ code, answer }: PolicyAnswer, product: CompiledProduct, applicationId = 0): Decision {
  const refusal = refuse(code, product, applicationId)
  refusal.policyAnswer = answer
  return { forward: null, refusal }
}

function no(code: RefusalCode, product: CompiledProduct | null = null, applicationId = 0): Decision {
  return { forward: null, refusal: refuse(code, product, applicationId) }
}
