import type { Metadata } from 'next'
import { Route } from 'lucide-react'
import Link from 'next/link'
import { CallAsCurl, CallView } from '@/components/calls/call-view'
import { strangerWords } from '@/components/calls/stranger-words'
import { CrumbName } from '@/components/shell/crumb-names'
import { Copyable } from '@/components/ui/copy-button'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { callAsCurl } from '@/lib/calls/call-as-curl'
import { getCall } from '@/lib/calls/queries'
import { listCallShares } from '@/lib/calls/share-call'
import { explainCall } from '@/lib/gateway/explain-call'
import { orNotFound, pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { ShareCall } from './_components/share-call'

export const metadata: Metadata = { title: 'Call' }

export default async function CallPage({ params }: { params: Promise<{ product: string; call: string }> }) {
  const ctx = await requireAdmin('gateway')
  const { product, call: id } = await params
  const productId = pathId(product)
  const call = await orNotFound(getCall(ctx, productId, pathId(id)))
  const shares = await pageData(listCallShares(ctx, call.requestId))
  const { address, upstream } = call.detail
  const name = `${call.method} ${call.target.split('?')[0]}`
  return (
    <>
      <CrumbName path={`/products/${productId}/calls/${call.id}`} name={name} />
      <PageHeader
        title={name}
        action={
          <>
            <ShareCall productId={Number(productId)} callId={call.id} shares={shares} timeZone={ctx.tenant.timezone} />
            <LinkButton href={`/products/${productId}/calls/simulator?request=${call.requestId}`} icon={<Route aria-hidden />}>
              Simulate it now
            </LinkButton>
          </>
        }
      />
      <CallView
        call={{ ...call, story: explainCall(call, 'tenant') }}
        timeZone={ctx.tenant.timezone}
        facts={[
          {
            label: 'Application',
            value: call.application ? (
              <Link href={`/applications/${call.application.id}`} className="link">
                {call.application.name}
              </Link>
            ) : (
              strangerWords(call.refusal)
            ),
          },
          { label: 'Address of the caller', value: <span className="font-mono text-[13px]">{address}</span> },
          { label: 'Upstream', value: upstream && <Copyable value={upstream} label="Copy upstream" /> },
        ]}
      >
        <CallAsCurl code={callAsCurl(call)} />
      </CallView>
    </>
  )
}
