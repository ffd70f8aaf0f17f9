'use client'

import { Copy, MoreHorizontal, Pencil, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { toast } from 'sonner'
import { Badge, StateDot } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { useAction } from '@/components/ui/form'
import { exactNumber } from '@/components/ui/format'
import { Menu } from '@/components/ui/menu'
import { SortableList } from '@/components/ui/sortable-list'
import type { PlanListItem } from '@/lib/plans/queries'
import type { PlanKind } from '@/lib/plans/schema'
import { copyPlanAction, orderPlansAction } from '../_actions'
import { DeletePlan } from './delete-plan'
import { PublishButton } from './publish-button'

/** The plans in the order in which partners see them. */
export function PlanList({ productId, kind, plans }: { productId: number; kind: PlanKind; plans: PlanListItem[] }) {
  const [deleting, setDeleting] = useState<PlanListItem | null>(null)
  const copying = useAction(copyPlanAction, { success: 'Plan copied' })
  const forPartners = kind === 'application'

  async function reorder(planIds: number[]): Promise<boolean> {
    const result = await orderPlansAction({ productId, kind, planIds })
    if (!result.ok) toast.error(result.error.message)
    return result.ok
  }

  return (
    <Card flush className="overflow-hidden">
      <SortableList
        label="Plans"
        items={plans}
        nameOf={(plan) => plan.name}
        onReorder={reorder}
        render={(plan) => (
          <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1.5 py-2.5">
            <div className="min-w-0 flex-1 basis-28">
              <div className="flex min-w-0 flex-wrap items-center gap-2">
                <Link href={`/products/${productId}/plans/${plan.id}`} className="min-w-0 truncate rounded-sm font-semibold hover:text-accent-text">
                  {plan.name}
                </Link>
                {plan.isDefault && <Badge tone="accent">Default</Badge>}
                {plan.approvalRequired && <Badge>On request</Badge>}
              </div>
              <p className="truncate text-xs text-text-2">{factsOf(plan, forPartners)}</p>
            </div>
            <div className="flex items-center gap-1 max-sm:w-full max-sm:justify-between">
              {forPartners && <StateDot state={plan.state} className="w-24 text-sm max-sm:flex-1" />}
              {forPartners && <PublishButton plan={plan} size="sm" className="w-18" />}
              <Menu
                trigger={<Button variant="ghost" size="icon-sm" aria-label={`More for ${plan.name}`} icon={<MoreHorizontal aria-hidden />} />}
                items={[
                  { label: 'Edit', icon: <Pencil aria-hidden />, href: `/products/${productId}/plans/${plan.id}/details` },
                  { label: 'Copy', icon: <Copy aria-hidden />, onSelect: () => copying.run({ planId: plan.id }) },
                  { kind: 'separator' },
                  { label: 'Delete', icon: <Trash2 aria-hidden />, danger: true, onSelect: () => setDeleting(plan) },
                ]}
              />
            </div>
          </div>
        )}
      />
      {deleting && <DeletePlan plan={deleting} others={plans.filter((plan) => plan.id !== deleting.id)} onClose={() => setDeleting(null)} />}
    </Card>
  )
}

function factsOf(plan: PlanListItem, forPartners: boolean): string {
  const count = (number: number, one: string, many: string) => `${exactNumber(number)} ${number === 1 ? one : many}`
  const users = forPartners ? count(plan.users, 'application', 'applications') : count(plan.users, 'end user', 'end users')
  return `${users} · ${plan.limits === 0 ? 'no limits' : count(plan.limits, 'limit', 'limits')}`
}
