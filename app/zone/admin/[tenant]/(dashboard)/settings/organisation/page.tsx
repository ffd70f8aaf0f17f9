import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { Card, DescriptionList } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { longDay } from '@/components/ui/format'
import { PageHeader } from '@/components/ui/page-header'
import { readIncoming } from '@/lib/request/incoming'
import { requireAdmin } from '@/lib/request/require-admin'
import { timeZones } from '@/lib/tenants/edit-organisation'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import { OrganisationForm } from './_components/organisation-form'

export const metadata: Metadata = { title: 'Organisation' }

export default async function OrganisationPage() {
  const ctx = await requireAdmin('settings')
  const { tenant } = ctx
  const portalUrl = await portalUrlOf(tenant)
  const { origin } = readIncoming(await headers())
  return (
    <>
      <PageHeader title="Organisation" description="What your colleagues and partners know you by." />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <OrganisationForm name={tenant.name} timezone={tenant.timezone} timeZones={[...timeZones]} />
        <Card title="Facts">
          <DescriptionList
            stacked
            items={[
              { label: 'Dashboard', value: <Copyable value={origin} label="Copy dashboard address" /> },
              { label: 'Portal', value: <Copyable value={portalUrl} label="Copy portal address" /> },
              { label: 'Subdomain', value: tenant.slug, hint: 'Part of every address, so it stays for good.' },
              { label: 'Tenant id', value: <Copyable value={String(tenant.id)} label="Copy tenant id" /> },
              ...(tenant.trialEndsAt ? [{ label: 'Free trial', value: `Until ${longDay(tenant.trialEndsAt, tenant.timezone)}`, hint: 'Nothing stops on that day.' }] : []),
            ]}
          />
        </Card>
      </div>
    </>
  )
}
