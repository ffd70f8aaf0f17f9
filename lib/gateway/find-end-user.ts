import type { LimitRule } from '@/lib/metering/counter-store'
import { isClosed } from '@/lib/gateway/compile-product'
import type { CompiledProduct } from '@/lib/gateway/compile-product'
import type { LiveDirectory } from '@/lib/gateway/live-directory'
import type { LiveEndUser, LivePlan } from '@/lib/gateway/load-live'
import type { Usage } from '@/lib/gateway/match-usage'
import type { RefusalCode } from '@/lib/gateway/refusals'

/** In characters (USE-7). */
const ID_LENGTH_MAX = 255

/**
 * The end user an application names, with the plan (design section 5): registered beforehand, or on first sight up to
 * the product's cap. Gives the refusal where there is none to be had.
 */
export async function findEndUser(
  directory: LiveDirectory,
  product: CompiledProduct,
  externalId: string,
  usage: Usage,
  now: number,
): Promise<{ user: LiveEndUser; plan: LivePlan; limits: readonly LimitRule[] } | RefusalCode> {
  const { registrationRequired, defaultPlanId, usersMax } = product.endUsers!
  if (externalId.length > ID_LENGTH_MAX || externalId.includes('\0')) return 'end_user_invalid'
  let user = await directory.endUser(product, externalId, now)
  if (!user) {
    if (registrationRequired || defaultPlanId === null) return 'end_user_unknown'
    user = await directory.registerEndUser(product, externalId, defaultPlanId, usersMax, now)
    if (!user) return 'end_users_full'
  }
  if (user.state !== 'active') return 'end_user_suspended'
  const plan = await directory.plan(user.planId, now)
  if (!plan) return 'plan_missing'
  return isClosed(product, plan, usage) ? 'method_disabled' : { user, plan, limits: limitsOf(user, plan) }
}

const merged = new WeakMap<LiveEndUser, { plan: LivePlan; limits: readonly LimitRule[] }>()

/**
 * The plan's limits with the user's own in place of those for the same metric and period, and beside the others. The
 * same array as long as user and plan are the same objects: counters index limits by it.
 */
export function limitsOf(user: LiveEndUser, plan: LivePlan): readonly LimitRule[] {
  const { ownLimits } = user
  if (!ownLimits || ownLimits.length === 0) return plan.limits
  let held = merged.get(user)
  if (held?.plan !== plan) {
    const replaced = new Set(ownLimits.map(({ metricId, period }) => `${metricId}:${period}`))
    held = { plan, limits: [...plan.limits.filter(({ metricId, period }) => !replaced.has(`${metricId}:${period}`)), ...ownLimits] }
    merged.set(user, held)
  }
  return held.limits
}
