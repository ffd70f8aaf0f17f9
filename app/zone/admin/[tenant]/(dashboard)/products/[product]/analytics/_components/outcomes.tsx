import { ChartNoAxesColumn } from 'lucide-react'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { duration } from '@/components/ui/format'
import { CompactNumber } from '@/components/ui/number'
import { shareOf } from '@/lib/analytics/compare'
import { outcomeWords } from '@/lib/analytics/outcome-words'
import { kindOfOutcome, type OutcomeKind } from '@/lib/metering/outcome-kind'
import type { OutcomeTotal } from '@/lib/metering/usage-totals'
import { TrendMark } from './trend'

const groups: { kind: OutcomeKind; title: string; bar: string }[] = [
  { kind: 'answered', title: 'Answered, by status', bar: 'bg-chart-1' },
  { kind: 'refused', title: 'Refused by the gateway, by reason', bar: 'bg-chart-3' },
  { kind: 'failed', title: 'Failed', bar: 'bg-chart-4' },
]

/** Every way calls ended, in three groups; the bars compare within the whole. */
export function Outcomes({ outcomes, before }: { outcomes: OutcomeTotal[]; before: string }) {
  const ended = outcomes.filter(({ now }) => now > 0)
  const most = Math.max(1, ...ended.map(({ now }) => now))
  const all = ended.reduce((sum, { now }) => sum + now, 0)
  if (ended.length === 0)
    return (
      <Card flush>
        <EmptyState icon={<ChartNoAxesColumn />} title="No calls in this time" className="py-8">
          Answers, refusals and failures show here with their reasons.
        </EmptyState>
      </Card>
    )
  return (
    <Card>
      <div className="grid gap-x-8 gap-y-4 lg:grid-cols-3">
        {groups.map(({ kind, title, bar }) => {
          const own = ended.filter(({ outcome }) => kindOfOutcome(outcome) === kind)
          return (
            <div key={kind} className="min-w-0">
              <h3 className="mb-1.5 text-xs text-text-3">{title}</h3>
              {own.length === 0 ? (
                <p className="text-text-3">None</p>
              ) : (
                <ul className="flex flex-col gap-2.5">
                  {own.map(({ outcome, now, before: earlier, averageMs }) => (
                    <li key={outcome} data-outcome={outcome} data-calls={now}>
                      <div className="flex items-baseline justify-between gap-3">
                        <span className="min-w-0 truncate" title={outcome}>
                          {outcomeWords(outcome)}
                        </span>
                        <CompactNumber value={now} />
                      </div>
                      <div aria-hidden className="mt-1 h-1 overflow-hidden rounded-full bg-line">
                        <div className={`h-full rounded-full ${bar}`} style={{ width: `${Math.max(1, (now / most) * 100)}%` }} />
                      </div>
                      <div className="mt-0.5 flex items-baseline justify-between gap-3 text-xs text-text-3">
                        <span className="num">
                          {shareOf(now, all)}
                          {kind !== 'refused' && averageMs !== null && ` · ${duration(averageMs)} on average`}
                        </span>
                        <TrendMark change={{ now, before: earlier }} before={before} />
                      </div>
                    </li>
                  ))}
                </ul>
              )}
            </div>
          )
        })}
      </div>
    </Card>
  )
}
