'use client'

import { Badge, VerbPath } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { DataTable } from '@/components/ui/data-table'
import type { ImportPlan } from '@/lib/products/openapi/plan-import'

const outcomes = {
  create: { word: 'Create', tone: 'good' },
  change: { word: 'Change', tone: 'accent' },
  remove: { word: 'Remove', tone: 'bad' },
  keep: { word: 'Keep, marked', tone: 'warn' },
} as const

type Row = { id: string; outcome: keyof typeof outcomes; verb: string; path: string; name: string; detail: string }

/** What would happen, line by line, before anything does. */
export function PreviewPlan({ plan, problem, onImport, onBack }: { plan: ImportPlan; problem?: string; onImport: () => void; onBack: () => void }) {
  const rows = rowsOf(plan)
  const nothing = rows.length === 0 && !plan.removesCatchAll
  return (
    <div className="flex flex-col gap-5">
      {problem && (
        <Callout kind="danger" title="Nothing was imported">
          {problem}
        </Callout>
      )}
      <Card
        title={`${plan.document.title} ${plan.document.version}`}
        description={`${plan.document.format}, ${plan.document.operations.toLocaleString('en')} operations: ${plan.create.length} to create, ${plan.change.length} to change, ${plan.remove.length} to remove,${plan.keep.length > 0 ? ` ${plan.keep.length} to keep and mark,` : ''} ${plan.unchanged} as they are.`}
        action={
          <div className="flex flex-wrap gap-2">
            <Button onClick={onBack}>Choose another document</Button>
            <Button variant="primary" onClick={onImport} disabled={nothing}>
              {importLabel(plan)}
            </Button>
          </div>
        }
      >
        <ul className="flex flex-col gap-1 text-text-2">
          {plan.removesCatchAll && <li>The rule for all paths that came with the product goes: beside the new rules it would count every call twice.</li>}
          {plan.baseUrlSuggestion && (
            <li>
              The document names <code className="font-mono text-[13px]">{plan.baseUrlSuggestion}</code> as its server; we suggest it as the private base URL.
            </li>
          )}
          {nothing && <li>Everything in this document is here already.</li>}
        </ul>
      </Card>
      {looksForeign(plan) && (
        <Callout kind="warning" title="Is this the right document?">
          Most methods of this product are not in it. For another API, version or environment make a product of its own.
        </Callout>
      )}
      {plan.warnings.map((warning) => (
        <Callout key={warning} kind="warning">
          {warning}
        </Callout>
      ))}
      {rows.length > 0 && (
        <DataTable
          label="operations"
          rows={rows}
          search="Search by path or name"
          filters={[{ key: 'outcome', label: 'What happens', options: Object.entries(outcomes).map(([value, { word }]) => ({ value, label: word })) }]}
          columns={[
            { key: 'path', header: 'Operation', cell: (row) => <VerbPath verb={row.verb} path={row.path} />, valueKey: 'path' },
            { key: 'outcome', header: 'What happens', width: 'w-36', cell: (row) => <Badge tone={outcomes[row.outcome].tone}>{outcomes[row.outcome].word}</Badge>, valueKey: 'outcome' },
            { key: 'name', header: 'Method', detailKey: 'detail', hideOnPhone: true },
          ]}
          empty={null}
        />
      )}
    </div>
  )
}

function rowsOf(plan: ImportPlan): Row[] {
  const line = (outcome: Row['outcome'], each: { verb: string; path: string; name: string }, detail = ''): Row => ({ id: `${outcome} ${each.verb} ${each.path}`, outcome, verb: each.verb, path: each.path, name: each.name, detail })
  return [
    ...plan.remove.map((each) => line('remove', each)),
    ...plan.keep.map((each) => line('keep', each, each.hasUsage ? 'It has usage.' : `It has ${each.limits === 1 ? 'a limit' : `${each.limits} limits`}.`)),
    ...plan.change.map((each) => line('change', each, each.changes.map(({ field, from, to }) => `${field}: ${from ?? 'none'} → ${to ?? 'none'}`).join('; '))),
    ...plan.create.map((each) => line('create', each)),
  ]
}

function importLabel({ create, change, remove }: ImportPlan): string {
  const total = create.length + change.length
  const methods = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'method' : 'methods'}`
  if (remove.length === 0) return total === 0 ? 'Import' : `Import ${methods(total)}`
  return total === 0 ? `Remove ${methods(remove.length)}` : `Import ${methods(total)}, remove ${remove.length.toLocaleString('en')}`
}

/** More goes than stays: somebody may have taken the file of another API. */
function looksForeign({ remove, keep, change, unchanged }: ImportPlan): boolean {
  const gone = remove.length + keep.length
  return gone >= 5 && gone > change.length + unchanged
}
