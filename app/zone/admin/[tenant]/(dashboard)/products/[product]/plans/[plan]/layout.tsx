import type { ReactNode } from 'react'
import { CrumbName } from '@/components/shell/crumb-names'
import { Badge, StateDot } from '@/components/ui/badge'
import { PageHeader } from '@/components/ui/page-header'
import { LinkTabs } from '@/components/ui/tabs'
import { getPlan } from '@/lib/plans/queries'
import { orNotFound } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { PublishButton } from '../_components/publish-button'
import { assertOfProduct, planOf } from './_plan-of'

export default async function PlanLayout({ params, children }: { params: Promise<{ product: string; plan: string }>; children: ReactNode }) {
  const ctx = await requireAdmin('plans')
  const { productId, planId } = planOf(await params)
  const plan = assertOfProduct(await orNotFound(getPlan(ctx, planId)), productId)
  const at = `/products/${plan.productId}/plans/${plan.id}`
  const forPartners = plan.kind === 'application'
  return (
    <>
      <CrumbName path={at} name={plan.name} />
      <PageHeader
        className="mb-3"
        title={plan.name}
        description={plan.description || (forPartners ? 'Which methods partners on this plan may call, and how often.' : 'Which methods each end user may call, and how often.')}
        meta={
          <span className="flex flex-wrap items-center gap-2 text-sm">
            {forPartners ? <StateDot state={plan.state} /> : <Badge>End-user plan</Badge>}
            {plan.isDefault && <Badge tone="accent">Default</Badge>}
            {plan.approvalRequired && <Badge>On request</Badge>}
          </span>
        }
        action={forPartners && <PublishButton plan={plan} />}
      />
      <div className="mb-6">
        <LinkTabs
          label={`${plan.name}: views`}
          items={[
            { href: at, label: 'Methods', exact: true },
            { href: `${at}/matrix`, label: 'Matrix' },
            { href: `${at}/details`, label: 'Details' },
          ]}
        />
      </div>
      {children}
    </>
  )
}
