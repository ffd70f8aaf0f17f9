import { notFound } from '@/lib/errors'
import type { Actor } from '@/lib/tenants/context'

/**
 * Wherever developers choose a plan: only published application plans exist for them (ISO-10). A hidden plan's id
 * posted by hand is answered like an id that never was (ISO-5). The tenant's own people place accounts on any plan.
 */
export function assertCanChoosePlan(actor: Pick<Actor, 'kind'>, plan: { kind: string; state: string }): void {
  if (plan.kind !== 'application') throw notFound()
  if (actor.kind === 'member' || actor.kind === 'system') return
  if (plan.state !== 'published') throw notFound()
}
