import type { Metadata } from 'next'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { listPlanChangeModes } from '@/lib/products/set-plan-change-mode'
import { requireAdmin } from '@/lib/request/require-admin'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import { PlanChangeModes } from './_components/plan-change-modes'
import { PortalSwitch } from './_components/portal-switch'

export const metadata: Metadata = { title: 'Portal settings' }

export default async function PortalSettingsPage() {
  const ctx = await requireAdmin('portal')
  const [settings, products] = await Promise.all([getPortalSettings(ctx), listPlanChangeModes(ctx)])
  return (
    <>
      <PageHeader title="Settings" description="What partners can do on your portal. A switch acts at once; what is off has no link and no page there." />
      <div className="flex max-w-3xl flex-col gap-6">
        <Card title="Features">
          <div className="flex flex-col gap-4">
            <PortalSwitch name="multipleUsers" on={settings.multipleUsers} label="Several users" hint="Admins of an account invite colleagues and say who may manage it." />
            <PortalSwitch name="multipleApplications" on={settings.multipleApplications} label="Several applications" hint="An account makes as many applications as it needs, each with keys and a plan of its own; off, it has one." />
            <PortalSwitch name="multipleProducts" on={settings.multipleProducts} label="Several products" hint="Partners see all your products and choose; off, they see the default product alone." />
          </div>
        </Card>
        <Card title="Plan changes" description="Whether partners ask you for another plan or take it themselves. A plan that needs approval is always asked for; keys stay the same.">
          {products.length === 0 ? <p className="text-text-2">There is no product yet.</p> : <PlanChangeModes products={products} />}
        </Card>
      </div>
    </>
  )
}
