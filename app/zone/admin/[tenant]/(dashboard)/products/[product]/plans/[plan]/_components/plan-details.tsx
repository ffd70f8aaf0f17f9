'use client'

import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { BurstInputs, burstsIn } from '@/components/bursts/burst-inputs'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Checkbox } from '@/components/ui/choice'
import { Field } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import type { PlanListItem } from '@/lib/plans/queries'
import type { Bursts } from '@/lib/products/gateway-config'
import { editPlanAction, setFeaturesAction, setPlanBurstsAction } from '../../_actions'
import { DeletePlan } from '../../_components/delete-plan'

/** What the plan is called, what partners read about it, and its end. */
export function PlanDetails({ plan, others, bursts, endUserPlans }: { plan: PlanListItem; others: { id: number; name: string }[]; bursts: Bursts | null; endUserPlans: boolean }) {
  const [deleting, setDeleting] = useState(false)
  const forPartners = plan.kind === 'application'
  const list = `/products/${plan.productId}/${forPartners ? 'plans' : 'end-users'}`
  return (
    <div className="flex max-w-2xl flex-col gap-6">
      <Card title="Details">
        <ActionForm action={editPlanAction} toInput={(input) => ({ ...input, planId: plan.id })} success="Plan saved">
          <Field label="Name" name="name">
            <Input required maxLength={100} defaultValue={plan.name} autoComplete="off" />
          </Field>
          <Field label="Description" name="description" optional>
            <Textarea rows={3} maxLength={2000} defaultValue={plan.description} />
          </Field>
          {forPartners && <Checkbox name="approvalRequired" defaultChecked={plan.approvalRequired} label="Needs approval" hint="A partner who chooses this plan waits until you approve." />}
          {forPartners && endUserPlans && (
            <Checkbox name="endUserRequired" defaultChecked={plan.endUserRequired} label="Needs an end user" hint="Calls that do not name an end user get the authentication-failed answer." />
          )}
          <FormActions>
            <SubmitButton variant="secondary">Save plan</SubmitButton>
          </FormActions>
        </ActionForm>
      </Card>

      {forPartners && (
        <Card title="Features" description="What partners get beside calls: support, a sandbox, an answer within a day. They read the list where they choose a plan.">
          <ActionForm action={setFeaturesAction} toInput={({ features }) => ({ planId: plan.id, features: linesOf(String(features ?? '')) })} success="Features saved">
            <Field label="Features" name="features" hint="One on each line, in this order.">
              <Textarea rows={5} defaultValue={plan.features.join('\n')} placeholder={'Mail support\nAnswers within a day'} />
            </Field>
            <FormActions>
              <SubmitButton variant="secondary">Save features</SubmitButton>
            </FormActions>
          </ActionForm>
        </Card>
      )}

      <Card title="Bursts" description={`What ${forPartners ? 'each application' : 'each end user'} on this plan may send at once, beside the limits by minute, day and month. Empty fields bound nothing.`}>
        <ActionForm action={setPlanBurstsAction} toInput={(values) => ({ planId: plan.id, bursts: burstsIn(values) })} success="Bursts saved">
          <BurstInputs value={bursts} />
          <FormActions>
            <SubmitButton variant="secondary">Save bursts</SubmitButton>
          </FormActions>
        </ActionForm>
      </Card>

      <Card title="Delete this plan" description={plan.users > 0 ? 'Somebody is on it. You are offered another plan to move them to.' : 'Its features and limits go with it.'}>
        <Button variant="danger" icon={<Trash2 aria-hidden />} onClick={() => setDeleting(true)}>
          Delete plan
        </Button>
      </Card>
      {deleting && <DeletePlan plan={plan} others={others} goTo={list} onClose={() => setDeleting(false)} />}
    </div>
  )
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}
