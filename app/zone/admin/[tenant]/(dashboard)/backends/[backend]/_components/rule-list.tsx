'use client'

import { Plus } from 'lucide-react'
import { NewRuleDialog, type MetricChoice, type RuleWords } from '@/components/mapping-rules/rule-dialogs'
import { RuleRows } from '@/components/mapping-rules/rule-rows'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Code } from '@/components/ui/code-block'
import { useAction } from '@/components/ui/form'
import type { BackendRuleDto } from '@/lib/backends/queries'
import { createBackendRuleAction, deleteBackendRuleAction, editBackendRuleAction, reorderBackendRulesAction } from '../../actions'

export function RuleList({ backendId, rules, metrics }: { backendId: number; rules: BackendRuleDto[]; metrics: MetricChoice[] }) {
  const reorder = useAction(reorderBackendRulesAction, { success: 'Order saved' })
  const remove = useAction(deleteBackendRuleAction, { success: 'Mapping rule deleted' })
  const words: RuleWords = {
    metrics,
    placeholder: '/{id}$',
    hint: (
      <>
        Below the path the backend is mounted under. <Code>{'{id}'}</Code> stands for one part between slashes, <Code>$</Code> at the end for exactly this path.
      </>
    ),
  }
  return (
    <Card
      id="mapping-rules"
      title="Mapping rules"
      description="Paths as the backend knows them; products put their mount path before. They are tried after a product’s own rules."
      action={
        <NewRuleDialog
          words={words}
          owner={{ backendId }}
          action={createBackendRuleAction}
          trigger={
            <Button size="sm" icon={<Plus aria-hidden />}>
              New mapping rule
            </Button>
          }
        />
      }
      flush
    >
      <RuleRows
        rules={rules}
        words={words}
        onReorder={(ruleIds) => reorder.run({ backendId, ruleIds })}
        editAction={editBackendRuleAction}
        onDelete={(rule) => remove.run({ ruleId: rule.id })}
        deletion="On staging of every product that mounts the backend it goes at once, in production with the next promotion."
      />
      {rules.length === 0 && <p className="px-4 py-6 text-center text-text-2">No rules yet: calls to this backend need a rule of the product itself.</p>}
    </Card>
  )
}
