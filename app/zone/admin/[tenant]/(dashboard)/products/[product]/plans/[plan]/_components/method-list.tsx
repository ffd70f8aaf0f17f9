'use client'

import { ListPlus, Search } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Field } from '@/components/ui/field'
import { useAction, useHydrated } from '@/components/ui/form'
import { exactNumber } from '@/components/ui/format'
import { Input } from '@/components/ui/input'
import { LinkButton } from '@/components/ui/link-button'
import { Select } from '@/components/ui/select'
import type { MatrixRow } from '@/lib/plans/queries'
import type { MethodSelection, NewMethods } from '@/lib/plans/schema'
import { editPlanAction, selectMethodsAction } from '../../_actions'
import { EnabledSwitch } from './enabled-switch'
import { LimitsDialog } from './limits-dialog'
import { MethodName } from './method-name'
import { MoreRows } from './more-rows'
import { periodPhrase } from './period-words'
import { useShownRows } from './use-shown-rows'

type Props = { planId: number; productId: number; newMethods: NewMethods; rows: MatrixRow[]; enabled: number; methods: number }

const quickButtons: { selection: MethodSelection; label: string }[] = [
  { selection: 'all', label: 'All' },
  { selection: 'none', label: 'None' },
  { selection: 'reads_only', label: 'Reads only' },
]

/** First view of a plan: each metric and method with on/off and its limits; above, what holds for many at once. */
export function MethodList({ planId, productId, newMethods, rows, enabled, methods }: Props) {
  const { query, setQuery, shown, found, hidden, showAll } = useShownRows(rows)
  const selecting = useAction(selectMethodsAction, { success: 'Methods saved' })
  const saving = useAction(editPlanAction, { success: 'Saved' })
  const hydrated = useHydrated()
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div>
          <p className="mb-1.5 text-sm font-semibold">
            Enable <span className="num ml-1 font-normal text-text-2">{`${exactNumber(enabled)} of ${exactNumber(methods)} methods enabled`}</span>
          </p>
          <div role="group" aria-label="Enable methods" className="flex gap-2">
            {quickButtons.map(({ selection, label }) => (
              <Button key={selection} disabled={methods === 0 || selecting.pending} onClick={() => selecting.run({ planId, selection })}>
                {label}
              </Button>
            ))}
          </div>
        </div>
        <Field label="Methods added later" className="w-full sm:w-64">
          <Select
            key={newMethods}
            defaultValue={newMethods}
            disabled={saving.pending || !hydrated}
            onChange={(event) => saving.run({ planId, newMethods: event.target.value as NewMethods })}
            options={[
              { value: 'enabled', label: 'Enabled' },
              { value: 'disabled', label: 'Disabled' },
              { value: 'reads_only', label: 'Reads only (GET and HEAD)' },
            ]}
          />
        </Field>
      </div>

      {methods === 0 && (
        <Card flush>
          <EmptyState icon={<ListPlus />} title="This product has no methods yet" action={<LinkButton href={`/products/${productId}/methods`} variant="primary">Go to Methods</LinkButton>}>
            Import an OpenAPI document or add methods, then decide here which of them this plan opens. Limits on Hits hold for every call already.
          </EmptyState>
        </Card>
      )}

      {rows.length > 8 && (
        <div className="relative max-w-sm">
          <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-text-3" />
          <Input type="search" className="pl-8" placeholder="Search methods" aria-label="Search methods" value={query} onChange={(event) => setQuery(event.target.value)} />
        </div>
      )}

      <div className="overflow-hidden rounded-lg border border-line bg-surface">
        <table className="w-full table-fixed border-collapse text-sm">
          <caption className="sr-only">Methods of this plan</caption>
          <thead className="bg-sunken/60 text-left text-xs text-text-2">
            <tr className="border-b border-line">
              <th scope="col" className="h-9 pr-2 pl-4 font-semibold">
                Method
              </th>
              <th scope="col" className="w-16 px-1 font-semibold sm:w-20 sm:px-2">
                Enabled
              </th>
              <th scope="col" className="w-20 pr-3 pl-1 text-right font-semibold sm:w-24 sm:pr-4">
                <span className="sr-only">Limits</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.metricId} className="border-line not-last:border-b">
                <th scope="row" className="py-2 pr-2 pl-4 text-left font-normal">
                  <MethodName row={row} />
                  <LimitBadges row={row} />
                </th>
                <td className="px-1 align-top sm:px-2">
                  <div className="flex h-9 items-center">{row.isMethod ? <EnabledSwitch planId={planId} row={row} /> : <span className="text-xs text-text-3">always</span>}</div>
                </td>
                <td className="py-1 pr-3 pl-1 text-right align-top sm:pr-4">
                  <LimitsDialog planId={planId} row={row} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <MoreRows found={found} hidden={hidden} showAll={showAll} />
      </div>
    </div>
  )
}

function LimitBadges({ row }: { row: MatrixRow }) {
  if (row.limits.length === 0) return null
  return (
    <span className="mt-1 flex flex-wrap gap-1">
      {row.limits.map((limit) => (
        <Badge key={limit.id} tone={limit.value === 0 ? 'warn' : 'neutral'} className="num">{`${exactNumber(limit.value)} ${periodPhrase(limit.period)}`}</Badge>
      ))}
    </span>
  )
}
