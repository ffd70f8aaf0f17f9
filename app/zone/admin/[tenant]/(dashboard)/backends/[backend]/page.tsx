import type { Metadata } from 'next'
import Link from 'next/link'
import { CrumbName } from '@/components/shell/crumb-names'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { SectionNav } from '@/components/ui/section-nav'
import { getBackend, listBackendMetrics, listBackendRules, listMounts } from '@/lib/backends/queries'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { DeleteBackend } from './_components/delete-backend'
import { Facts } from './_components/facts'
import { HealthCheckForm } from './_components/health-check'
import { MetricList } from './_components/metric-list'
import { RuleList } from './_components/rule-list'
import { Servers } from './_components/servers'

export const metadata: Metadata = { title: 'Backend' }

const sections = [
  { id: 'servers', label: 'Servers' },
  { id: 'health-check', label: 'Health check' },
  { id: 'methods', label: 'Methods & metrics' },
  { id: 'mapping-rules', label: 'Mapping rules' },
  { id: 'mounted', label: 'Mounted by' },
  { id: 'facts', label: 'Name' },
]

export default async function BackendPage({ params }: { params: Promise<{ backend: string }> }) {
  const ctx = await requireAdmin('gateway')
  const backendId = pathId((await params).backend)
  const [backend, metrics, rules, mounts] = await Promise.all([
    pageData(getBackend(ctx, backendId)),
    pageData(listBackendMetrics(ctx, backendId)),
    pageData(listBackendRules(ctx, backendId)),
    pageData(listMounts(ctx, { backendId })),
  ])
  return (
    <>
      <CrumbName path={`/backends/${backend.id}`} name={backend.name} />
      <PageHeader title={backend.name} description={backend.description || 'An API that products mount under a path. Staging follows every change at once, production when the product is promoted.'} />
      <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_9rem] xl:gap-8">
        <SectionNav items={sections} className="order-last hidden xl:sticky xl:top-18 xl:block xl:self-start" />
        <div className="flex min-w-0 flex-col gap-6">
          <Servers backendId={backend.id} servers={backend.servers} hostHeader={backend.hostHeader} />
          <HealthCheckForm backendId={backend.id} healthCheck={backend.healthCheck} />
          <MetricList backendId={backend.id} metrics={metrics} />
          <RuleList backendId={backend.id} rules={rules} metrics={metrics.map(({ id, name, parentId }) => ({ id, name, isMethod: parentId !== null }))} />
          <Card id="mounted" title="Mounted by" description="Mount it on a product’s Gateway page." flush>
            <ul className="divide-y divide-line">
              {mounts.map((mount) => (
                <li key={mount.id} className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
                  <Link href={`/products/${mount.product.id}/gateway#backends`} className="link min-w-0 flex-1 basis-40 truncate font-semibold">
                    {mount.product.name}
                  </Link>
                  <code className="min-w-0 flex-1 basis-40 truncate font-mono text-[13px]">{mount.path}</code>
                </li>
              ))}
              {mounts.length === 0 && <li className="px-4 py-6 text-center text-text-2">No product mounts it yet.</li>}
            </ul>
          </Card>
          <Facts backend={backend} />
          <DeleteBackend backendId={backend.id} name={backend.name} systemName={backend.systemName} products={mounts.map((mount) => mount.product.name)} />
        </div>
      </div>
    </>
  )
}
