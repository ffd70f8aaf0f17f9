import type { Metadata } from 'next'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { getProduct } from '@/lib/products/queries'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { SpecForm } from '../_components/spec-form'

export const metadata: Metadata = { title: 'New spec' }

export default async function NewSpecPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin('products')
  const product = await pageData(getProduct(ctx, pathId((await params).product)))
  return (
    <>
      <PageHeader title="New spec" description="Whatever servers the document names, partners call your gateway: its production address is filled in for them." />
      <div className="max-w-4xl">
        <Card>
          <SpecForm productId={product.id} />
        </Card>
      </div>
    </>
  )
}
