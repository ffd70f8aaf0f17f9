import { AccountingError, applicationNotFound, userKeyInvalid } from '@/lib/accounting/accounting-error'
import type { AccountingCall, AccountingParts } from '@/lib/accounting/accounting-call'
import { stagingOf } from '@/lib/accounting/accounting-directory'
import type { KnownApplication, Service } from '@/lib/accounting/accounting-directory'
import { countUsage, limitedSubjects, observeOutcome } from '@/lib/accounting/count-usage'
import type { RolledUsage } from '@/lib/accounting/count-usage'
import { enterService } from '@/lib/accounting/enter-service'
import { readAppKey } from '@/lib/accounting/read-app-key'
import { judgeApplication, matchAppKey } from '@/lib/accounting/judge-application'
import type { Options } from '@/lib/accounting/read-options'
import { assertMetrics, readUsage } from '@/lib/accounting/read-usage'
import { logCodeOf, rawTextOf, textOf } from '@/lib/accounting/read-values'
import type { Params } from '@/lib/accounting/parse-params'
import { reportOf } from '@/lib/accounting/status'
import type { Rejection, Status, UsageReport } from '@/lib/accounting/status'
import { takeCallBursts } from '@/lib/accounting/take-call-bursts'
import { closedLimits, findSubjects } from '@/lib/accounting/subjects'
import type { Subjects } from '@/lib/accounting/subjects'
import { resolveAccessToken } from '@/lib/accounting/access-tokens'
import type { BurstState } from '@/lib/metering/burst-store'
import { findExceededLimit } from '@/lib/metering/find-exceeded-limit'
import type { LimitState } from '@/lib/metering/counter-store'
import { findClosedMetric, openedMetrics } from '@/lib/oauth/opened-metrics'
import { rollUpUsage } from '@/lib/metering/roll-up-usage'

/** `report`: authrep, which counts what it lets through. `oauth`: the endpoints for OAuth services. */
export type AuthKind = { report: boolean; oauth: boolean }

/** `usage` is what the call counts, roll-up applied; null where it names none. */
export type AuthAnswer = {
  status: Status
  usage: ReadonlyMap<number, number> | null
  /** The limits this call touched, after it, and the one that refused it. */
  service: Service
  states: readonly LimitState[]
  exceeded: LimitState | null
  /** The short-term bound that refused it. */
  burst: BurstState | null
}

/**
 * authorize, authrep, oauth_authorize, oauth_authrep, in the order of reference gateway 4.3. Throws `AccountingError` for
 * everything that is an error and no denial, and `AppError('unavailable')` where a store cannot answer.
 */
export async function authorize(parts: AccountingParts, call: AccountingCall, params: Params, kind: AuthKind, options: Options): Promise<AuthAnswer> {
  const entered = await enterService(parts, call, params)
  const entry = options.staging && !(entered instanceof AccountingError) ? stagingOf(entered) : entered
  const endUsers = entry instanceof AccountingError ? null : entry.product.endUsers
  if (params.has('user_id') && !endUsers) throw new AccountingError('end_users_no_longer_supported', 'End-users are no longer supported, do not specify the user_id parameter')
  const given = params.get('usage') ?? null
  if (given !== null && !(given instanceof Map)) throw new AccountingError('usage_not_a_list', '')
  if (entry instanceof AccountingError) throw entry

  const { application, userId, scopes, grantId } = await findApplication(parts, call, entry, params, kind)
  const subjects = await findSubjects(parts, entry, application, userId ?? rawTextOf(params, 'user_id'), call.at, userId !== null)
  if (options.noBody && given) assertMetrics(entry, given)

  let states: LimitState[] | null = null
  let exceeded: LimitState | null = null
  let burst: BurstState | null = null
  let rejection: Rejection | null = judgeApplication(entry, application, params, kind, options, call.at)
  let rolled: RolledUsage | null = null
  if (!rejection) {
    const entries = given ? readUsage(entry, given) : []
    rolled = rollUpUsage(entries, options.flatUsage ? null : entry.lineage)
    rejection = judgeScopes(entry, scopes, rolled)
  }
  if (!rejection && rolled) {
    const outcome = await judgeLimits(parts, call, { service: entry, application, subjects, rolled, kind, credentialId: credentialOf(application, params, call.at) })
    rejection = outcome.rejection
    states = outcome.states
    exceeded = outcome.exceeded
    burst = outcome.burst
  }
  // As at our own gateway: whoever gave this grant sees when it was last used.
  if (kind.report && !rejection && grantId !== null) parts.gateway.bearer.use.note(grantId, call.at)
  tellOutcome(parts, call, entry, application, kind.report && !rejection ? logCodeOf(params) : null, rejection)

  const usage = given && rolled ? new Map([...rolled.usage, ...(rolled.sets ?? [])]) : null
  // Whoever wants no body and has no limit without usage to hear of is told of the limits this call touched.
  const isBrief = options.noBody && states !== null && usage !== null
  return { status: await describe(parts, call, { service: entry, application, subjects, states, rejection, usage, isBrief, kind, params, options }), usage, service: entry, states: states ?? [], exceeded, burst }
}

type Caller = { application: KnownApplication; userId: string | null; scopes: readonly string[] | null; grantId: number | null }

/** Steps 6 to 9: by user key, by application id, or with OAuth by the token. */
async function findApplication(parts: AccountingParts, call: AccountingCall, service: Service, params: Params, { oauth }: AuthKind): Promise<Caller> {
  const userKey = textOf(params, 'user_key')
  let appId = textOf(params, 'app_id')
  let userId: string | null = null
  let scopes: readonly string[] | null = null
  let grantId: number | null = null
  const token = oauth ? textOf(params, 'access_token') : null
  if (token !== null && (appId === null || (service.product.endUsers && rawTextOf(params, 'user_id') === null))) {
    const found = await resolveAccessToken(parts, service, token, call.at)
    appId ??= found.appId
    // Another application's token says nothing about this one's user.
    if (appId === found.appId) ({ endUserId: userId, scopes, grantId } = found)
  }
  if (oauth && appId === null) throw applicationNotFound(null)
  if (appId !== null && userKey !== null) throw new AccountingError('authentication_error', 'either app_id or user_key is allowed, not both')
  const { directory } = parts
  if (service.version === '1' && !oauth) {
    if (userKey === null) throw userKeyInvalid(null)
    const known = directory.application(service.productId, { userKey }, call.at)
    const application = known instanceof Promise ? await known : known
    if (!application || hasEnded(application.userKeyExpiresAt, call.at)) throw userKeyInvalid(userKey)
    return { application, userId, scopes, grantId }
  }
  if (appId === null) throw applicationNotFound(null)
  const known = directory.application(service.productId, { appId }, call.at)
  const application = known instanceof Promise ? await known : known
  if (!application) throw applicationNotFound(appId)
  return { application, userId, scopes, grantId }
}

/** Tokens of our own server hold scopes; one that another gateway has stored holds none and is that gateway's business. */
function judgeScopes(service: Service, scopes: readonly string[] | null, { usage, sets }: RolledUsage): Rejection | null {
  const offered = service.product.config.oauth.scopes
  if (!scopes || scopes.length === 0 || offered.length === 0) return null
  const opened = openedMetrics(offered, scopes)
  const counted = [...usage.keys(), ...(sets?.keys() ?? [])]
  const closed = opened && findClosedMetric(opened, counted, (id) => service.product.methodIds.has(id))
  return closed === null ? null : { code: 'insufficient_scope', reason: 'the scopes of the access token do not cover this' }
}

const hasEnded = (expiresAt: number | null, now: number) => expiresAt !== null && now >= expiresAt

const credentialOf = (application: KnownApplication, params: Params, now: number): number | null => application.userKeyId ?? matchAppKey(application, rawTextOf(params, 'app_key'), now)?.id ?? null

type Judging = { service: Service; application: KnownApplication; subjects: Subjects; rolled: RolledUsage; kind: AuthKind; credentialId: number | null }

/** The limits step; with authrep it takes what it lets through, in the same moment. */
async function judgeLimits(parts: AccountingParts, call: AccountingCall, { service, application, subjects, rolled, kind, credentialId }: Judging): Promise<Judgement> {
  const { usage, sets } = rolled
  const closed = [...closedLimits(service, subjects.plan), ...(subjects.user ? closedLimits(service, subjects.user.plan) : [])]
  // A set value of 0 or usage of 0 uses nothing, so it passes.
  if (closed.some(({ metricId }) => (usage.get(metricId) ?? sets?.get(metricId) ?? 0) > 0)) return { ...admitted(null), rejection: limitsExceeded }
  if (kind.report) {
    const taken = await takeCallBursts(parts, call, service, application, subjects, rolled)
    if (taken && !taken.admitted) return { ...admitted(null), rejection: limitsExceeded, burst: taken.exceeded }
    // What a limit refuses, or nobody could write down, has not been a burst either.
    const undo = () => void (taken && parts.bursts.undo(taken.pass))
    try {
      const result = await countUsage(parts, call, { service, application, subjects, credentialId, rolled, at: call.at, force: false })
      if (result.admitted) return admitted(result.states)
      undo()
      return { ...admitted(result.states), rejection: limitsExceeded, exceeded: result.exceeded }
    } catch (error) {
      undo()
      throw error
    }
  }
  const limited = limitedSubjects(subjects)
  if (limited.length === 0) return admitted([])
  const states = await parts.counters.read(limited, call.at, call)
  const exceeded = findExceededLimit(states, usage, sets)
  return exceeded ? { ...admitted(states), rejection: limitsExceeded, exceeded } : admitted(states)
}

type Judgement = { rejection: Rejection | null; states: LimitState[] | null; exceeded: LimitState | null; burst: BurstState | null }

const admitted = (states: LimitState[] | null): Judgement => ({ rejection: null, states, exceeded: null, burst: null })

const limitsExceeded: Rejection = { code: 'limits_exceeded', reason: 'usage limits are exceeded' }

function tellOutcome(parts: AccountingParts, call: AccountingCall, service: Service, application: KnownApplication, logCode: number | null, rejection: Rejection | null): void {
  const outcome = rejection ? outcomeOf[rejection.code] : logCode === null ? null : `${Math.floor(logCode / 100)}xx`
  if (outcome !== null && outcome !== undefined) observeOutcome(parts, service, application.id, outcome, call.at)
}

/** Denials under the names our own gateway's refusals have. */
const outcomeOf: Partial<Record<Rejection['code'], string>> = {
  limits_exceeded: 'limits_exceeded',
  application_not_active: 'application_not_live',
  service_not_active: 'product_suspended',
  application_key_invalid: 'key_unknown',
  referrer_not_allowed: 'referrer_not_allowed',
  insufficient_scope: 'insufficient_scope',
}

type Description = {
  service: Service
  application: KnownApplication
  subjects: Subjects
  /** Of the limits this call touched, or of all; null: none was asked about yet. */
  states: LimitState[] | null
  rejection: Rejection | null
  /** What the call counts; null where it names nothing. */
  usage: ReadonlyMap<number, number> | null
  isBrief: boolean
  kind: AuthKind
  params: Params
  options: Options
}

async function describe(parts: AccountingParts, call: AccountingCall, { service, application, subjects, states, rejection, usage, isBrief, kind, params, options }: Description): Promise<Status> {
  const { plan, user } = subjects
  const limited = limitedSubjects(subjects)
  const all = limited.reduce((sum, { limits }) => sum + limits.length, 0)
  const known = new Map((states ?? []).map((state) => [keyOf(state), state]))
  if (!isBrief && known.size < all) for (const state of await parts.counters.read(limited, call.at, call)) if (!known.has(keyOf(state))) known.set(keyOf(state), state)
  const held = [...known.values()]
  const reportsOf = (subject: string, closed: ReturnType<typeof closedLimits>): UsageReport[] => [
    ...held.filter((state) => state.subject === subject).flatMap((state) => reportOf(state, service.metricNames) ?? []),
    // Of what the plan closes, only what the call names: a plan for readers may close hundreds of methods.
    ...closed.filter(({ metricId }) => usage?.has(metricId)).flatMap(({ metricId, value }) => reportOf({ subject, metricId, period: 'eternity', limit: value, current: 0, windowStart: 0, windowEnd: null, added: 0 }, service.metricNames) ?? []),
  ]
  const byRule = (reports: UsageReport[], limits: readonly { metricId: number; period: string }[]) => {
    const place = new Map(limits.map(({ metricId, period }, i) => [`${metricId}:${period}`, i]))
    const placeOf = ({ metricId, period }: UsageReport) => place.get(`${metricId}:${period}`) ?? Infinity
    return reports.toSorted((one, other) => (placeOf(one) === placeOf(other) ? 0 : placeOf(one) - placeOf(other)))
  }
  const reports = subjects.application ? byRule(reportsOf(subjects.application.subject, closedLimits(service, plan)), subjects.application.limits) : []
  const redirectName = rawTextOf(params, 'redirect_url') === null && rawTextOf(params, 'redirect_uri') !== null ? 'redirect_uri' : 'redirect_url'
  const liveKeys = application.keys.filter(({ expiresAt }) => !hasEnded(expiresAt, call.at))
  return {
    rejection,
    plan: plan?.name ?? '',
    application: kind.oauth
      ? { id: application.appId, key: liveKeys[0] ? readAppKey(application.tenantId, liveKeys[0]) : '', redirectName, redirect: application.redirectUris[0] ?? '' }
      : null,
    reports,
    user: user ? { id: user.externalId, plan: user.plan.name, reports: byRule(reportsOf(user.counters.subject, closedLimits(service, user.plan)), user.counters.limits) } : null,
    appKeys: options.listAppKeys ? { app: application.appId, service: String(service.productId), keys: liveKeys.slice(0, 256).map((key) => readAppKey(application.tenantId, key)) } : null,
    hierarchy: options.hierarchy ? reports.map(({ metricId, metric }) => ({ metric, children: service.children.get(metricId) ?? [] })) : null,
  }
}

const keyOf = ({ subject, metricId, period }: LimitState) => `${subject}|${metricId}|${period}`
