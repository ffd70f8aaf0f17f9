import type { Metadata } from 'next'
import { PageHeader } from '@/components/ui/page-header'
import { getProduct } from '@/lib/products/queries'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { ImportWizard } from './_components/import-wizard'

export const metadata: Metadata = { title: 'Import' }

export default async function ImportPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin('products')
  const product = await pageData(getProduct(ctx, pathId((await params).product)))
  return (
    <>
      <PageHeader title="Import" description="Every operation of your OpenAPI document becomes a method with a mapping rule. You see what changes before anything does." />
      <ImportWizard productId={product.id} privateBaseUrl={product.privateBaseUrl} />
    </>
  )
}
