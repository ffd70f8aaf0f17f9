import { Upload } from 'lucide-react'
import type { Metadata } from 'next'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { listMetrics } from '@/lib/products/queries'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { MetricTable } from './_components/metric-table'
import { MethodTable } from './_components/method-table'
import { NewMethods } from './_components/new-methods'

export const metadata: Metadata = { title: 'Methods' }

export default async function MethodsPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin('products')
  const productId = pathId((await params).product)
  // Those of mounted backends are changed on the backend's page.
  const all = (await pageData(listMetrics(ctx, productId))).filter((metric) => !metric.fromBackend)
  const methods = all.filter((metric) => metric.parentId !== null)
  const metrics = all.filter((metric) => metric.parentId === null)
  const importHref = `/products/${productId}/import`
  return (
    <>
      <PageHeader
        title="Methods"
        description="What your API can do. Each method counts its own calls and adds them to Hits."
        action={
          <>
            <LinkButton href={importHref} icon={<Upload aria-hidden />}>
              Import
            </LinkButton>
            <NewMethods productId={Number(productId)} kind="method" />
          </>
        }
      />
      <MethodTable productId={Number(productId)} importHref={importHref} methods={methods} />
      <MetricTable productId={Number(productId)} metrics={metrics} />
    </>
  )
}
