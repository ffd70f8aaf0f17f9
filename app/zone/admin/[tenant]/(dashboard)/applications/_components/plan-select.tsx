'use client'

import { Select } from '@/components/ui/select'
import type { PlanChoices } from '@/lib/plans/queries'

/** Plans by product; hidden ones are marked, for here the tenant chooses. */
export function PlanSelect({ choices, defaultValue }: { choices: PlanChoices[]; defaultValue?: number }) {
  const first = choices[0]
  const initial = defaultValue ?? first?.plans.find((plan) => plan.isDefault)?.id ?? first?.plans[0]?.id
  const options = (plans: PlanChoices['plans']) =>
    plans.map((plan) => (
      <option key={plan.id} value={plan.id}>
        {plan.state === 'hidden' ? `${plan.name} (hidden)` : plan.name}
      </option>
    ))
  return (
    <Select defaultValue={initial} required>
      {choices.length === 1
        ? options(choices[0]!.plans)
        : choices.map((choice) => (
            <optgroup key={choice.productId} label={choice.product}>
              {options(choice.plans)}
            </optgroup>
          ))}
    </Select>
  )
}
