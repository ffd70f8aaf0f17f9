import type { PolicyConfiguration } from '@/lib/products/policy-schemas'
import { compileCondition } from '@/lib/gateway/policies/condition'
import type { PolicyHooks } from '@/lib/gateway/policies/policy-run'

/** One answer to every call, or to those of which a condition holds. */
export function maintenanceMode({ status, message, message_content_type, condition }: PolicyConfiguration<'maintenance_mode'>): PolicyHooks {
  const holds = compileCondition(condition)
  const bodiless = status === 204 || status === 205 || status === 304
  const answer = { code: 'maintenance' as const, answer: { status, headers: bodiless ? [] : ['Content-Type', message_content_type], body: bodiless ? '' : message } }
  return { early: (run) => (holds === null || holds(run) ? answer : null) }
}
