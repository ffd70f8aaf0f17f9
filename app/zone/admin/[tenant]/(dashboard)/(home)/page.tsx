import { Building2, Plus } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { Sparkline } from '@/components/charts/sparkline'
import { StateDot } from '@/components/ui/badge'
import { Card, Figure } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { duration, exactNumber } from '@/components/ui/format'
import { LinkButton } from '@/components/ui/link-button'
import { CompactNumber } from '@/components/ui/number'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { Checklist } from '@/components/ui/steps'
import { listAccounts } from '@/lib/accounts/queries'
import { shareOf } from '@/lib/analytics/compare'
import { listProductActivity } from '@/lib/metering/usage-overview'
import { callSeries } from '@/lib/metering/usage-series'
import { checklist } from '@/lib/onboarding/checklist'
import { listAttention } from '@/lib/onboarding/list-attention'
import { readProgrammeFunnel } from '@/lib/onboarding/programme-funnel'
import { listProducts } from '@/lib/products/queries'
import { requireAdmin } from '@/lib/request/require-admin'
import type { Ctx } from '@/lib/tenants/context'
import { AttentionList } from './_components/attention-list'
import { CallChart } from '../_components/call-chart'

export const metadata: Metadata = { title: 'Home' }

const HOUR_MS = 3_600_000
const NEWEST_SHOWN = 5

export default async function HomePage() {
  const ctx = await requireAdmin()
  const mayPartners = ctx.permissions.has('partners')
  const [walk, activity] = await Promise.all([checklist(ctx), listProductActivity(ctx)])
  const walking = walk.next !== null
  const attention = await listAttention(ctx, activity)
  // Once partners call, what happens comes before what could still be done.
  const called = activity.length > 0
  const steps = <Checklist title="Open your API" description="Each step ticks itself off." items={walk.items.map(({ key, ...item }) => ({ id: key, ...item, action: 'Start' }))} />
  return (
    <>
      <PageHeader
        title="Home"
        description={walking && !called ? `Welcome, ${ctx.actor.name.split(' ')[0]}. From your API to the first call of a partner, step by step.` : 'What needs you, and what happened at your APIs in the last 24 hours.'}
        action={
          !walking && mayPartners ? (
            <LinkButton href="/accounts/new" variant="primary" icon={<Plus aria-hidden />}>
              New account
            </LinkButton>
          ) : undefined
        }
      />
      <div className="flex flex-col gap-6">
        {walking && !called && steps}
        {(!walking || called || attention.length > 0) && <AttentionList items={attention} />}
        {ctx.permissions.has('analytics') && (!walking || called) && <LastDay ctx={ctx} activity={activity} />}
        {walking && called && steps}
        {mayPartners && (!walking || called) && (
          <div className="grid items-start gap-6 lg:grid-cols-2">
            <NewestPartners ctx={ctx} />
            <FirstSteps ctx={ctx} />
          </div>
        )}
      </div>
    </>
  )
}

async function LastDay({ ctx, activity }: { ctx: Ctx; activity: Awaited<ReturnType<typeof listProductActivity>> }) {
  const hour = Math.floor(ctx.now.getTime() / HOUR_MS) * HOUR_MS
  const [series, products] = await Promise.all([
    callSeries(ctx, { environment: 'production', granularity: 'hour', from: new Date(hour - 23 * HOUR_MS), to: ctx.now }),
    listProducts(ctx),
  ])
  const sum = (field: 'calls' | 'refusals' | 'failures') => activity.reduce((total, each) => total + each[field], 0)
  const [calls, refusals, failures] = [sum('calls'), sum('refusals'), sum('failures')]
  const averageMs = calls === 0 ? null : activity.reduce((total, each) => total + (each.averageMs ?? 0) * each.calls, 0) / calls
  const busiest = products
    .map((product) => ({ product, activity: activity.find(({ productId }) => productId === product.id) }))
    .sort((one, other) => (other.activity?.calls ?? 0) - (one.activity?.calls ?? 0))
  return (
    <section aria-labelledby="last-day" className="flex flex-col gap-4">
      <h2 id="last-day" className="text-base font-semibold">
        Last 24 hours in production
      </h2>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure label="Calls" value={<CompactNumber value={calls} />} hint="of partners, your own tests aside" />
        <Figure label="Refused" value={<CompactNumber value={refusals} />} hint={shareWith(refusals, calls, 'by keys, rules and limits')} />
        <Figure label="Failed" value={<CompactNumber value={failures} />} hint={shareWith(failures, calls, 'with a server error')} />
        <Figure label="Average time" value={averageMs === null ? '—' : duration(averageMs)} hint="from call to answer" />
      </div>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Card>
          <CallChart title="Calls by hour" calls={series} height={220} />
        </Card>
        <Card title="Products" flush>
          <ul className="divide-y divide-line">
            {busiest.slice(0, NEWEST_SHOWN).map(({ product, activity: own }) => (
              <li key={product.id}>
                <Link href={`/products/${product.id}`} className="flex items-center justify-between gap-4 px-4 py-2.5 transition-colors hover:bg-sunken/70 focus-visible:-outline-offset-2">
                  <span className="min-w-0">
                    <span className="block truncate font-semibold">{product.name}</span>
                    <span className="block text-xs text-text-2">
                      <CompactNumber value={own?.calls ?? 0} /> {own?.calls === 1 ? 'call' : 'calls'}
                    </span>
                  </span>
                  <Sparkline values={own?.series ?? Array<number>(24).fill(0)} label={`Calls of ${product.name} by hour`} width={72} />
                </Link>
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </section>
  )
}

async function NewestPartners({ ctx }: { ctx: Ctx }) {
  const { items } = await listAccounts(ctx)
  return (
    <Card
      title="Newest partners"
      flush
      action={
        <LinkButton href="/accounts" size="sm">
          See all
        </LinkButton>
      }
    >
      {items.length === 0 ? (
        <EmptyState icon={<Building2 />} title="No partners yet" className="py-8">
          Companies that use your APIs show here, the newest first.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {items.slice(0, NEWEST_SHOWN).map((account) => (
            <li key={account.id}>
              <Link href={`/accounts/${account.id}`} className="flex items-center justify-between gap-4 px-4 py-2.5 transition-colors hover:bg-sunken/70 focus-visible:-outline-offset-2">
                <span className="min-w-0">
                  <span className="block truncate font-semibold">{account.orgName}</span>
                  <span className="block truncate text-xs text-text-2">{account.applications.map(({ name, plan }) => (plan ? `${name} on ${plan}` : name)).join(', ') || 'No application yet'}</span>
                </span>
                <span className="shrink-0 text-right">
                  <StateDot state={account.state} />
                  <span className="block text-xs text-text-2">
                    <RelativeTime at={account.createdAt} timeZone={ctx.tenant.timezone} />
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

async function FirstSteps({ ctx }: { ctx: Ctx }) {
  const { days, accounts, confirmed, called, grown } = await readProgrammeFunnel(ctx)
  const steps = [
    { label: 'New accounts', value: accounts },
    { label: 'Confirmed their e-mail', value: confirmed },
    { label: 'Made a first call', value: called },
    { label: 'On a plan beyond the first', value: grown },
  ]
  return (
    <Card title="How partners get started" description={`Accounts of the last ${days} days, and how far they have come.`}>
      {accounts === 0 ? (
        <p className="text-text-2">No new account in the last {days} days.</p>
      ) : (
        <ol className="flex flex-col gap-3">
          {steps.map(({ label, value }) => (
            <li key={label}>
              <div className="flex items-baseline justify-between gap-3">
                <span className="min-w-0 truncate">{label}</span>
                <span className="num text-text-2">
                  <span className="font-semibold text-text">{exactNumber(value)}</span> {value < accounts && `of ${exactNumber(accounts)}`}
                </span>
              </div>
              <div aria-hidden className="mt-1 h-1.5 overflow-hidden rounded-full bg-line">
                <div className="h-full rounded-full bg-chart-1" style={{ width: `${(value / accounts) * 100}%` }} />
              </div>
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}

function shareWith(part: number, whole: number, how: string): string {
  return part === 0 || whole === 0 ? how : `${shareOf(part, whole)} ${how}`
}
