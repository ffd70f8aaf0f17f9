'use client'

import { Button } from '@/components/ui/button'
import type { ButtonSize } from '@/components/ui/button-style'
import { useAction } from '@/components/ui/form'
import type { PlanDto } from '@/lib/plans/queries'
import { hidePlanAction, publishPlanAction } from '../_actions'

/** Publish or Hide, whichever is left to do. */
export function PublishButton({ plan, size, className }: { plan: Pick<PlanDto, 'id' | 'name' | 'state'>; size?: ButtonSize; className?: string }) {
  const hidden = plan.state === 'hidden'
  const { run, pending } = useAction(hidden ? publishPlanAction : hidePlanAction, { success: hidden ? `${plan.name} is published` : `${plan.name} is hidden` })
  return (
    <Button size={size} className={className} pending={pending} onClick={() => run({ planId: plan.id })}>
      {hidden ? 'Publish' : 'Hide'} <span className="sr-only">{plan.name}</span>
    </Button>
  )
}
