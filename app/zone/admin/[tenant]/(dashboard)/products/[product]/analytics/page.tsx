import { ChartNoAxesColumn, Download, Filter, X } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { Chart, type ChartPoint } from '@/components/charts/chart'
import { HeatMap } from '@/components/charts/heat-map'
import { Badge, VerbBadge } from '@/components/ui/badge'
import { Card, Figure } from '@/components/ui/card'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { duration, exactNumber, slotLabel, zoneName } from '@/components/ui/format'
import { LinkButton } from '@/components/ui/link-button'
import { CompactNumber } from '@/components/ui/number'
import { PageHeader } from '@/components/ui/page-header'
import { describeTrend, shareOf } from '@/lib/analytics/compare'
import type { Line } from '@/lib/analytics/lines'
import { markAnalyticsOpened } from '@/lib/analytics/mark-opened'
import { spanOf, type Span } from '@/lib/analytics/period'
import { readProductAnalytics, summariseOutcomes } from '@/lib/analytics/product-analytics'
import { hasSampleUsage } from '@/lib/metering/queries'
import { orNotFound, pathId, queryOf, type SearchParams } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { Outcomes } from './_components/outcomes'
import { PeriodPicker } from './_components/period-picker'
import { TrendMark } from './_components/trend'
import { addressOf, analyticsQuery, periodWords, slotWords } from './_query'

export const metadata: Metadata = { title: 'Analytics' }

export default async function AnalyticsPage({ params, searchParams }: { params: Promise<{ product: string }>; searchParams: SearchParams }) {
  const ctx = await requireAdmin('analytics')
  const productId = pathId((await params).product)
  const query = analyticsQuery.parse(await queryOf(searchParams))
  const span = spanOf(query, ctx.now, ctx.tenant.timezone)
  const filter = { productId, environment: query.env, metricId: query.metric, applicationId: query.application, accountId: query.account }
  const [found, sample] = await Promise.all([orNotFound(readProductAnalytics(ctx, filter, span)), hasSampleUsage(ctx, productId, { environment: query.env, from: span.from }), markAnalyticsOpened(ctx)])
  const { counted, usage, metrics, applications, accounts, outcomes } = found
  const ended = summariseOutcomes(outcomes)
  const here = `/products/${productId}/analytics`
  const address = addressOf(here, query)
  const { words, before } = periodWords[span.period]
  const mayPartners = ctx.permissions.has('partners')
  const name = counted.name
  const application = applications.items.find(({ applicationId }) => applicationId === Number(query.application))
  const account = accounts.items.find(({ accountId }) => accountId === Number(query.account))
  const quiet = usage.now === 0 && ended.calls.now === 0
  const only = (what: string, label: string, changes: Parameters<typeof address>[0]) => (
    <Link href={address(changes)} scroll={false} aria-label={`Show only ${label}`} title={`Show only this ${what}`} className="inline-grid size-7 place-items-center rounded-md text-text-3 hover:bg-sunken hover:text-text">
      <Filter aria-hidden className="size-3.5" />
    </Link>
  )
  return (
    <>
      <PageHeader
        title="Analytics"
        description="Who uses this API, how much, when, and how their calls end. Figures follow a call within seconds."
        action={
          <LinkButton href={address({ table: 'series' }, 'export')} download="" variant="primary" icon={<Download aria-hidden />}>
            Export CSV
          </LinkButton>
        }
      />
      <div className="mb-6 flex flex-col gap-3">
        <PeriodPicker query={query} span={span} address={address} />
        {(sample || !counted.isHits || query.application !== undefined || query.account !== undefined) && (
          <div className="flex flex-wrap items-center gap-2">
            {!counted.isHits && <Chip label={counted.isMethod ? 'Method' : 'Metric'} value={name} href={address({ metric: undefined })} />}
            {query.application !== undefined && <Chip label="Application" value={application?.name ?? 'No usage'} href={address({ application: undefined })} />}
            {query.account !== undefined && <Chip label="Partner" value={account?.name ?? 'No usage'} href={address({ account: undefined })} />}
            {sample && <Badge tone="warn">Holds sample data</Badge>}
          </div>
        )}
      </div>
      <div className="flex flex-col gap-6">
        <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
          <Figure label={counted.isHits ? 'Calls let through' : name} value={<CompactNumber value={usage.now} />} hint={describeTrend(usage, before)} />
          <Figure label="Refused" value={<CompactNumber value={ended.refused.now} />} hint={describeTrend(ended.refused, before)} />
          <Figure label="Failed" value={<CompactNumber value={ended.failed.now} />} hint={describeTrend(ended.failed, before)} />
          <Figure
            label="Average time"
            value={ended.averageMs.now === null ? '—' : duration(ended.averageMs.now)}
            hint={ended.averageMs.before === null ? 'from call to answer' : `${duration(ended.averageMs.before)} ${before}`}
          />
        </div>
        {quiet ? (
          <Card flush>
            <EmptyState icon={<ChartNoAxesColumn />} title={`No ${query.env === 'staging' ? 'staging ' : ''}calls ${words}`}>
              They show here by method, by partner, by hour of the week and by how they ended. Calls of your own test application are not counted.
            </EmptyState>
          </Card>
        ) : (
          <>
            <section aria-label="By method" className="flex flex-col gap-4">
              <Card>
                <LineChart title={counted.isHits ? 'Usage by method' : `Usage of ${name}`} lines={found.methodLines} span={span} total={found.methodLines.reduce((sum, { total }) => sum + total, 0)} />
                <p className="mt-2 text-xs text-text-3">
                  {span.granularity === 'hour' ? 'Hours' : span.granularity === 'day' ? 'Days' : 'Months'} of {zoneName(span.timezone)}. Refused calls are not counted here; a call that matches two methods counts for both.
                  {sample && ' The sample part of this history was made up so that there is something to see; it is never billed and spends no limit.'}
                </p>
              </Card>
              <DataTable
                label="methods"
                title="Methods"
                urlPrefix="method-"
                search={metrics.length > 10 ? 'Search methods' : undefined}
                initialSort="-value"
                pageSize={10}
                exportHref={address({ table: 'methods' }, 'export')}
                rows={metrics
                  .filter(({ isMethod, systemName, now, before: earlier }) => isMethod || (systemName !== 'hits' && now + earlier > 0))
                  .map((row) => ({
                    id: row.metricId,
                    href: address({ metric: String(row.metricId) }),
                    name: row.name,
                    systemName: row.systemName,
                    kindWord: row.verb ?? (row.isMethod ? 'Method' : 'Metric'),
                    kind: row.verb ? <VerbBadge verb={row.verb} /> : <Badge>{row.isMethod ? 'Method' : 'Metric'}</Badge>,
                    value: row.now,
                    share: shareOf(row.now, metrics.find(({ systemName }) => systemName === 'hits')?.now ?? 0),
                    trend: <TrendMark change={row} before={before} />,
                    change: row.now - row.before,
                  }))}
                columns={[
                  { key: 'name', header: 'Method', detailKey: 'systemName' },
                  { key: 'kind', header: 'Verb', kind: 'node', valueKey: 'kindWord', width: 'w-24', hideOnPhone: true },
                  { key: 'share', header: 'Share of calls', align: 'right', sortable: false, hideOnPhone: true },
                  { key: 'trend', header: 'Trend', kind: 'node', valueKey: 'change', align: 'right', hideOnPhone: true },
                  { key: 'value', header: 'Used', kind: 'number', align: 'right' },
                ]}
                empty={<EmptyState icon={<ChartNoAxesColumn />} title="No methods yet" />}
              />
            </section>
            <section aria-label="By application" className="flex flex-col gap-4">
              <Card>
                <LineChart title={`${name} by application`} lines={found.applicationLines} span={span} total={usage.now} />
              </Card>
              <div className="grid items-start gap-6 lg:grid-cols-2">
                <DataTable
                  label="partners"
                  title="Top partners"
                  urlPrefix="partner-"
                  initialSort="-value"
                  pageSize={10}
                  exportHref={address({ table: 'partners' }, 'export')}
                  rows={accounts.items.map((row) => ({
                    id: row.accountId ?? 0,
                    href: row.accountId === null ? undefined : mayPartners ? `/accounts/${row.accountId}` : address({ account: String(row.accountId) }),
                    name: row.name ?? 'Deleted applications',
                    detail: row.applications === 1 ? 'One application' : `${exactNumber(row.applications)} applications`,
                    share: shareOf(row.now, accounts.total.now),
                    trend: <TrendMark change={row} before={before} />,
                    change: row.now - row.before,
                    value: row.now,
                    only: row.accountId === null || !row.name ? null : only('partner', row.name, { account: String(row.accountId) }),
                  }))}
                  columns={[
                    { key: 'name', header: 'Partner', detailKey: 'detail' },
                    { key: 'share', header: 'Share', align: 'right', sortable: false, hideOnPhone: true },
                    { key: 'trend', header: 'Trend', kind: 'node', valueKey: 'change', align: 'right', hideOnPhone: true },
                    { key: 'value', header: 'Used', kind: 'number', align: 'right' },
                    { key: 'only', header: '', kind: 'node', sortable: false, width: 'w-10' },
                  ]}
                  empty={<NobodyYet staging={query.env === 'staging'} name={name} words={words} />}
                />
                <DataTable
                  label="applications"
                  title="Top applications"
                  urlPrefix="application-"
                  initialSort="-value"
                  pageSize={10}
                  exportHref={address({ table: 'applications' }, 'export')}
                  rows={applications.items.map((row) => ({
                    id: row.applicationId,
                    href: row.name !== null && mayPartners ? `/applications/${row.applicationId}` : address({ application: String(row.applicationId) }),
                    name: row.name ?? 'Deleted application',
                    account: [row.accountName, row.planName].filter(Boolean).join(', on '),
                    share: shareOf(row.now, applications.total.now),
                    trend: <TrendMark change={row} before={before} />,
                    change: row.now - row.before,
                    value: row.now,
                    only: only('application', row.name ?? 'the deleted application', { application: String(row.applicationId) }),
                  }))}
                  columns={[
                    { key: 'name', header: 'Application', detailKey: 'account' },
                    { key: 'share', header: 'Share', align: 'right', sortable: false, hideOnPhone: true },
                    { key: 'trend', header: 'Trend', kind: 'node', valueKey: 'change', align: 'right', hideOnPhone: true },
                    { key: 'value', header: 'Used', kind: 'number', align: 'right' },
                    { key: 'only', header: '', kind: 'node', sortable: false, width: 'w-10' },
                  ]}
                  empty={<NobodyYet staging={query.env === 'staging'} name={name} words={words} />}
                />
              </div>
              {applications.count > applications.items.length && (
                <p className="text-xs text-text-3">
                  The {exactNumber(applications.items.length)} busiest of {exactNumber(applications.count)} applications. The export holds them all.
                </p>
              )}
            </section>
            <section aria-label="Busiest hours and days">
              <Card>
                <HeatMap
                  title="Busiest hours and days"
                  values={found.heatMap}
                  unit={counted.isHits ? ['call', 'calls'] : ['use', 'uses']}
                  note={
                    <>
                      {name} {words}, times in {zoneName(span.timezone)}.{' '}
                      <a className="link" href={address({ table: 'hours' }, 'export')} download="">
                        Export CSV
                      </a>
                    </>
                  }
                />
              </Card>
            </section>
            <section aria-labelledby="ended" className="flex flex-col gap-4">
              <h2 id="ended" className="flex items-center justify-between gap-4 text-base font-semibold">
                How calls ended
                <LinkButton href={address({ table: 'outcomes' }, 'export')} download="" size="sm" variant="ghost" icon={<Download aria-hidden />}>
                  Export
                </LinkButton>
              </h2>
              <Card>
                <Chart
                  kind="bar"
                  stacked
                  title={`Calls by ${slotWords[span.granularity]}`}
                  note={`${exactNumber(ended.calls.now)} in all, refused ones included`}
                  height={200}
                  labelHeader={headerOf(span)}
                  points={span.slots.map(({ from }, index) => ({ label: labelOf(from, span), answered: found.ended.answered[index]!, refused: found.ended.refused[index]!, failed: found.ended.failed[index]! }))}
                  series={[
                    { key: 'answered', name: 'Answered', tone: 1 },
                    { key: 'refused', name: 'Refused', tone: 3 },
                    { key: 'failed', name: 'Failed', tone: 4 },
                  ]}
                />
              </Card>
              <Outcomes outcomes={outcomes} before={before} />
            </section>
          </>
        )}
      </div>
    </>
  )
}

const headerOf = ({ granularity }: Span) => (granularity === 'hour' ? 'Hour' : granularity === 'day' ? 'Day' : 'Month')

const labelOf = (at: Date, { granularity, timezone, period }: Span) => slotLabel(at.getTime(), granularity, timezone, { withDay: period !== 'today' && period !== '24h' })

function LineChart({ title, lines, span, total }: { title: string; lines: Line[]; span: Span; total: number }) {
  const points = span.slots.map(({ from }, index): ChartPoint => ({ label: labelOf(from, span), ...Object.fromEntries(lines.map(({ values }, line) => [`line${line}`, values[index]!])) }))
  if (lines.length === 0) return <p className="text-text-2">{title}: nothing in this time.</p>
  return (
    <Chart
      kind="bar"
      stacked
      title={`${title}, by ${slotWords[span.granularity]}`}
      note={`${exactNumber(total)} in all`}
      height={240}
      labelHeader={headerOf(span)}
      points={points}
      // The last tone is grey: it is kept for "all others".
      series={lines.map(({ id, name }, index) => ({ key: `line${index}`, name, tone: id === null ? 6 : (((index % 5) + 1) as 1 | 2 | 3 | 4 | 5) }))}
    />
  )
}

function NobodyYet({ staging, name, words }: { staging: boolean; name: string; words: string }) {
  return (
    <EmptyState icon={<ChartNoAxesColumn />} title={staging ? 'No partner has called staging' : 'No partner has called yet'} className="py-8">
      {staging ? 'Calls of your own test application are not counted here.' : `Nobody used ${name === 'Calls' ? 'this API' : name} ${words}. Calls of your own test application are not counted here.`}
    </EmptyState>
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
