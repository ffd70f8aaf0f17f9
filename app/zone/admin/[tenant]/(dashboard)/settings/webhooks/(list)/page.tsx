import type { Metadata } from 'next'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { pageData } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { listEndpoints } from '@/lib/webhooks/queries'
import { EndpointTable } from '../_components/endpoint-table'
import { FirstEndpoint, NewEndpoint } from '../_components/new-endpoint'

export const metadata: Metadata = { title: 'Webhooks' }

export default async function WebhooksPage() {
  const ctx = await requireAdmin('settings')
  const endpoints = await pageData(listEndpoints(ctx))
  return (
    <>
      <PageHeader title="Webhooks" description="Tell your CRM, chat or billing at once what partners do." action={endpoints.length > 0 ? <NewEndpoint /> : undefined} />
      {endpoints.length === 0 ? (
        <Card title="Your first webhook" description="Where shall we send events? You can send a test right after.">
          <FirstEndpoint />
        </Card>
      ) : (
        <EndpointTable endpoints={endpoints} timeZone={ctx.tenant.timezone} />
      )}
    </>
  )
}
