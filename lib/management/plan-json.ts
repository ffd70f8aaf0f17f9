import { z } from 'zod'
import type { Plan } from '@/lib/db/generated/client'
import { answer, linksOf } from '@/lib/management/inputs'

export const planAnswer = z.object({
  id: answer.id,
  created_at: answer.time,
  updated_at: answer.time,
  name: z.string(),
  system_name: z.string(),
  description: z.string(),
  state: z.enum(['hidden', 'published']),
  approval_required: z.boolean(),
  setup_fee: z.number(),
  cost_per_month: z.number(),
  trial_period_days: z.number().int(),
  cancellation_period: z.number().int(),
  end_user_required: z.boolean(),
  default: z.boolean(),
  custom: z.boolean(),
  service_id: answer.id,
  links: answer.links,
})

/** An application plan; `custom` ones were made for one application. */
export function planJson(plan: Plan, { isDefault, origin }: { isDefault: boolean; origin: string }) {
  const service = `/admin/api/services/${plan.productId}`
  return {
    id: plan.id,
    created_at: plan.createdAt,
    updated_at: plan.createdAt,
    name: plan.name,
    system_name: plan.systemName,
    description: plan.description,
    state: plan.state,
    approval_required: plan.approvalRequired,
    setup_fee: plan.setupFee,
    cost_per_month: plan.costPerMonth,
    trial_period_days: plan.trialPeriodDays,
    cancellation_period: 0,
    end_user_required: plan.endUserRequired,
    default: isDefault,
    custom: plan.originalId !== null,
    service_id: plan.productId,
    links: linksOf(origin, { service, self: `${service}/application_plans/${plan.id}` }),
  }
}
