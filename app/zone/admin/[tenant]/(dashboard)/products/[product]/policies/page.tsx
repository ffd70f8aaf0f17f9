import type { Metadata } from 'next'
import Link from 'next/link'
import { Callout } from '@/components/ui/callout'
import { PageHeader } from '@/components/ui/page-header'
import { getPolicyChain } from '@/lib/products/policy-queries'
import { policyDefinitions, policyJsonSchema } from '@/lib/products/policies'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { PolicyChainEditor } from './_components/policy-chain'
import type { Schema } from './_components/schema-fields'

export const metadata: Metadata = { title: 'Policies' }

export default async function PoliciesPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin('gateway')
  const productId = pathId((await params).product)
  const { policies, version, production, registered } = await pageData(getPolicyChain(ctx, productId))
  const definitions = policyDefinitions.map((definition) => ({ ...definition, schema: policyJsonSchema(definition.name) as Schema }))
  return (
    <>
      <PageHeader title="Policies" description="What the gateway does to calls besides keys, rules and limits, from top to bottom." />
      {production && !production.same && (
        <Callout kind="info" className="mb-4" title="Staging only so far">
          Staging runs this chain already. Production runs that of version {production.version} and follows with the next promotion, on the{' '}
          <Link className="link" href={`/products/${productId}/gateway`}>
            Gateway page
          </Link>
          .
        </Callout>
      )}
      <PolicyChainEditor productId={Number(productId)} policies={policies} version={version} definitions={definitions} registered={registered} />
    </>
  )
}
