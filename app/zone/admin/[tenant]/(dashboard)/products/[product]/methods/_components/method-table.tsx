'use client'

import { ListTree, Trash2, Upload } from 'lucide-react'
import { useState } from 'react'
import { Badge, VerbBadge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { DataTable } from '@/components/ui/data-table'
import { ConfirmDialog } from '@/components/ui/dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { useAction } from '@/components/ui/form'
import { LinkButton } from '@/components/ui/link-button'
import { RowButton } from '@/components/ui/row-button'
import type { MetricDto } from '@/lib/products/queries'
import { deleteMetricsAction } from '../actions'
import { EditMetric } from './edit-metric'
import { NewMethods } from './new-methods'

export function MethodTable({ productId, importHref, methods }: { productId: number; importHref: string; methods: MetricDto[] }) {
  const [editing, setEditing] = useState<MetricDto | null>(null)
  const rows = methods.map((method) => ({
    id: method.id,
    name: method.name,
    systemName: method.systemName,
    verb: method.verb ?? '',
    path: method.path ?? '',
    mappingRules: method.mappingRules,
    limits: method.limits,
    mark: method.removedFromDocumentAt ? 'removed' : method.mappingRules === 0 ? 'unmapped' : 'mapped',
  }))
  const byId = new Map(methods.map((method) => [method.id, method]))
  return (
    <>
      <DataTable
        label="methods"
        rows={rows}
        search="Search by name or path"
        exportName="methods"
        filters={[
          { key: 'verb', label: 'Verb', options: [...new Set(rows.map((row) => row.verb).filter(Boolean))].sort().map((verb) => ({ value: verb, label: verb })) },
          {
            key: 'mark',
            label: 'Mapping',
            options: [
              { value: 'mapped', label: 'Has a mapping rule' },
              { value: 'unmapped', label: 'Never counted: no mapping rule' },
              { value: 'removed', label: 'No longer in the document' },
            ],
          },
        ]}
        columns={[
          {
            key: 'name',
            header: 'Method',
            cell: (row) => <RowButton onClick={() => setEditing(byId.get(row.id) ?? null)}>{row.name}</RowButton>,
            valueKey: 'name',
          },
          { key: 'systemName', header: 'System name', kind: 'mono', hideOnPhone: true },
          { key: 'verb', header: 'Verb', width: 'w-20', cell: (row) => (row.verb ? <VerbBadge verb={row.verb} /> : <span className="text-text-3">—</span>), valueKey: 'verb', hideOnPhone: true },
          {
            key: 'mark',
            header: 'Mapping',
            valueKey: 'mark',
            cell: (row) =>
              row.mark === 'removed' ? (
                <Badge tone="warn">No longer in the document</Badge>
              ) : row.mappingRules === 0 ? (
                <Badge tone="warn">No rule</Badge>
              ) : (
                <span className="text-text-2">{row.mappingRules === 1 ? 'One rule' : `${row.mappingRules} rules`}</span>
              ),
          },
          { key: 'limits', header: 'Limits', kind: 'number', align: 'right', hideOnPhone: true },
        ]}
        bulkActions={(ids, clear) => <DeleteMethods productId={productId} ids={ids} onDone={clear} />}
        empty={
          <EmptyState
            icon={<ListTree aria-hidden />}
            title="No methods yet"
            action={
              <div className="flex flex-wrap justify-center gap-2">
                <LinkButton href={importHref} variant="primary" icon={<Upload aria-hidden />}>
                  Import
                </LinkButton>
                <NewMethods productId={productId} kind="method" trigger="secondary" />
              </div>
            }
          >
            Import your OpenAPI file and every operation becomes a method with its mapping rule, or write them down one by one.
          </EmptyState>
        }
      />
      {editing && <EditMetric productId={productId} metric={editing} onClose={() => setEditing(null)} />}
    </>
  )
}

function DeleteMethods({ productId, ids, onDone }: { productId: number; ids: string[]; onDone: () => void }) {
  const { run } = useAction(deleteMetricsAction, { success: ids.length === 1 ? 'Method deleted' : `${ids.length} methods deleted`, onDone })
  const what = ids.length === 1 ? 'this method' : `these ${ids.length} methods`
  return (
    <ConfirmDialog
      title={`Delete ${what}?`}
      confirmLabel={ids.length === 1 ? 'Delete method' : `Delete ${ids.length} methods`}
      onConfirm={() => run({ productId, metricIds: ids })}
      trigger={
        <Button variant="danger" size="sm" icon={<Trash2 aria-hidden />}>
          Delete {ids.length === 1 ? 'method' : `${ids.length} methods`}
        </Button>
      }
    >
      Their mapping rules and limits go too. Calls counted so far stay in the usage figures, and production counts them until you promote again.
    </ConfirmDialog>
  )
}
