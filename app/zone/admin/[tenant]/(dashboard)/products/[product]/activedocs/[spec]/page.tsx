import type { Metadata } from 'next'
import { ExternalLink } from 'lucide-react'
import { notFound } from 'next/navigation'
import { CrumbName } from '@/components/shell/crumb-names'
import { StateDot } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { getSpec } from '@/lib/activedocs/queries'
import { orNotFound, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import { formatName } from '../_components/format-name'
import { PublishSpec } from '../_components/publish-spec'
import { RemoveSpec } from '../_components/remove-spec'
import { SpecForm } from '../_components/spec-form'

export const metadata: Metadata = { title: 'API document' }

export default async function SpecPage({ params }: { params: Promise<{ product: string; spec: string }> }) {
  const ctx = await requireAdmin('products')
  const { product, spec: id } = await params
  const productId = pathId(product)
  const spec = await orNotFound(getSpec(ctx, pathId(id)))
  // One thing, one address.
  if (BigInt(spec.productId) !== productId) notFound()
  const address = `${await portalUrlOf(ctx.tenant)}/docs/${spec.systemName}`
  const list = `/products/${spec.productId}/activedocs`
  return (
    <>
      <CrumbName path={`${list}/${spec.id}`} name={spec.name} />
      <PageHeader
        title={spec.name}
        description={`${formatName(spec.version)}, ${spec.operations.toLocaleString('en')} ${spec.operations === 1 ? 'operation' : 'operations'}.`}
        meta={<StateDot state={spec.published ? 'published' : 'hidden'} />}
        action={
          <span className="flex flex-wrap gap-2">
            {spec.published && (
              <LinkButton href={address} icon={<ExternalLink aria-hidden />} target="_blank" rel="noreferrer">
                See it on the portal
              </LinkButton>
            )}
            <PublishSpec spec={spec} />
          </span>
        }
      />
      <div className="flex max-w-4xl flex-col gap-6">
        <Card>
          <SpecForm key={spec.updatedAt.getTime()} productId={spec.productId} spec={spec} />
        </Card>
        <RemoveSpec spec={spec} goTo={list} />
      </div>
    </>
  )
}
