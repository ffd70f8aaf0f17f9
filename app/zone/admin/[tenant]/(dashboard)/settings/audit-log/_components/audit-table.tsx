'use client'

import { History } from 'lucide-react'
import { useState } from 'react'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { RelativeTime } from '@/components/ui/relative-time'
import { RowButton } from '@/components/ui/row-button'
import type { Plain } from '@/lib/request/plain'
import type { AuditItem } from '@/lib/tenants/list-audit'
import { AuditDetails } from './audit-details'
import { sayAction, sayNoun } from './audit-words'

export type AuditEntry = Plain<AuditItem>

const kinds = [
  { value: 'developer', label: 'Developers on the portal' },
  { value: 'system', label: 'The installation itself' },
  { value: 'visitor', label: 'Visitors, not signed in' },
]

export function AuditTable({ items, next, previous, nouns, members, timeZone }: { items: AuditEntry[]; next: string | null; previous: string | null; nouns: string[]; members: { id: number; name: string }[]; timeZone: string }) {
  const [shown, setShown] = useState<AuditEntry | null>(null)
  return (
    <>
      <DataTable
        label="entries"
        search="Search by name or request id"
        server={{ next, previous }}
        filters={[
          { key: 'since', label: 'When', options: [{ value: 'day', label: 'Last 24 hours' }, { value: 'week', label: 'Last 7 days' }, { value: 'month', label: 'Last 30 days' }] },
          { key: 'noun', label: 'What', options: nouns.map((noun) => ({ value: noun, label: sayNoun(noun) })) },
          { key: 'actor', label: 'Who', options: [...members.map(({ id, name }) => ({ value: `member:${id}`, label: name })), ...kinds] },
        ]}
        rows={items.map((item) => ({ ...item, item, actorName: item.actor.name, objectName: item.object.name ?? '' }))}
        columns={[
          {
            key: 'action',
            header: 'What',
            sortable: false,
            cell: ({ item }) => (
              <>
                <RowButton onClick={() => setShown(item)}>{sayAction(item.action)}</RowButton>
                <span className="block truncate text-xs text-text-3 sm:hidden">{[item.object.name, item.actor.name].filter(Boolean).join(' · ')}</span>
              </>
            ),
          },
          { key: 'objectName', header: 'On', sortable: false, hideOnPhone: true },
          { key: 'actorName', header: 'Who', sortable: false, hideOnPhone: true },
          { key: 'address', header: 'From', kind: 'mono', sortable: false, hideOnPhone: true },
          { key: 'at', header: 'When', sortable: false, cell: ({ item }) => <RelativeTime at={item.at} timeZone={timeZone} className="whitespace-nowrap text-text-2" /> },
        ]}
        empty={
          <EmptyState icon={<History />} title="Nothing has happened yet">
            Every change, sign-in and look at a key is written here.
          </EmptyState>
        }
      />
      {shown && <AuditDetails entry={shown} timeZone={timeZone} onClose={() => setShown(null)} />}
    </>
  )
}
