import type { AccountingCall, AccountingParts } from '@/lib/accounting/accounting-call'
import type { KnownApplication, Service } from '@/lib/accounting/accounting-directory'
import type { Subjects } from '@/lib/accounting/subjects'
import { countedOf } from '@/lib/metering/counted-of'
import type { ConsumeResult, CounterSubject, LimitState } from '@/lib/metering/counter-store'

/** What a call counts by metric id, roll-up applied; `sets` replace (reference gateway 4.9). */
export type RolledUsage = { usage: ReadonlyMap<number, number>; sets: ReadonlyMap<number, number> | null }

export type Counting = {
  service: Service
  application: KnownApplication
  subjects: Subjects
  credentialId: number | null
  rolled: RolledUsage
  /** When it happened, milliseconds since 1970. */
  at: number
  /** A report: counted whatever the limits say. */
  force: boolean
}

export const limitedSubjects = ({ application, user }: Subjects): CounterSubject[] => [...(application ? [application] : []), ...(user ? [user.counters] : [])]

/**
 * Takes limits, all or none, then writes the usage down: in force and durable when this resolves (USE-1). Throws
 * `AppError('unavailable')`.
 */
export async function countUsage(parts: AccountingParts, call: AccountingCall, { service, application, subjects, credentialId, rolled, at, force }: Counting): Promise<ConsumeResult> {
  const { usage, sets } = rolled
  const limited = limitedSubjects(subjects).filter((subject) => subject.limits.length > 0)
  let states: LimitState[] = []
  if (limited.length > 0) {
    const consumed = parts.counters.consume({ subjects: limited, usage, sets, at, force, waiter: call })
    const result = consumed instanceof Promise ? await consumed : consumed
    if (!result.admitted) return result
    states = result.states
  }
  // Set values correct limits and are no usage anybody pays for (design section 6).
  const entries = [...usage].filter(([, value]) => value > 0)
  const counted = countedOf(states)
  if (entries.length > 0 || counted.length > 0) {
    const { tenantId, productId, product } = service
    await parts.journal.append({
      id: call.requestId,
      at,
      tenantId,
      productId,
      environment: product.environment,
      applicationId: application.id,
      endUserId: subjects.endUserId,
      credentialId,
      address: call.clientAddress,
      usage: entries,
      counted,
    }, call)
  }
  return { admitted: true, states }
}

/** For the analytics: how a call of the tenant's API ended, as far as another gateway tells us (`log[code]`), or that we said no. */
export function observeOutcome({ journal }: AccountingParts, { tenantId, productId, product }: Service, applicationId: number, outcome: string, at: number): void {
  journal.observe({ at, tenantId, productId, environment: product.environment, applicationId, outcome, durationMs: 0 })
}
