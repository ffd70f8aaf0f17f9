import { drop, typedText, type Drop, type LiquidObject } from '@/lib/liquid/values'

export type PlanRequestFacts = {
  id: number
  applicationId: number
  planId: number
  planName: string
  fromPlanId: number | null
  fromPlanName: string | null
  state: string
  reason: string
  answer: string
  developerName: string
  createdAt: Date
  decidedAt: Date | null
}

type Around = { plan: Drop | null; previousPlan: Drop | null; contract: Drop | null; mayWithdraw: boolean }

/** `plan_change`: a partner asked for another plan; beside 3scale's names what became of it. */
export function planChangeDrop(facts: PlanRequestFacts, { plan, previousPlan, contract, mayWithdraw }: Around): Drop {
  const { id, state, createdAt, decidedAt } = facts
  const path = `/admin/account/plan_changes/${id}`
  const isOpen = state === 'open'
  return drop('plan_change', id, {
    id,
    contract,
    application: contract,
    plan: plan ?? namedPlan(facts.planId, facts.planName),
    previous_plan: previousPlan ?? (facts.fromPlanName === null ? null : namedPlan(facts.fromPlanId ?? 0, facts.fromPlanName)),
    confirm_path: '',
    cancel_path: isOpen && mayWithdraw ? path : '',
    withdraw_url: isOpen && mayWithdraw ? path : '',
    state,
    'open?': isOpen,
    reason: typedText(facts.reason),
    answer: typedText(facts.answer),
    developer_name: typedText(facts.developerName),
    created_at: createdAt.toISOString(),
    decided_at: decidedAt?.toISOString() ?? null,
  })
}

/** What an application says of its own request. */
export function planRequestOf(change: Drop): LiquidObject {
  const { plan, state, reason, answer, created_at, withdraw_url } = change
  return { id: change.$drop.id, plan, state, reason, answer, created_at, withdraw_url } as LiquidObject
}

const namedPlan = (id: number, name: string) => drop('plan', id, { id, name, system_name: '' }, name)
