import type { AccountingCall, AccountingParts } from '@/lib/accounting/accounting-call'
import type { KnownApplication, Service } from '@/lib/accounting/accounting-directory'
import type { RolledUsage } from '@/lib/accounting/count-usage'
import type { Subjects } from '@/lib/accounting/subjects'
import type { BurstResult, BurstSubject } from '@/lib/metering/burst-store'
import type { Bursts } from '@/lib/products/gateway-config'

/**
 * Takes the short-term bounds of product, application and end user for an authrep that counts something: token bucket
 * and sliding window, the same our own gateway takes, all or none. Calls under way are not taken, since nobody tells us
 * when a call elsewhere has ended. Null where there are no bounds. Throws `AppError('unavailable')`.
 */
export async function takeCallBursts({ bursts }: AccountingParts, call: AccountingCall, service: Service, application: KnownApplication, { plan, user }: Subjects, { usage, sets }: RolledUsage): Promise<BurstResult | null> {
  if (![...usage.values(), ...(sets?.values() ?? [])].some((value) => value > 0)) return null
  const { product } = service
  const subjects: BurstSubject[] = []
  const add = (subject: string, held: Bursts | null | undefined) => {
    if (held?.bucket || held?.window) subjects.push({ productId: product.productId, environment: product.environment, subject, bursts: { ...held, concurrency: null } })
  }
  add('product', product.config.bursts)
  add(`app:${application.id}`, plan?.bursts)
  if (user) add(user.counters.subject, user.plan.bursts)
  if (subjects.length === 0) return null
  return bursts.take({ subjects, id: call.requestId, at: call.at, lastsMsMax: LASTS_MS, waiter: call })
}

/** Of calls under way only, of which there are none here. */
const LASTS_MS = 60_000
