'use client'

import { useState } from 'react'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { useDelete } from '@/components/ui/use-delete'
import type { PlanListItem } from '@/lib/plans/queries'
import { deletePlanAction, moveAndDeletePlanAction } from '../_actions'

type Props = { plan: Pick<PlanListItem, 'id' | 'name' | 'users' | 'kind'>; others: Pick<PlanListItem, 'id' | 'name'>[]; onClose: () => void; goTo?: string }

/** Asks once for a plan nobody uses; offers another plan for those who are on it. */
export function DeletePlan({ plan, others, onClose, goTo }: Props) {
  const remove = useDelete({ name: plan.name, goTo })
  const [toPlanId, setToPlanId] = useState(others[0]?.id)
  const used = plan.users > 0
  const movable = used && toPlanId !== undefined
  const users = plan.kind === 'application' ? 'application' : 'end user'
  const they = `${plan.users} ${users}${plan.users === 1 ? ' is' : 's are'} on this plan.`

  const onConfirm = () => (movable ? remove(moveAndDeletePlanAction, { fromPlanId: plan.id, toPlanId }) : remove(deletePlanAction, { planId: plan.id }))

  return (
    <ConfirmDialog open onOpenChange={(open) => !open && onClose()} title={`Delete ${plan.name}`} confirmLabel={movable ? 'Move and delete plan' : 'Delete plan'} onConfirm={onConfirm}>
      {!used && <p>The plan goes with its features and limits. Nobody is on it.</p>}
      {movable && (
        <div className="flex flex-col gap-3">
          <p>{they} Choose where they go; the limits of the new plan hold at once{plan.kind === 'application' ? ', and every key goes on working' : ''}.</p>
          <Field label="Move them to">
            <Select value={toPlanId} onChange={(event) => setToPlanId(Number(event.target.value))} options={others.map((other) => ({ value: String(other.id), label: other.name }))} />
          </Field>
        </div>
      )}
      {used && !movable && <p>{they} Make another plan first, so that they can be moved.</p>}
    </ConfirmDialog>
  )
}
