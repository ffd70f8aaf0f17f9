import { Server } from 'lucide-react'
import type { Metadata } from 'next'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { listBackends } from '@/lib/backends/queries'
import { pageData } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { NewBackend } from './_components/new-backend'

export const metadata: Metadata = { title: 'Backends' }

export default async function BackendsPage() {
  const ctx = await requireAdmin('gateway')
  const backends = await pageData(listBackends(ctx))
  const rows = backends.map((backend) => ({
    id: backend.id,
    href: `/backends/${backend.id}`,
    name: backend.name,
    systemName: backend.systemName,
    address: backend.privateBaseUrl,
    servers: backend.servers.length,
    methods: backend.methods,
    mappingRules: backend.mappingRules,
    products: backend.products.length === 0 ? 'Nowhere yet' : backend.products.join(', '),
  }))
  return (
    <>
      <PageHeader title="Backends" description="The APIs behind your products. A backend brings its own methods and rules, and several products may mount it under a path." action={<NewBackend />} />
      <DataTable
        label="backends"
        rows={rows}
        search="Search by name or address"
        exportName="backends"
        columns={[
          { key: 'name', header: 'Backend', detailKey: 'systemName' },
          { key: 'address', header: 'Private base URL', kind: 'mono', hideOnPhone: true },
          { key: 'products', header: 'Mounted by' },
          { key: 'servers', header: 'Servers', kind: 'number', align: 'right', hideOnPhone: true },
          { key: 'methods', header: 'Methods', kind: 'number', align: 'right', hideOnPhone: true },
          { key: 'mappingRules', header: 'Rules', kind: 'number', align: 'right', hideOnPhone: true },
        ]}
        empty={
          <EmptyState icon={<Server aria-hidden />} title="No backends yet" action={<NewBackend />}>
            One API of yours is enough for most products: name it on the product’s Gateway page. Backends are for several APIs under the paths of one product, or one API shared by several.
          </EmptyState>
        }
      />
    </>
  )
}
