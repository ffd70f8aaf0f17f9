import { isReferrerAllowed } from '@/lib/applications/match-referrer'
import type { BurstSubject } from '@/lib/metering/burst-store'
import type { CounterSubject } from '@/lib/metering/counter-store'
import { headerOf } from '@/lib/gateway/call'
import type { Call } from '@/lib/gateway/call'
import { closedMetricsOf, countsAny } from '@/lib/gateway/compile-product'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { findEndUser } from '@/lib/gateway/find-end-user'
import type { Identity, LiveDirectory, Standing } from '@/lib/gateway/live-directory'
import type { LivePlan } from '@/lib/gateway/load-live'
import type { Usage } from '@/lib/gateway/match-usage'
import type { Bursts } from '@/lib/products/gateway-config'
import type { RefusalCode } from '@/lib/gateway/refusals'

/**
 * Whose limits this call must hold: the application's, and where one is named, the end user's. `bursts`: whose short-term
 * bounds, the product's among them; null where nobody has any.
 */
export type Authorisation = { subjects: readonly CounterSubject[]; bursts: readonly BurstSubject[] | null; endUserId: number | null }

/**
 * State before limits: product, application, account and end user are in good standing and the plan lets the method
 * through. Gives the refusal where one is not. Throws `AppError('unavailable')` where live data cannot be read.
 */
export function authorise(directory: LiveDirectory, product: CompiledProduct, identity: Identity, usage: Usage, call: Call): Allowed | Promise<Allowed> {
  const { application } = identity
  if (!product.active) return 'product_suspended'
  if (application.state !== 'live') return 'application_not_live'
  // The tenant's own test application has no account and no plan: every method, no limits.
  const isTest = application.kind === 'test'
  if (!isTest && application.accountState !== 'approved') return 'account_not_approved'
  if (product.config.referrerFiltersRequired && application.referrerFilters.length > 0 && !isReferrerAllowed(application.referrerFilters, referrerOf(call))) return 'referrer_not_allowed'

  if (application.planId === null) return isTest ? byPlan(directory, product, identity, null, usage, call) : 'plan_missing'
  const plan = directory.plan(application.planId, call.at)
  if (plan instanceof Promise) return plan.then((read) => (read || isTest ? byPlan(directory, product, identity, read, usage, call) : 'plan_missing'))
  return plan || isTest ? byPlan(directory, product, identity, plan, usage, call) : 'plan_missing'
}

type Allowed = Authorisation | RefusalCode

/** Without a promise for whoever has no end user: that is nearly every call. */
function byPlan(directory: LiveDirectory, product: CompiledProduct, identity: Identity, plan: LivePlan | null, usage: Usage, call: Call): Allowed | Promise<Allowed> {
  const standing = plan && standingOf(product, identity, plan)
  if (standing !== null && standing.closed !== null && countsAny(usage, standing.closed)) return 'method_disabled'

  const subjects = standing === null ? NO_SUBJECTS : standing.subjects
  const bursts = product.config.bursts === null && !plan?.bursts ? null : burstsOf(product, plan && `app:${identity.application.id}`, plan)
  if (!product.endUsers) return { subjects, bursts, endUserId: null }

  // A token says itself for whom it speaks; no header may say otherwise.
  const externalId = identity.bearer ? identity.bearer.endUserId : endUserIdOf(call, product)
  if (externalId === null) return plan?.endUserRequired ? 'end_user_missing' : { subjects, bursts, endUserId: null }
  return withEndUser(directory, product, { subjects, bursts, endUserId: null }, identity, externalId, usage, call)
}

async function withEndUser(
  directory: LiveDirectory,
  product: CompiledProduct,
  { subjects, bursts }: Authorisation,
  { application }: Identity,
  externalId: string,
  usage: Usage,
  call: Call,
): Promise<Allowed> {
  const found = await findEndUser(directory, product, externalId, usage, call.at)
  if (typeof found === 'string') return found
  const { user, plan: userPlan, limits } = found
  const subject = product.endUsers!.countersShared ? `user:${user.id}` : `user:${user.id}:${application.id}`
  const own: CounterSubject = { tenantId: product.tenantId, productId: product.productId, environment: product.environment, subject, limits }
  const userBursts = userPlan.bursts === null ? bursts : [...(bursts ?? []), burstSubjectOf(product, subject, userPlan.bursts)]
  return { subjects: [...subjects, own], bursts: userBursts, endUserId: user.id }
}

/** The product's own first, then the application's. */
function burstsOf(product: CompiledProduct, subject: string | null, plan: LivePlan | null): BurstSubject[] {
  const held: BurstSubject[] = []
  if (product.config.bursts) held.push(burstSubjectOf(product, 'product', product.config.bursts))
  if (subject !== null && plan?.bursts) held.push(burstSubjectOf(product, subject, plan.bursts))
  return held
}

const burstSubjectOf = ({ productId, environment }: CompiledProduct, subject: string, bursts: Bursts): BurstSubject => ({ productId, environment, subject, bursts })

const NO_SUBJECTS: readonly CounterSubject[] = []

function standingOf(product: CompiledProduct, identity: Identity, plan: LivePlan): Standing {
  const held = identity.subject
  if (held !== null && held.plan === plan && held.product === product) return held
  const { tenantId, productId, environment } = product
  const closed = closedMetricsOf(product, plan)
  const counters = { tenantId, productId, environment, subject: `app:${identity.application.id}`, limits: plan.limits }
  return (identity.subject = { product, plan, closed: closed.size > 0 ? closed : null, subjects: [counters] })
}

/** The host of the page that calls; empty where the caller names none that can be read, which only a filter of `*` lets through. */
function referrerOf(call: Call): string {
  const named = headerOf(call, 'referer') ?? headerOf(call, 'origin') ?? ''
  return URL.canParse(named) ? new URL(named).hostname : ''
}

/** The id as text: header bytes are UTF-8 that Node shows as Latin-1. An empty header counts as none. */
function endUserIdOf(call: Call, product: CompiledProduct): string | null {
  const value = headerOf(call, product.endUserHeader)
  if (value === undefined || value === '') return null
  return /[\x80-\xff]/.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value
}
