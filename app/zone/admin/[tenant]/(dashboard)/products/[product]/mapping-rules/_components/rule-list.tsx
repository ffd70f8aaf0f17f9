'use client'

import { Pencil, Route, Search, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Badge, VerbBadge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { SortableList } from '@/components/ui/sortable-list'
import type { MappingRuleDto } from '@/lib/products/queries'
import { deleteMappingRulesAction, reorderMappingRulesAction } from '../actions'
import { EditRule, NewRule, type MetricChoice } from './rule-form'

export function RuleList({ productId, rules, metrics }: { productId: number; rules: MappingRuleDto[]; metrics: MetricChoice[] }) {
  const [query, setQuery] = useState('')
  const [editing, setEditing] = useState<MappingRuleDto | null>(null)
  const reorder = useAction(reorderMappingRulesAction, { success: 'Order saved' })
  const words = query.trim().toLowerCase()
  const shown = words ? rules.filter((rule) => `${rule.verb} ${rule.pattern} ${rule.metric.name}`.toLowerCase().includes(words)) : rules

  if (rules.length === 0)
    return (
      <Card flush>
        <EmptyState icon={<Route aria-hidden />} title="No mapping rules yet" action={<NewRule productId={productId} metrics={metrics} />}>
          Without a rule the gateway answers every request with “No Mapping Rule matched”.
        </EmptyState>
      </Card>
    )
  return (
    <Card
      flush
      title={rules.length === 1 ? 'One rule' : `${rules.length} rules`}
      description="Drag to reorder, or use the arrows."
      action={
        <span className="relative block w-full sm:w-72">
          <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-text-3" />
          <Input type="search" className="pl-8" aria-label="Search mapping rules" placeholder="Search" value={query} onChange={(event) => setQuery(event.target.value)} />
        </span>
      }
    >
      <SortableList
        label="Mapping rules in order"
        items={shown}
        // Part of a list has no order of its own.
        disabled={words !== ''}
        nameOf={(rule) => `${rule.verb} ${rule.pattern}`}
        onReorder={(ids) => reorder.run({ productId, ruleIds: ids.map(String) })}
        render={(rule) => <RuleRow productId={productId} rule={rule} onEdit={() => setEditing(rule)} />}
      />
      {shown.length === 0 && <p className="px-4 py-8 text-center text-text-2">No rule matches “{query}”.</p>}
      {editing && <EditRule rule={editing} metrics={metrics} onClose={() => setEditing(null)} />}
    </Card>
  )
}

function RuleRow({ productId, rule, onEdit }: { productId: number; rule: MappingRuleDto; onEdit: () => void }) {
  const remove = useAction(deleteMappingRulesAction, { success: 'Mapping rule deleted' })
  const name = `${rule.verb} ${rule.pattern}`
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="flex min-w-0 flex-1 basis-64 items-center gap-x-2.5 gap-y-1 max-sm:flex-wrap">
        <VerbBadge verb={rule.verb} />
        <code className="min-w-0 font-mono text-[13px] max-sm:order-last max-sm:basis-full max-sm:break-all sm:truncate" title={rule.pattern}>
          {rule.pattern}
        </code>
        {rule.last && <Badge>Last</Badge>}
      </div>
      <p className="min-w-0 flex-1 basis-40 truncate text-text-2">
        <span className="num">+{rule.delta}</span> {rule.metric.name}
      </p>
      <span className="flex shrink-0">
        <Button variant="ghost" size="icon-sm" aria-label={`Edit ${name}`} title="Edit" icon={<Pencil aria-hidden />} onClick={onEdit} />
        <ConfirmDialog
          title="Delete this mapping rule?"
          confirmLabel="Delete mapping rule"
          onConfirm={() => remove.run({ productId, ruleIds: [rule.id] })}
          trigger={<Button variant="ghost" size="icon-sm" aria-label={`Delete ${name}`} title="Delete" icon={<Trash2 aria-hidden />} />}
        >
          Requests that only this rule matches are answered with “No Mapping Rule matched”: on staging at once, in production after the next promotion.
        </ConfirmDialog>
      </span>
    </div>
  )
}
