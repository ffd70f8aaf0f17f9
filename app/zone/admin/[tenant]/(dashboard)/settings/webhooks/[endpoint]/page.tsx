import type { Metadata } from 'next'
import { CrumbName } from '@/components/shell/crumb-names'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { exactTime } from '@/components/ui/format'
import { PageHeader } from '@/components/ui/page-header'
import { pageData, pathId, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { getEndpoint, listDeliveries } from '@/lib/webhooks/queries'
import type { DeliveryListInput } from '@/lib/webhooks/schema'
import { EndpointState } from '../_components/endpoint-state'
import { DeliveryTable } from './_components/delivery-table'
import { EditEndpoint } from './_components/edit-endpoint'
import { EndpointMenu } from './_components/endpoint-menu'
import { SigningSecret } from './_components/signing-secret'

export const metadata: Metadata = { title: 'Webhook' }

const disabled = {
  gone: 'The receiver answered 410, which means: never again. Switch it on when it is back.',
  failing: 'Nothing got through for five days. Mend the receiver, then switch it on and send again what you need.',
}

export default async function WebhookPage({ params, searchParams }: { params: Promise<{ endpoint: string }>; searchParams: SearchParams }) {
  const ctx = await requireAdmin('settings')
  const endpointId = pathId((await params).endpoint)
  const endpoint = await pageData(getEndpoint(ctx, endpointId))
  const query = await queryOf(searchParams)
  const deliveries = await pageData(listDeliveries(ctx, { endpointId, state: query.state, type: query.type, cursor: query.cursor } as DeliveryListInput))
  const { timezone } = ctx.tenant
  return (
    <>
      <CrumbName path={`/settings/webhooks/${endpoint.id}`} name={new URL(endpoint.url).host} />
      <PageHeader title={<span className="break-all">{endpoint.url}</span>} meta={<EndpointState endpoint={endpoint} />} action={<EndpointMenu endpoint={endpoint} />} />
      {endpoint.disabledBecause && (
        <Callout kind="warning" className="mb-6" title="We switched this webhook off">
          {disabled[endpoint.disabledBecause]}
        </Callout>
      )}
      {endpoint.active && endpoint.failingSince && (
        <Callout kind="warning" className="mb-6" title="Deliveries fail">
          {`Since ${exactTime(endpoint.failingSince, timezone)}. We try each one ten times over about three days. After five days without a success we switch the webhook off.`}
        </Callout>
      )}
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <DeliveryTable deliveries={deliveries} timeZone={timezone} active={endpoint.active} />
        <div className="flex min-w-0 flex-col gap-6">
          <EditEndpoint endpoint={endpoint} />
          <Card title="Signing secret" description="Each request is signed as Standard Webhooks has it. Check the signature before you believe a request.">
            <SigningSecret endpointId={endpoint.id} overlapUntil={endpoint.overlapUntil && exactTime(endpoint.overlapUntil, timezone)} />
          </Card>
        </div>
      </div>
    </>
  )
}
