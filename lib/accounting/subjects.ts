import { AccountingError } from '@/lib/accounting/accounting-error'
import type { AccountingParts } from '@/lib/accounting/accounting-call'
import type { KnownApplication, Service } from '@/lib/accounting/accounting-directory'
import { closedMetricsOf } from '@/lib/gateway/compile-product'
import { findEndUser } from '@/lib/gateway/find-end-user'
import type { LivePlan } from '@/lib/gateway/load-live'
import type { CounterSubject, LimitRule } from '@/lib/metering/counter-store'

/** Whose limits a call touches. `plan` null: the tenant's own test application, which has none. */
export type Subjects = {
  plan: LivePlan | null
  application: CounterSubject | null
  user: { id: number; externalId: string; plan: LivePlan; counters: CounterSubject } | null
  /** The end user whose usage this is, `user` or one who is known although the application need not name any. */
  endUserId: number | null
}

const NO_USAGE = { byMetric: new Map<number, number>(), entries: [] }

/**
 * The application's counters and, where it names one and end users are on, the end user's (reference gateway 1.5): the
 * same as our own gateway's in production. A user whom an access token names holds limits of his own whatever the plan
 * asks for (`byToken`). Throws what is to be said about an end user that cannot be had.
 */
export async function findSubjects(parts: AccountingParts, service: Service, application: KnownApplication, userId: string | null, at: number, byToken = false): Promise<Subjects> {
  const known = application.planId === null ? null : parts.gateway.plan(application.planId, at)
  const plan = known instanceof Promise ? await known : known
  const counters = plan && countersOf(service, application, plan)
  const { product } = service
  if (!product.endUsers) return { plan, application: counters, user: null, endUserId: null }
  // Where the application does not ask for end users, naming one changes no answer; a known one's usage is noted.
  if (!plan?.endUserRequired && !byToken) return { plan, application: counters, user: null, endUserId: await knownUser(parts, service, userId, at) }
  if (userId === null || userId === '') throw new AccountingError('user_not_defined', `application with id="${application.appId}" requires a user (user_id)`)
  const found = await findEndUser(parts.gateway, product, userId, NO_USAGE, at)
  if (typeof found === 'string') throw userProblem(service, found)
  const subject = product.endUsers.countersShared ? `user:${found.user.id}` : `user:${found.user.id}:${application.id}`
  const { tenantId, productId, environment } = product
  return { plan, application: counters, user: { id: found.user.id, externalId: userId, plan: found.plan, counters: { tenantId, productId, environment, subject, limits: found.limits } }, endUserId: found.user.id }
}

async function knownUser({ gateway }: AccountingParts, { product }: Service, userId: string | null, at: number): Promise<number | null> {
  if (userId === null || userId === '' || userId.length > 255 || userId.includes('\0')) return null
  const known = gateway.endUser(product, userId, at)
  const user = known instanceof Promise ? await known : known
  return user?.state === 'active' ? user.id : null
}

function countersOf({ product }: Service, application: KnownApplication, plan: LivePlan): CounterSubject {
  const { tenantId, productId, environment } = product
  if (application.subject?.plan !== plan || application.subject.counters.environment !== environment) application.subject = { plan, counters: { tenantId, productId, environment, subject: `app:${application.id}`, limits: plan.limits } }
  return application.subject.counters
}

function userProblem({ productId }: Service, code: string): AccountingError {
  if (code === 'end_users_full') return new AccountingError('users_limit_reached', `Service id="${productId}" has as many users as it may have`)
  if (code === 'end_user_suspended') return new AccountingError('user_not_active', 'user is not active')
  return new AccountingError('service_requires_registered_user', `Service id="${productId}" requires users to be registered beforehand`)
}

/** The methods a plan closes, as 3scale has them: limits of 0 for ever. */
export function closedLimits({ product }: Service, plan: LivePlan | null): LimitRule[] {
  return plan ? [...closedMetricsOf(product, plan)].map((metricId) => ({ metricId, period: 'eternity', value: 0 })) : []
}
