'use client'

import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { EditRuleDialog, type Rule, type RuleWords } from '@/components/mapping-rules/rule-dialogs'
import { Badge, VerbBadge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import type { ActionFormProps } from '@/components/ui/form'
import { SortableList } from '@/components/ui/sortable-list'

type Shared = {
  onDelete: (rule: Rule) => void
  /** What becomes of calls when a rule goes, said before it does. */
  deletion: string
}

/** Mapping rules in the order they are tried: to sort, edit and delete. */
export function RuleRows({
  rules,
  words,
  sortable = true,
  onReorder,
  editAction,
  onDelete,
  deletion,
}: Shared & { rules: Rule[]; words: RuleWords; sortable?: boolean; onReorder: (ruleIds: string[]) => void; editAction: ActionFormProps<unknown>['action'] }) {
  const [editing, setEditing] = useState<Rule | null>(null)
  return (
    <>
      <SortableList
        label="Mapping rules in order"
        items={rules}
        disabled={!sortable}
        nameOf={nameOf}
        onReorder={(ids) => onReorder(ids.map(String))}
        render={(rule) => <RuleRow rule={rule} onEdit={() => setEditing(rule)} onDelete={onDelete} deletion={deletion} />}
      />
      {editing && <EditRuleDialog words={words} rule={editing} action={editAction} onClose={() => setEditing(null)} />}
    </>
  )
}

function RuleRow({ rule, onEdit, onDelete, deletion }: Shared & { rule: Rule; onEdit: () => void }) {
  const name = nameOf(rule)
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
          onConfirm={() => onDelete(rule)}
          trigger={<Button variant="ghost" size="icon-sm" aria-label={`Delete ${name}`} title="Delete" icon={<Trash2 aria-hidden />} />}
        >
          {deletion}
        </ConfirmDialog>
      </span>
    </div>
  )
}

const nameOf = (rule: Rule) => `${rule.verb} ${rule.pattern}`
