import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { suggestTestPath } from '@/lib/onboarding/test-integration'
import { readSnapshot } from '@/lib/products/promote-config'
import { getProduct } from '@/lib/products/queries'
import { orNotFound, pathId, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { publicOrigin } from '@/lib/zones/public-origin'
import { Simulator } from './_components/simulator'

export const metadata: Metadata = { title: 'Simulator' }

export default async function SimulatorPage({ params, searchParams }: { params: Promise<{ product: string }>; searchParams: SearchParams }) {
  const ctx = await requireAdmin('gateway')
  const productId = pathId((await params).product)
  const [product, config] = await Promise.all([orNotFound(getProduct(ctx, productId)), orNotFound(readSnapshot(ctx.db, productId))])
  const { request } = await queryOf(searchParams)
  const host = product.hosts.staging ?? product.hosts.production
  return (
    <>
      <PageHeader title="Simulator" description="Paste a curl or a request id and see what would become of the call: who it is, what it counts, which limits it meets, where it goes. Nothing is sent and nothing is counted." />
      <Simulator productId={Number(productId)} request={request ?? ''} example={`curl '${host ? publicOrigin(host) : 'https://api.example.com'}${suggestTestPath(config.mappingRules).path}' …`} timeZone={ctx.tenant.timezone} />
    </>
  )
}
