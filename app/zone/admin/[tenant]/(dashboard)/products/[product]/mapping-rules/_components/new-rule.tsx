'use client'

import { Plus } from 'lucide-react'
import { NewRuleDialog, type MetricChoice, type RuleWords } from '@/components/mapping-rules/rule-dialogs'
import { Button } from '@/components/ui/button'
import { Code } from '@/components/ui/code-block'
import { createMappingRuleAction } from '../actions'

export function NewRule({ productId, metrics }: { productId: number; metrics: MetricChoice[] }) {
  return (
    <NewRuleDialog
      words={ruleWords(metrics)}
      owner={{ productId }}
      action={createMappingRuleAction}
      trigger={
        <Button variant="primary" icon={<Plus aria-hidden />}>
          New mapping rule
        </Button>
      }
    />
  )
}

/** What rules of a product may count and how their patterns are written. */
export function ruleWords(metrics: MetricChoice[]): RuleWords {
  return {
    metrics,
    placeholder: '/orders/{id}$',
    hint: (
      <>
        Matches from the start of the path. <Code>{'{id}'}</Code> stands for one part between slashes, <Code>{'{path+}'}</Code> for several, <Code>$</Code> at the end for exactly this path,{' '}
        <Code>?status=open</Code> for a query parameter.
      </>
    ),
  }
}
