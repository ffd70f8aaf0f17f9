'use client'

import { Field } from '@/components/ui/field'
import { useAction, useHydrated } from '@/components/ui/form'
import { Select } from '@/components/ui/select'
import type { PlanDto } from '@/lib/plans/queries'
import type { PlanKind } from '@/lib/plans/schema'
import { setDefaultPlanAction } from '../_actions'

/** The select that says where newcomers start; saved as soon as it is changed. */
export function DefaultPlan({ productId, kind, plans, defaultPlanId }: { productId: number; kind: PlanKind; plans: Pick<PlanDto, 'id' | 'name' | 'state'>[]; defaultPlanId: number | null }) {
  const saving = useAction(setDefaultPlanAction, { success: 'Default plan saved' })
  const hydrated = useHydrated()
  const hint = kind === 'application' ? 'New partners start here. It may be hidden.' : 'End users who are seen or registered for the first time start here.'
  return (
    <Field label="Default plan" hint={hint} className="max-w-sm">
      <Select
        key={defaultPlanId ?? 'none'}
        defaultValue={defaultPlanId ?? ''}
        disabled={saving.pending || !hydrated}
        onChange={(event) => saving.run({ productId, kind, planId: event.target.value === '' ? null : Number(event.target.value) })}
        options={[{ value: '', label: 'No default plan' }, ...plans.map((plan) => ({ value: String(plan.id), label: plan.state === 'hidden' && kind === 'application' ? `${plan.name} (hidden)` : plan.name }))]}
      />
    </Field>
  )
}
