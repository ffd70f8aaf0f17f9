import type { CounterSubject } from '@/lib/metering/counter-store'
import { headerOf } from '@/lib/gateway/call'
import type { Call } from '@/lib/gateway/call'
import { isClosed } from '@/lib/gateway/compile-product'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import { findEndUser } from '@/lib/gateway/find-end-user'
import type { Identity, LiveDirectory } from '@/lib/gateway/live-directory'
import type { LivePlan } from '@/lib/gateway/load-live'
import type { Usage } from '@/lib/gateway/match-usage'
import type { RefusalCode } from '@/lib/gateway/refusals'

/** Whose limits this call must hold: the application's, and where one is named, the end user's. */
export type Authorisation = { subjects: readonly CounterSubject[]; endUserId: number | null }

/**
 * State before limits: product, application, account and end user are in good standing and the plan lets the method
 * through. Gives the refusal where one is not. Throws `AppError('unavailable')` where live data cannot be read.
 */
export async function authorise(directory: LiveDirectory, product: CompiledProduct, identity: Identity, usage: Usage, call: Call): Promise<Authorisation | RefusalCode> {
  const { application } = identity
  if (!product.active) return 'product_suspended'
  if (application.state !== 'live') return 'application_not_live'
  // The tenant's own test application has no account and no plan: every method, no limits.
  const isTest = application.kind === 'test'
  if (!isTest && application.accountState !== 'approved') return 'account_not_approved'

  let plan: LivePlan | null = null
  if (application.planId !== null) {
    const known = directory.plan(application.planId, call.at)
    plan = known instanceof Promise ? await known : known
  }
  if (!plan && !isTest) return 'plan_missing'
  if (plan && isClosed(product, plan, usage)) return 'method_disabled'

  const subjects = plan ? [subjectOf(product, identity, plan)] : []
  if (!product.endUsers) return { subjects, endUserId: null }

  const externalId = endUserIdOf(call, product)
  if (externalId === null) return plan?.endUserRequired ? 'end_user_missing' : { subjects, endUserId: null }
  const found = await findEndUser(directory, product, externalId, usage, call.at)
  if (typeof found === 'string') return found
  const { user, plan: userPlan } = found
  const subject = product.endUsers.countersShared ? `user:${user.id}` : `user:${user.id}:${application.id}`
  return { subjects: [...subjects, { tenantId: product.tenantId, productId: product.productId, environment: product.environment, subject, limits: userPlan.limits }], endUserId: user.id }
}

/** One object as long as application and plan are: counters find their index by it. */
function subjectOf({ tenantId, productId, environment }: CompiledProduct, identity: Identity, plan: LivePlan): CounterSubject {
  if (identity.subject?.plan !== plan)
    identity.subject = { plan, counters: { tenantId, productId, environment, subject: `app:${identity.application.id}`, limits: plan.limits } }
  return identity.subject.counters
}

/** The id as text: header bytes are UTF-8 that Node shows as Latin-1. An empty header counts as none. */
function endUserIdOf(call: Call, product: CompiledProduct): string | null {
  const value = headerOf(call, product.endUserHeader)
  if (value === undefined || value === '') return null
  return /[\x80-\xff]/.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value
}
