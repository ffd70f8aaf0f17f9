import type { Metadata } from 'next'
import { BookOpen, Plus } from 'lucide-react'
import { Callout } from '@/components/ui/callout'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { listSpecs } from '@/lib/activedocs/queries'
import { getProduct } from '@/lib/products/queries'
import { orNotFound, pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import { SpecList } from './_components/spec-list'

export const metadata: Metadata = { title: 'ActiveDocs' }

export default async function ActiveDocsPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin('products')
  const productId = pathId((await params).product)
  const [specs, product, portalUrl] = await Promise.all([orNotFound(listSpecs(ctx, { productId })), pageData(getProduct(ctx, productId)), portalUrlOf(ctx.tenant)])
  const newSpec = (
    <LinkButton href={`/products/${productId}/activedocs/new`} variant="primary" icon={<Plus aria-hidden />}>
      New spec
    </LinkButton>
  )
  return (
    <>
      <PageHeader title="ActiveDocs" description="API documents that partners read on your portal, and try with their own key." action={newSpec} />
      {specs.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState icon={<BookOpen />} title="No documents yet" action={newSpec}>
            Paste your OpenAPI file once. Partners get a reference where every operation can be tried; the calls go through your gateway and count.
          </EmptyState>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          {product.liveVersion === null && (
            <Callout kind="warning" title="Partners can read, not try">
              Nothing of this product is promoted to production yet. Once it is, calls can be made from the documents.
            </Callout>
          )}
          <SpecList productId={product.id} specs={specs} portalUrl={portalUrl} />
        </div>
      )}
    </>
  )
}
