import { Boxes } from 'lucide-react'
import type { Metadata } from 'next'
import { Sparkline } from '@/components/charts/sparkline'
import { Badge, StateDot } from '@/components/ui/badge'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { listProductActivity } from '@/lib/metering/usage-overview'
import { listProducts } from '@/lib/products/queries'
import { pageData } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { productPermissions } from '@/lib/tenants/context'
import { NewProduct } from '../_components/new-product'

export const metadata: Metadata = { title: 'APIs' }

export default async function ProductsPage() {
  const ctx = await requireAdmin(...productPermissions)
  const [products, activity] = await Promise.all([pageData(listProducts(ctx)), pageData(listProductActivity(ctx))])
  const rows = products.map((product) => {
    const calls = activity.find((each) => each.productId === product.id)
    return {
      id: product.id,
      href: `/products/${product.id}`,
      name: product.name,
      systemName: product.systemName,
      calls: calls?.calls ?? 0,
      trend: <Sparkline values={calls?.series ?? Array<number>(24).fill(0)} label={`Calls of ${product.name} in the last 24 hours`} />,
      errorShare: errorShare(calls?.calls ?? 0, calls?.failures ?? 0),
      applications: product.applications,
      methods: product.methods,
      live: product.liveVersion === null ? 'Staging only' : `Version ${product.liveVersion}`,
      state: product.liveVersion === null ? <StateDot tone="warn">Staging only</StateDot> : <StateDot tone="good">Live, version {product.liveVersion}</StateDot>,
      isDefault: product.isDefault ? <Badge>Default</Badge> : null,
    }
  })
  return (
    <>
      <PageHeader title="APIs" description="What you offer: one product per API, version or environment." action={ctx.permissions.has('products') ? <NewProduct /> : undefined} />
      <DataTable
        label="products"
        rows={rows}
        search="Search by name"
        exportName="products"
        columns={[
          { key: 'name', header: 'Product', detailKey: 'systemName' },
          { key: 'state', header: 'Gateway', kind: 'node', valueKey: 'live' },
          { key: 'trend', header: 'Last 24 hours', kind: 'node', hideOnPhone: true, sortable: false },
          { key: 'calls', header: 'Calls', kind: 'number', align: 'right' },
          { key: 'errorShare', header: 'Errors', align: 'right', hideOnPhone: true },
          { key: 'methods', header: 'Methods', kind: 'number', align: 'right', hideOnPhone: true },
          { key: 'applications', header: 'Applications', kind: 'number', align: 'right', hideOnPhone: true },
        ]}
        empty={
          <EmptyState icon={<Boxes aria-hidden />} title="No products yet" action={ctx.permissions.has('products') ? <NewProduct /> : undefined}>
            A product is an API as your partners see it: its methods, its plans, its gateway.
          </EmptyState>
        }
      />
    </>
  )
}

function errorShare(calls: number, failures: number): string {
  if (calls === 0) return '—'
  const share = (failures / calls) * 100
  return `${share < 10 ? share.toFixed(1) : Math.round(share)} %`
}
