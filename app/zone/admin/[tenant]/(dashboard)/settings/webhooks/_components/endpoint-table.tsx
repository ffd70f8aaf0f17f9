'use client'

import { Webhook } from 'lucide-react'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { RelativeTime } from '@/components/ui/relative-time'
import { EndpointState, type Endpoint } from './endpoint-state'

export function EndpointTable({ endpoints, timeZone }: { endpoints: Endpoint[]; timeZone: string }) {
  return (
    <DataTable
      label="webhooks"
      rows={endpoints.map((endpoint) => ({ ...endpoint, endpoint, href: `/settings/webhooks/${endpoint.id}`, told: `${endpoint.events.length} event${endpoint.events.length === 1 ? '' : 's'}` }))}
      columns={[
        { key: 'url', header: 'URL', kind: 'mono', hrefKey: 'href' },
        { key: 'told', header: 'Tells about', hideOnPhone: true },
        { key: 'last', header: 'Last delivery', sortable: false, hideOnPhone: true, cell: ({ endpoint }) => (endpoint.last ? <RelativeTime at={endpoint.last.at} timeZone={timeZone} className="whitespace-nowrap text-text-2" /> : 'None yet') },
        { key: 'state', header: 'State', sortable: false, cell: ({ endpoint }) => <EndpointState endpoint={endpoint} /> },
      ]}
      empty={<EmptyState icon={<Webhook />} title="No webhooks" />}
    />
  )
}
