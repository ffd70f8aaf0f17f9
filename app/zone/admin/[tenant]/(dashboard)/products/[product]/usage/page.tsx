import { ChartNoAxesColumn, Download, X } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { Chart } from '@/components/charts/chart'
import { Badge, VerbBadge } from '@/components/ui/badge'
import { Card, Figure } from '@/components/ui/card'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { duration, exactNumber, slotLabel, zoneName } from '@/components/ui/format'
import { LinkButton } from '@/components/ui/link-button'
import { CompactNumber } from '@/components/ui/number'
import { PageHeader } from '@/components/ui/page-header'
import { SegmentedLinks } from '@/components/ui/segmented'
import { kindOfOutcome } from '@/lib/metering/outcome-kind'
import { hasSampleUsage, listCallsByOutcome, listUsageByApplication, listUsageByMetric } from '@/lib/metering/queries'
import { usageSeries } from '@/lib/metering/usage-series'
import { listMetrics } from '@/lib/products/queries'
import { orNotFound, pathId, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { spanOf, spans, usageQuery } from './_query'
import { Outcomes } from './_components/outcomes'

export const metadata: Metadata = { title: 'Usage' }

const APPLICATIONS_MOST = 100

export default async function UsagePage({ params, searchParams }: { params: Promise<{ product: string }>; searchParams: SearchParams }) {
  const ctx = await requireAdmin('analytics')
  const productId = pathId((await params).product)
  const { by, env: environment, metric: metricId, application: applicationId } = usageQuery.parse(await queryOf(searchParams))
  const metrics = await orNotFound(listMetrics(ctx, productId))
  const hits = metrics.find(({ systemName }) => systemName === 'hits')
  const chosen = metrics.find(({ id }) => metricId !== undefined && id === Number(metricId)) ?? hits ?? metrics[0]!
  const scope = { productId, environment, applicationId }
  const usage = await usageSeries(ctx, { ...scope, metricIds: [BigInt(chosen.id)], granularity: by, ...spanOf(by, ctx.now) })
  // The same whole slots for everything on the page, so that the sums agree.
  const range = { from: new Date(usage.startsAt[0]!), to: ctx.now }
  const [byMetric, byApplication, outcomes, sample] = await Promise.all([
    listUsageByMetric(ctx, { ...scope, ...range }),
    listUsageByApplication(ctx, { productId, environment, metricId: BigInt(chosen.id), limit: APPLICATIONS_MOST, ...range }),
    listCallsByOutcome(ctx, { ...scope, ...range }),
    hasSampleUsage(ctx, productId, { environment, from: range.from }),
  ])
  const { values, total } = usage.series[0]!
  const application = byApplication.find((each) => each.applicationId === Number(applicationId))
  const callsOf = (...kinds: string[]) => outcomes.filter(({ outcome }) => kinds.includes(kindOfOutcome(outcome))).reduce((sum, { calls }) => sum + calls, 0)
  const calls = callsOf('answered', 'refused', 'failed')
  const averageMs = calls === 0 ? null : outcomes.reduce((sum, each) => sum + each.averageMs * each.calls, 0) / calls

  const here = `/products/${productId}/usage`
  const view = { by, env: environment, metric: chosen.id === hits?.id ? undefined : String(chosen.id), application: applicationId?.toString() }
  const address = (changes: Partial<Record<keyof typeof view, string | undefined>>, path = here) => {
    const query = new URLSearchParams(Object.entries({ ...view, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined))
    return `${path}?${query}`
  }
  const counted = chosen.id === hits?.id ? 'Calls' : chosen.name
  return (
    <>
      <PageHeader
        title="Usage"
        description="What was let through and counted. Figures follow a call within seconds."
        action={
          <LinkButton href={address({}, `${here}/export`)} download="" variant="primary" icon={<Download aria-hidden />}>
            Export CSV
          </LinkButton>
        }
      />
      <div className="mb-6 flex flex-wrap items-center gap-x-4 gap-y-2">
        <SegmentedLinks label="Period" items={(['hour', 'day', 'month'] as const).map((each) => ({ label: spans[each].label, href: address({ by: each }), active: each === by, title: `By ${each}, ${spans[each].words}` }))} />
        <SegmentedLinks
          label="Environment"
          items={[
            { label: 'Production', href: address({ env: 'production' }), active: environment === 'production' },
            { label: 'Staging', href: address({ env: 'staging' }), active: environment === 'staging' },
          ]}
        />
        {sample && (
          <Badge tone="warn" className="order-last ml-auto">
            Holds sample data
          </Badge>
        )}
        {view.metric && <Chip label={chosen.parentId === null ? 'Metric' : 'Method'} value={chosen.name} href={address({ metric: undefined })} />}
        {applicationId !== undefined && <Chip label="Application" value={application?.name ?? 'No usage'} href={address({ application: undefined })} />}
      </div>
      <div className="flex flex-col gap-6">
        <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
          <Figure label={counted} value={<CompactNumber value={total} />} hint={`in ${spans[by].words}`} />
          <Figure label="Refused" value={<CompactNumber value={callsOf('refused')} />} hint="before they reached your API" />
          <Figure label="Failed" value={<CompactNumber value={callsOf('failed')} />} hint="with a server error" />
          <Figure label="Average time" value={averageMs === null ? '—' : duration(averageMs)} hint="from call to answer" />
        </div>
        {total === 0 && calls === 0 ? (
          <Card flush>
            <EmptyState icon={<ChartNoAxesColumn />} title={`No ${environment === 'staging' ? 'staging ' : ''}calls in ${spans[by].words}`}>
              They show here by method, by application and by how they ended. Calls of your own test application are not counted.
            </EmptyState>
          </Card>
        ) : (
          <>
            <Card>
              <Chart
                kind="bar"
                title={`${counted} by ${by}`}
                note={`${exactNumber(total)} in ${spans[by].words}`}
                height={260}
                unit={chosen.unit === 'hit' ? '' : chosen.unit}
                labelHeader={spans[by].label}
                points={usage.startsAt.map((at, index) => ({ label: slotLabel(at, by, usage.timezone), value: values[index]! }))}
                series={[{ key: 'value', name: counted }]}
              />
              <p className="mt-2 text-xs text-text-3">
                {by === 'hour' ? 'Hours' : by === 'day' ? 'Days' : 'Months'} of {zoneName(usage.timezone)}. Refused calls are not counted here.
                {sample && ' The sample part of this history was made up so that there is something to see; it is never billed and spends no limit.'}
              </p>
            </Card>
            <section aria-label="By method">
              <DataTable
                label="methods"
                title="By method"
                urlPrefix="method-"
                search={byMetric.length > 10 ? 'Search methods' : undefined}
                initialSort="-value"
                pageSize={10}
                exportName={`usage-by-method-${by}`}
                rows={byMetric
                  .filter(({ isMethod, systemName, value }) => isMethod || (value > 0 && systemName !== 'hits'))
                  .map((row) => ({
                    id: row.metricId,
                    href: address({ metric: String(row.metricId) }),
                    name: row.name,
                    systemName: row.systemName,
                    kindWord: row.verb ?? (row.isMethod ? 'Method' : 'Metric'),
                    kind: row.verb ? <VerbBadge verb={row.verb} /> : <Badge>{row.isMethod ? 'Method' : 'Metric'}</Badge>,
                    value: row.value,
                    share: shareOf(row.value, byMetric.find(({ systemName }) => systemName === 'hits')?.value ?? 0),
                  }))}
                columns={[
                  { key: 'name', header: 'Method', detailKey: 'systemName' },
                  { key: 'kind', header: 'Verb', kind: 'node', valueKey: 'kindWord', width: 'w-24', hideOnPhone: true },
                  { key: 'share', header: 'Share of calls', align: 'right', sortable: false, hideOnPhone: true },
                  { key: 'value', header: 'Used', kind: 'number', align: 'right' },
                ]}
                empty={<EmptyState icon={<ChartNoAxesColumn />} title="No methods yet" />}
              />
            </section>
            <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
              <section aria-label="By application" className="min-w-0">
                <DataTable
                  label="applications"
                  title="By application"
                  urlPrefix="application-"
                  initialSort="-value"
                  pageSize={10}
                  exportName={`usage-by-application-${by}`}
                  rows={byApplication.map((row) => ({ id: row.applicationId, href: address({ application: String(row.applicationId) }), name: row.name, account: row.accountName, plan: row.planName, value: row.value }))}
                  columns={[
                    { key: 'name', header: 'Application', detailKey: 'account' },
                    { key: 'plan', header: 'Plan', kind: 'plan', hideOnPhone: true },
                    { key: 'value', header: 'Used', kind: 'number', align: 'right' },
                  ]}
                  empty={
                    <EmptyState icon={<ChartNoAxesColumn />} title={environment === 'staging' ? 'No partner has called staging' : 'No partner has called yet'} className="py-8">
                      {environment === 'staging' ? 'Calls of your own test application are not counted here.' : `Nobody used ${chosen.name} in ${spans[by].words}. Calls of your own test application are not counted here.`}
                    </EmptyState>
                  }
                />
              </section>
              <section aria-labelledby="by-outcome" className="flex min-w-0 flex-col gap-3">
                <h2 id="by-outcome" className="flex min-h-8 items-center text-base font-semibold">
                  How calls ended
                </h2>
                <Outcomes outcomes={outcomes} />
              </section>
            </div>
          </>
        )}
      </div>
    </>
  )
}

function Chip({ label, value, href }: { label: string; value: string; href: string }) {
  return (
    <Link
      href={href}
      scroll={false}
      aria-label={`Remove filter ${label}: ${value}`}
      className="inline-flex h-7 max-w-full min-w-0 items-center gap-1.5 rounded-full border border-accent-line bg-accent-soft pr-2 pl-2.5 text-xs text-accent-text hover:border-accent"
    >
      <span className="truncate">
        {label}: <span className="font-semibold">{value}</span>
      </span>
      <X aria-hidden className="size-3 shrink-0" />
    </Link>
  )
}

function shareOf(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '—'
  const share = (part / whole) * 100
  return share < 0.1 ? '<0.1 %' : `${share < 10 ? share.toFixed(1) : Math.round(share)} %`
}
