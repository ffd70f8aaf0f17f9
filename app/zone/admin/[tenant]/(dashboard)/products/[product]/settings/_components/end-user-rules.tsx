'use client'

import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { toast } from 'sonner'
import { useCallAction } from '@/components/ui/call-action'
import { Card } from '@/components/ui/card'
import { RadioGroup, Switch } from '@/components/ui/choice'
import { Code } from '@/components/ui/code-block'
import { FieldError } from '@/components/ui/field'
import { ActionForm, FormActions, SubmitButton } from '@/components/ui/form'
import { setEndUserCountersAction, setEndUserRegistrationAction } from '../actions'

export function EndUserRules({ productId, registrationRequired, countersShared, header, defaultPlan }: { productId: number; registrationRequired: boolean; countersShared: boolean; header: string; defaultPlan: string | null }) {
  return (
    <Card title="End users" description="The people behind your partners’ applications, each with limits of their own.">
      <div className="flex flex-col gap-5">
        <Registration productId={productId} required={registrationRequired} header={header} defaultPlan={defaultPlan} />
        <ActionForm action={setEndUserCountersAction} toInput={(input) => ({ ...input, productId })} success="End-user counters saved" className="border-t border-line pt-4">
          <RadioGroup
            cards
            name="counters"
            legend="End-user counters"
            defaultValue={countersShared ? 'shared' : 'per_application'}
            options={[
              { value: 'shared', label: 'Shared', hint: 'One count per end user, over all applications of this product.' },
              { value: 'per_application', label: 'Per application', hint: 'Each application counts its end users for itself.' },
            ]}
          />
          <FormActions>
            <SubmitButton variant="secondary">Save counters</SubmitButton>
          </FormActions>
        </ActionForm>
      </div>
    </Card>
  )
}

/** The switch acts at once; where the server says no it goes back and says why. */
function Registration({ productId, required, header, defaultPlan }: { productId: number; required: boolean; header: string; defaultPlan: string | null }) {
  const router = useRouter()
  const call = useCallAction()
  const [on, setOn] = useState(required)
  const [problem, setProblem] = useState<string | null>(null)
  const [pending, start] = useTransition()
  const change = (next: boolean) => {
    setOn(next)
    setProblem(null)
    start(async () => {
      const result = await call(setEndUserRegistrationAction, { productId, required: next })
      if (!result) return
      if (result.ok) {
        toast.success(next ? 'Manual end-user registration is on' : 'Manual end-user registration is off')
        return router.refresh()
      }
      setOn(!next)
      setProblem(Object.values(result.error.fields ?? {}).flat()[0] ?? result.error.message)
    })
  }
  return (
    <div className="flex flex-col gap-2">
      <Switch
        checked={on}
        disabled={pending}
        onChange={(event) => change(event.target.checked)}
        label={<span className="font-semibold">Manual end-user registration</span>}
        hint={
          on ? (
            <>
              A call that names in <Code>{header}</Code> somebody who is not registered is refused.
            </>
          ) : (
            <>
              Whoever is named in <Code>{header}</Code> for the first time is registered on {defaultPlan ?? 'the default plan'}.
            </>
          )
        }
      />
      {problem && <FieldError>{problem}</FieldError>}
    </div>
  )
}
