import type { Metadata } from 'next'
import { CircleUser } from 'lucide-react'
import { notFound } from 'next/navigation'
import { Chart } from '@/components/charts/chart'
import { CrumbName } from '@/components/shell/crumb-names'
import { Badge, PlanTag, StateDot } from '@/components/ui/badge'
import { Card, DescriptionList } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { exactNumber } from '@/components/ui/format'
import { PageHeader } from '@/components/ui/page-header'
import { UsageBar } from '@/components/ui/progress'
import { RelativeTime } from '@/components/ui/relative-time'
import { listCounterValues, listEndUserDays, listEndUserMetrics } from '@/lib/metering/queries'
import { getEndUser, getEndUserSettings } from '@/lib/plans/end-user-queries'
import { pageData, pathId } from '@/lib/request/page-values'
import { requireAdmin } from '@/lib/request/require-admin'
import { periodOptions } from '../../plans/[plan]/_components/period-words'
import { OwnLimits } from './_components/own-limits'

export const metadata: Metadata = { title: 'End user' }

const DAY_MS = 86_400_000
const DAYS = 30

export default async function EndUserPage({ params }: { params: Promise<{ product: string; endUser: string }> }) {
  const ctx = await requireAdmin('plans')
  if (!ctx.tenant.features.endUserPlans) notFound()
  const { product, endUser } = await params
  const [productId, endUserId] = [pathId(product), pathId(endUser)]
  const user = await pageData(getEndUser(ctx, endUserId))
  if (BigInt(user.productId) !== productId) notFound()
  // Hits stands first: every call counts for it.
  const hits = user.metrics[0]!
  const midnight = Math.floor(ctx.now.getTime() / DAY_MS) * DAY_MS
  const range = { from: new Date(midnight - (DAYS - 1) * DAY_MS), to: new Date(midnight + DAY_MS) }
  const [settings, days, byMetric, counters] = await Promise.all([
    pageData(getEndUserSettings(ctx, productId)),
    listEndUserDays(ctx, { productId, environment: 'production', endUserId, metricId: BigInt(hits.id), ...range }),
    listEndUserMetrics(ctx, { productId, environment: 'production', endUserId, days: DAYS }),
    listCounterValues(ctx, { environment: 'production', subject: `user:${endUserId}` }),
  ])
  const valueOf = new Map(days.map(({ day, value }) => [day, value]))
  const points = Array.from({ length: DAYS }, (_, index) => {
    const day = new Date(range.from.getTime() + index * DAY_MS).toISOString().slice(0, 10)
    return { label: day.slice(5), calls: valueOf.get(day) ?? 0 }
  })
  const total = days.reduce((sum, { value }) => sum + value, 0)
  return (
    <>
      <CrumbName path={`/products/${user.productId}/end-users/${user.id}`} name={user.externalId} />
      <PageHeader title={user.externalId} description="Somebody behind your partners’ applications." meta={<StateDot state={user.state} className="text-sm" />} />
      <div className="grid items-start gap-6 lg:grid-cols-[18rem_minmax(0,1fr)]">
        <Card title="Facts" className="max-lg:order-last">
          <DescriptionList
            stacked
            items={[
              { label: 'Plan', value: <PlanTag name={user.plan.name} /> },
              { label: 'Registered', value: <RelativeTime at={user.createdAt} timeZone={ctx.tenant.timezone} />, hint: user.registered === 'first_sight' ? 'By the first call that named this id.' : 'By hand.' },
              { label: 'Counted', value: settings.countersShared ? 'Over all applications' : 'In each application anew' },
            ]}
          />
        </Card>
        <div className="flex min-w-0 flex-col gap-6">
          <Card title="Limits that hold" description={settings.countersShared ? 'Production, in the present window of each limit (UTC). Figures follow the gateway by a second or two.' : 'Counted in each application anew.'}>
            {user.limits.length === 0 ? (
              <p className="text-text-2">{`Nothing is limited on ${user.plan.name}, and this user has no limits of their own.`}</p>
            ) : (
              <HeldLimits limits={user.limits} counters={settings.countersShared ? counters : null} />
            )}
          </Card>
          <OwnLimits key={JSON.stringify(user.limits)} user={user} />
          <Card title="Usage" description="The last 30 days in production, by UTC day.">
            {byMetric.length === 0 ? (
              <EmptyState icon={<CircleUser />} title="No calls yet" className="py-8">
                {`Calls that name ${user.externalId} in the header ${settings.header} show up here.`}
              </EmptyState>
            ) : (
              <div className="flex flex-col gap-6">
                <Chart kind="bar" title={hits.name} note={`${exactNumber(total)} in all`} points={points} series={[{ key: 'calls', name: hits.name, tone: 1 }]} labelHeader="Day" height={180} />
                <div className="overflow-x-auto">
                  <table className="w-full text-sm">
                    <caption className="sr-only">Usage by metric and application</caption>
                    <thead>
                      <tr className="border-b border-line text-left text-xs text-text-2">
                        <th scope="col" className="py-2 pr-3 font-medium">Metric</th>
                        <th scope="col" className="py-2 pr-3 font-medium">Application</th>
                        <th scope="col" className="py-2 text-right font-medium">Used</th>
                      </tr>
                    </thead>
                    <tbody className="divide-y divide-line">
                      {byMetric.map((row) => (
                        <tr key={`${row.metricId}:${row.applicationId}`}>
                          <td className="py-2 pr-3">{row.metric}</td>
                          <td className="py-2 pr-3 text-text-2">{row.application}</td>
                          <td className="num py-2 text-right">{exactNumber(row.value)}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </div>
            )}
          </Card>
        </div>
      </div>
    </>
  )
}

type HeldLimit = Awaited<ReturnType<typeof getEndUser>>['limits'][number]
type Counter = Awaited<ReturnType<typeof listCounterValues>>[number]

const SHOWN = 8

/** Their own first, then the tightest; the many of a large plan are folded away. Without `counters` figures stand alone. */
function HeldLimits({ limits, counters }: { limits: HeldLimit[]; counters: Counter[] | null }) {
  const usedOf = (limit: HeldLimit) => counters?.find(({ metricId, period }) => metricId === limit.metricId && period === limit.period)?.value ?? 0
  // A limit of 0 is a closed method, not a full window.
  const shareOf = (limit: HeldLimit) => (limit.own ? Infinity : limit.value === 0 ? -1 : usedOf(limit) / limit.value)
  const rows = limits
    .map((limit) => ({ limit, share: shareOf(limit) }))
    .sort((one, other) => (one.share === other.share ? 0 : other.share - one.share))
    .map(({ limit }) => <HeldLimitRow key={`${limit.metricId}:${limit.period}`} limit={limit} used={counters && usedOf(limit)} />)
  const shown = rows.length > SHOWN + 2 ? SHOWN : rows.length
  return (
    <>
      <ul className="flex flex-col gap-4">{rows.slice(0, shown)}</ul>
      {shown < rows.length && (
        <details className="mt-4 border-t border-line pt-3">
          <summary className="cursor-pointer rounded-sm font-semibold text-accent-text hover:underline">{rows.length - shown} more limits</summary>
          <ul className="mt-4 flex flex-col gap-4">{rows.slice(shown)}</ul>
        </details>
      )}
    </>
  )
}

function HeldLimitRow({ limit, used }: { limit: HeldLimit; used: number | null }) {
  const name = (
    <>
      {limit.metric}, {periodOptions.find(({ value }) => value === limit.period)!.phrase} {limit.own && <Badge tone="accent">{limit.planValue === null ? 'own' : `own, plan ${exactNumber(limit.planValue)}`}</Badge>}
    </>
  )
  return (
    <li>
      {used !== null && limit.value > 0 ? (
        <UsageBar value={used} max={limit.value} label={name} />
      ) : (
        <p className="flex justify-between gap-3 text-xs">
          <span className="min-w-0 text-text-2">{name}</span>
          <span className="num shrink-0 font-semibold">{limit.value === 0 ? 'closed by a limit of 0' : exactNumber(limit.value)}</span>
        </p>
      )}
    </li>
  )
}
