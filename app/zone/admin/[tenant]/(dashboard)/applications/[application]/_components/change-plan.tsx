'use client'

import { useRef } from 'react'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import type { PlanChoices } from '@/lib/plans/queries'
import { changePlanAction } from '../../_actions'
import { PlanSelect } from '../../_components/plan-select'

/** Places the application on another plan of its product, hidden ones included. */
export function ChangePlan({ applicationId, planId, choices }: { applicationId: number; planId: number | null; choices: PlanChoices[] }) {
  const wanted = useRef(planId)
  const keepWanted = (input: Record<string, unknown>) => {
    wanted.current = Number(input.planId)
    return { ...input, applicationId }
  }
  return (
    <Card title="Change plan" description="The new limits hold within a second. What was used in the present windows counts on; the keys stay.">
      <ActionForm action={changePlanAction} toInput={keepWanted} success={() => (wanted.current === planId ? 'It is on this plan already' : 'Plan changed')}>
        <Field label="Plan" name="planId" className="max-w-sm">
          <PlanSelect choices={choices} defaultValue={planId ?? undefined} />
        </Field>
        <FormActions>
          <SubmitButton variant="secondary">Change plan</SubmitButton>
        </FormActions>
      </ActionForm>
    </Card>
  )
}
