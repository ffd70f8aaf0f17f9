'use client'

import { Route, Search } from 'lucide-react'
import { useState } from 'react'
import type { MetricChoice } from '@/components/mapping-rules/rule-dialogs'
import { RuleRows } from '@/components/mapping-rules/rule-rows'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import type { MappingRuleDto } from '@/lib/products/queries'
import { deleteMappingRulesAction, editMappingRuleAction, reorderMappingRulesAction } from '../actions'
import { NewRule, ruleWords } from './new-rule'

export function RuleList({ productId, rules, metrics }: { productId: number; rules: MappingRuleDto[]; metrics: MetricChoice[] }) {
  const [query, setQuery] = useState('')
  const reorder = useAction(reorderMappingRulesAction, { success: 'Order saved' })
  const remove = useAction(deleteMappingRulesAction, { success: 'Mapping rule deleted' })
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
      <RuleRows
        rules={shown}
        words={ruleWords(metrics)}
        // Part of a list has no order of its own.
        sortable={words === ''}
        onReorder={(ruleIds) => reorder.run({ productId, ruleIds })}
        editAction={editMappingRuleAction}
        onDelete={(rule) => remove.run({ productId, ruleIds: [rule.id] })}
        deletion="Requests that only this rule matches are answered with “No Mapping Rule matched”: on staging at once, in production after the next promotion."
      />
      {shown.length === 0 && <p className="px-4 py-8 text-center text-text-2">No rule matches “{query}”.</p>}
    </Card>
  )
}
