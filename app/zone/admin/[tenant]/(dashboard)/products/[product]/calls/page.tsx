import type { Metadata } from 'next'
import { PhoneIncoming, Route } from 'lucide-react'
import { StatusWord } from '@/components/calls/status-word'
import { strangerWords } from '@/components/calls/stranger-words'
import { VerbPath } from '@/components/ui/badge'
import { DataTable, type Column } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { outcomeWords } from '@/lib/analytics/outcome-words'
import { listTestableApplications } from '@/lib/applications/queries'
import { listCalls, type CallItem } from '@/lib/calls/queries'
import { getGatewaySettings } from '@/lib/products/queries'
import { orNotFound, pathId, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { toPlain } from '@/lib/request/plain'
import { NewCalls } from './_components/new-calls'
import { callFiltersOf } from './_filters'

export const metadata: Metadata = { title: 'Calls' }

type Row = CallItem & { href: string; call: React.ReactNode; answer: React.ReactNode; who: string; where: string }

const columns: Column<Row>[] = [
  { key: 'call', header: 'Call', kind: 'node', valueKey: 'target', sortable: false },
  { key: 'answer', header: 'Answer', kind: 'node', valueKey: 'status', sortable: false },
  { key: 'who', header: 'Application', sortable: false, hideOnPhone: true },
  { key: 'where', header: 'Environment', sortable: false, hideOnPhone: true },
  { key: 'durationMs', header: 'Took', kind: 'duration', sortable: false, hideOnPhone: true },
  { key: 'at', header: 'When', kind: 'time', sortable: false, hideOnPhone: true },
]

const refusals = ['any', 'credentials_missing', 'credentials_malformed', 'key_unknown', 'no_match', 'application_not_live', 'account_not_approved', 'method_disabled', 'limits_exceeded', 'bursts_exceeded', 'end_user_unknown', 'upstream_unreachable', 'upstream_timed_out']

/** How much of what went well is kept beside the rest. */
function sampleWords(percent: number): string {
  if (percent === 0) return '. Calls that went well are not kept.'
  return percent === 100 ? ', and every call that went well.' : `, and ${percent} of a hundred calls that went well.`
}

export default async function CallsPage({ params, searchParams }: { params: Promise<{ product: string }>; searchParams: SearchParams }) {
  const ctx = await requireAdmin('gateway')
  const productId = pathId((await params).product)
  const gateway = await orNotFound(getGatewaySettings(ctx, productId))
  const query = await queryOf(searchParams)
  const [page, applications] = await Promise.all([listCalls(ctx, { productId }, callFiltersOf(query)), listTestableApplications(ctx, productId)])
  const at = `/products/${productId}/calls`
  const rows = page.items.map((call): Row => ({
    ...call,
    href: `${at}/${call.id}`,
    call: (
      <span className="flex min-w-0 flex-col gap-0.5">
        <VerbPath verb={call.method} path={call.target} />
        <span className="text-xs font-normal whitespace-normal text-text-3 sm:hidden">
          <RelativeTime at={call.at} timeZone={ctx.tenant.timezone} />
          {call.refusal && ` · ${outcomeWords(call.refusal)}`}
        </span>
      </span>
    ),
    answer: <StatusWord status={call.status} words={call.refusal && outcomeWords(call.refusal)} />,
    who: call.application?.name ?? strangerWords(call.refusal),
    where: call.environment === 'staging' ? 'Staging' : 'Production',
  }))
  return (
    <>
      <PageHeader
        title="Calls"
        description={`Refusals and failures of the last seven days${sampleWords(gateway.callSamplePercent)}`}
        action={
          <span className="flex flex-wrap gap-2">
            <LinkButton href={`${at}/integration-errors`}>Integration errors</LinkButton>
            <LinkButton href={`${at}/simulator`} variant="primary" icon={<Route aria-hidden />}>
              Simulate a call
            </LinkButton>
          </span>
        }
      />
      <NewCalls productId={Number(productId)} newestId={page.newestId} filters={query} />
      <DataTable
        label="calls"
        search="Path or request id"
        rows={toPlain(rows.map(({ call: _call, answer: _answer, ...row }) => row)).map((row, index) => ({ ...row, call: rows[index]!.call, answer: rows[index]!.answer }))}
        columns={columns}
        filters={[
          { key: 'application', label: 'Application', options: [...applications.map(({ id, name, account }) => ({ value: String(id), label: account ? `${name}, ${account}` : name })), { value: 'strangers', label: 'No application known' }] },
          { key: 'status', label: 'Status', options: ['2xx', '3xx', '4xx', '5xx'].map((value) => ({ value, label: value })) },
          { key: 'refusal', label: 'Refusal', options: refusals.map((value) => ({ value, label: value === 'any' ? 'Any refusal' : outcomeWords(value) })) },
          { key: 'environment', label: 'Environment', options: [{ value: 'production', label: 'Production' }, { value: 'staging', label: 'Staging' }] },
          { key: 'method', label: 'Verb', options: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((value) => ({ value, label: value })) },
        ]}
        server={{ next: page.nextCursor, previous: page.previousCursor, total: page.total }}
        empty={
          <EmptyState
            icon={<PhoneIncoming />}
            title="No calls yet"
            action={
              <LinkButton href={`/products/${productId}/gateway#test`} variant="primary">
                Test the integration
              </LinkButton>
            }
          >
            Calls show here within a second or two: what was refused and why, what your API answered, and how long it took.
          </EmptyState>
        }
      />
    </>
  )
}
