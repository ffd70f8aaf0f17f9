import type { Metadata } from 'next'
import { PlugZap } from 'lucide-react'
import { Badge, VerbPath } from '@/components/ui/badge'
import { DataTable, type Column } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { listIntegrationErrors } from '@/lib/accounting/queries'
import { orNotFound, pathId, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { EmptyList } from './_components/empty-list'

export const metadata: Metadata = { title: 'Integration errors' }

type Row = { id: number; error: React.ReactNode; message: string; call: React.ReactNode; target: string; at: string }

const columns: Column<Row>[] = [
  { key: 'error', header: 'Error', kind: 'node', valueKey: 'message', sortable: false },
  { key: 'call', header: 'Asked with', kind: 'node', valueKey: 'target', sortable: false, hideOnPhone: true },
  { key: 'at', header: 'When', kind: 'time', sortable: false },
]

export default async function IntegrationErrorsPage({ params, searchParams }: { params: Promise<{ product: string }>; searchParams: SearchParams }) {
  const ctx = await requireAdmin('gateway')
  const productId = pathId((await params).product)
  const { cursor } = await queryOf(searchParams)
  const page = Math.min(10, Math.max(1, Number.parseInt(cursor ?? '1', 10) || 1))
  const { errors, total, pages } = await orNotFound(listIntegrationErrors(ctx, { productId, page }))
  const rows = errors.map(({ id, code, message, request: { method = 'GET', path = '', query = '' }, createdAt }): Row => {
    const target = query === '' ? path : `${path}?${query}`
    return {
      id,
      message,
      target,
      error: (
        <span key={`error ${id}`} className="flex min-w-0 flex-col gap-1">
          <span className="break-words">{message}</span>
          <span>
            <Badge>{code}</Badge>
          </span>
        </span>
      ),
      call: (
        <span key={`call ${id}`} className="flex min-w-0 flex-col gap-1">
          <VerbPath verb={method} path={path} />
          {query !== '' && <span className="font-mono text-xs break-all whitespace-normal text-text-2">{readable(query)}</span>}
        </span>
      ),
      at: createdAt.toISOString(),
    }
  })
  return (
    <>
      <PageHeader
        title="Integration errors"
        description="What other gateways and plug-ins asked the accounting API wrongly: unknown applications, metrics or keys, values and times that cannot be read. The newest 1,000 are kept, with credentials masked."
        action={total > 0 && <EmptyList productId={Number(productId)} total={total} />}
      />
      <DataTable
        label="integration errors"
        rows={rows}
        columns={columns}
        server={{ next: page < pages ? String(page + 1) : null, previous: page > 1 ? String(page - 1) : null, total }}
        empty={
          <EmptyState icon={<PlugZap />} title="No integration errors">
            Nothing to mend. Gateways that report here with a wrong key, metric or time would show up with what they sent.
          </EmptyState>
        }
      />
    </>
  )
}

/** As a person reads it; what cannot be decoded stays as it was sent. */
function readable(query: string): string {
  try {
    return decodeURIComponent(query)
  } catch {
    return query
  }
}
