import type { Metadata } from 'next'
import Link from 'next/link'
import { FlaskConical } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { listTestableApplications } from '@/lib/applications/queries'
import { suggestTestPath } from '@/lib/onboarding/test-integration'
import { readSnapshot } from '@/lib/products/promote-config'
import { orNotFound, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { LimitLab } from './_components/limit-lab'

export const metadata: Metadata = { title: 'Limit lab' }

export default async function LimitLabPage({ params }: { params: Promise<{ product: string }> }) {
  const ctx = await requireAdmin('gateway')
  const productId = pathId((await params).product)
  const [config, applications] = await Promise.all([orNotFound(readSnapshot(ctx.db, productId)), listTestableApplications(ctx, productId)])
  // The test application has no plan, so no limit to try.
  const partners = applications.filter(({ kind }) => kind !== 'test')
  return (
    <>
      <PageHeader title="Limit lab" description="Send many calls through staging at the same moment and see how many a limit lets through, and what the others are told." />
      {partners.length === 0 ? (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState icon={<FlaskConical />} title="No application to try it with">
            Limits belong to a plan, and a call needs an application that is on one. <Link className="link" href="/applications/new">Make an application</Link> for a partner, or for yourself.
          </EmptyState>
        </div>
      ) : (
        <LimitLab productId={Number(productId)} prefill={suggestTestPath(config.mappingRules)} applications={partners} ready={config.upstream.privateBaseUrl !== null || config.backends.length > 0} />
      )}
    </>
  )
}
