import { Button } from '@/components/ui/button'
import { zoneName } from '@/components/ui/format'
import { Input } from '@/components/ui/input'
import { SegmentedLinks } from '@/components/ui/segmented'
import { daysOf, periodNames, type Span } from '@/lib/analytics/period'
import type { AddressOf, AnalyticsQuery } from '../_query'
import { periodWords, slotWords } from '../_query'

/** Which stretch of time, cut into what, of which environment: all of it in the address. */
export function PeriodPicker({ query, span, address }: { query: AnalyticsQuery; span: Span; address: AddressOf }) {
  const { first, last } = daysOf(span)
  const ownAddress = (period: (typeof periodNames)[number]) => address(period === 'own' ? { period, by: undefined, first, last } : { period: period === '30d' ? undefined : period, by: undefined, first: undefined, last: undefined })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="max-w-full overflow-x-auto">
          <SegmentedLinks label="Period" items={periodNames.map((period) => ({ label: periodWords[period].label, title: periodWords[period].title, href: ownAddress(period), active: period === span.period }))} />
        </div>
        {span.granularities.length > 1 && (
          <SegmentedLinks label="Granularity" items={span.granularities.map((by) => ({ label: `By ${slotWords[by]}`, href: address({ by }), active: by === span.granularity }))} />
        )}
        <SegmentedLinks
          label="Environment"
          items={[
            { label: 'Production', href: address({ env: undefined }), active: query.env === 'production' },
            { label: 'Staging', href: address({ env: 'staging' }), active: query.env === 'staging' },
          ]}
        />
      </div>
      {span.period === 'own' && (
        <form method="get" aria-label="Own range" key={`${first} ${last}`} className="flex flex-wrap items-end gap-2">
          <input type="hidden" name="period" value="own" />
          {Object.entries({ env: query.env === 'staging' ? 'staging' : undefined, metric: query.metric, application: query.application, account: query.account }).map(
            ([name, value]) => value !== undefined && <input key={name} type="hidden" name={name} value={String(value)} />,
          )}
          <label className="flex flex-col gap-1 text-xs text-text-2">
            From
            <Input type="date" name="first" required defaultValue={first} className="w-40" />
          </label>
          <label className="flex flex-col gap-1 text-xs text-text-2">
            To, included
            <Input type="date" name="last" required defaultValue={last} className="w-40" />
          </label>
          <Button type="submit">Show</Button>
          <span className="self-center text-xs text-text-3">Days in {zoneName(span.timezone)}</span>
        </form>
      )}
    </div>
  )
}
