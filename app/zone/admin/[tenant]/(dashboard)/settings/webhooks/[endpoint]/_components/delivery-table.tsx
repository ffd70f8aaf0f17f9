'use client'

import { RefreshCw, Send } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { StateDot } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { RelativeTime } from '@/components/ui/relative-time'
import { RowButton } from '@/components/ui/row-button'
import type { Plain } from '@/lib/request/plain'
import type { DeliveryItem } from '@/lib/webhooks/queries'
import { TEST_TYPE, webhookEvents } from '@/lib/webhooks/webhook-events'
import { DeliverySheet } from './delivery-sheet'
import { sayOutcome } from './delivery-words'

export type Delivery = Plain<DeliveryItem>

type Page = { items: Delivery[]; nextCursor: string | null; previousCursor: string | null; total: number }

const states = {
  pending: { tone: 'warn', word: 'Waiting' },
  sending: { tone: 'warn', word: 'Being sent' },
  delivered: { tone: 'good', word: 'Delivered' },
  failed: { tone: 'bad', word: 'Failed' },
} as const

const typeOptions = [...webhookEvents.map(({ type }) => ({ value: type, label: type })), { value: TEST_TYPE, label: TEST_TYPE }]

export function DeliveryTable({ deliveries, timeZone, active }: { deliveries: Page; timeZone: string; active: boolean }) {
  const router = useRouter()
  const [openId, setOpenId] = useState<number | null>(null)
  const shown = deliveries.items.find(({ id }) => id === openId)
  return (
    <>
      <DataTable
        label="deliveries"
        title="Deliveries"
        server={{ next: deliveries.nextCursor, previous: deliveries.previousCursor, total: deliveries.total }}
        filters={[
          { key: 'state', label: 'State', options: Object.entries(states).map(([value, { word }]) => ({ value, label: word })) },
          { key: 'type', label: 'Event', options: typeOptions },
        ]}
        toolbar={
          <Button size="sm" icon={<RefreshCw aria-hidden />} onClick={() => router.refresh()}>
            Refresh
          </Button>
        }
        rows={deliveries.items.map((item) => ({ ...item, item }))}
        columns={[
          {
            key: 'type',
            header: 'Event',
            sortable: false,
            cell: ({ item }) => (
              <div className="min-w-0">
                <RowButton onClick={() => setOpenId(item.id)}>{item.type}</RowButton>
                <span className="block truncate text-xs text-text-3">{sayOutcome(item.lastStatus, item.lastError)}</span>
                <RelativeTime at={item.createdAt} timeZone={timeZone} className="text-xs text-text-3 sm:hidden" />
              </div>
            ),
          },
          { key: 'state', header: 'State', sortable: false, cell: ({ item }) => <StateDot tone={states[item.state].tone}>{states[item.state].word}</StateDot> },
          { key: 'attempts', header: 'Tries', kind: 'number', sortable: false, hideOnPhone: true },
          {
            key: 'nextTryAt',
            header: 'Next try',
            sortable: false,
            hideOnPhone: true,
            cell: ({ item }) => (item.nextTryAt ? <RelativeTime at={item.nextTryAt} timeZone={timeZone} className="whitespace-nowrap text-text-2" /> : null),
          },
          { key: 'createdAt', header: 'When', sortable: false, hideOnPhone: true, cell: ({ item }) => <RelativeTime at={item.createdAt} timeZone={timeZone} className="whitespace-nowrap text-text-2" /> },
        ]}
        empty={
          <EmptyState icon={<Send />} title="Nothing sent yet">
            {active ? 'What you ticked will show here with request, answer and every try. Send a test to see it at once.' : 'Switch the webhook on, then send a test.'}
          </EmptyState>
        }
      />
      {shown && <DeliverySheet key={`${shown.id}:${shown.attempts}:${shown.state}`} delivery={shown} timeZone={timeZone} active={active} onClose={() => setOpenId(null)} />}
    </>
  )
}
