'use client'

import { useState } from 'react'
import { DataTable } from '@/components/ui/data-table'
import { RowButton } from '@/components/ui/row-button'
import type { MetricDto } from '@/lib/products/queries'
import { EditMetric } from './edit-metric'
import { NewMethods } from './new-methods'

/** Other things to count and limit, beside calls; Hits is always among them. */
export function MetricTable({ productId, metrics }: { productId: number; metrics: MetricDto[] }) {
  const [editing, setEditing] = useState<MetricDto | null>(null)
  const byId = new Map(metrics.map((metric) => [metric.id, metric]))
  return (
    <div className="mt-8">
      <DataTable
        label="metrics"
        title="Metrics"
        toolbar={<NewMethods productId={productId} kind="metric" trigger="secondary" />}
        urlPrefix="metric-"
        rows={metrics.map(({ id, name, systemName, unit, mappingRules, limits }) => ({ id, name, systemName, unit, mappingRules, limits }))}
        columns={[
          {
            key: 'name',
            header: 'Metric',
            cell: (row) => <RowButton onClick={() => setEditing(byId.get(row.id) ?? null)}>{row.name}</RowButton>,
            valueKey: 'name',
          },
          { key: 'systemName', header: 'System name', kind: 'mono' },
          { key: 'unit', header: 'Unit', hideOnPhone: true },
          { key: 'mappingRules', header: 'Mapping rules', kind: 'number', align: 'right', hideOnPhone: true },
          { key: 'limits', header: 'Limits', kind: 'number', align: 'right', hideOnPhone: true },
        ]}
        empty={null}
      />
      {editing && <EditMetric productId={productId} metric={editing} onClose={() => setEditing(null)} />}
    </div>
  )
}
