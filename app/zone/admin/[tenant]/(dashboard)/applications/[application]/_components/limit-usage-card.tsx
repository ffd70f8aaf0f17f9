import { Card } from '@/components/ui/card'
import { UsageBar } from '@/components/ui/progress'
import { LinkButton } from '@/components/ui/link-button'
import { RelativeTime } from '@/components/ui/relative-time'
import type { LimitUsage } from '@/lib/analytics/limit-usage'

const perPeriod: Record<string, string> = { minute: 'this minute', hour: 'this hour', day: 'today', week: 'this week', month: 'this month', year: 'this year', eternity: 'ever' }

const SHOWN = 8

/** How much of each limit is used in its present window, in production: the tightest first, the many of a large plan folded away. */
export function LimitUsageCard({ usage, plan, productId, timeZone, mayPlan }: { usage: LimitUsage[]; plan: { id: number; name: string } | null; productId: number; timeZone: string; mayPlan: boolean }) {
  const tightest = usage.toSorted((one, other) => shareOf(other) - shareOf(one))
  const folded = tightest.length > SHOWN + 2 ? tightest.slice(SHOWN) : []
  return (
    <Card
      title="Usage against each limit"
      description="Calls in production. Windows are calendar ones in UTC; figures follow the gateway by a second or two."
      action={
        plan &&
        mayPlan && (
          <LinkButton href={`/products/${productId}/plans/${plan.id}`} size="sm">
            Limits of the plan
          </LinkButton>
        )
      }
    >
      {usage.length === 0 ? (
        <p className="text-text-2">{plan ? `${plan.name} limits nothing: this application may call as often as it likes.` : 'This application is on no plan.'}</p>
      ) : (
        <>
          <Rows usage={tightest.slice(0, tightest.length - folded.length)} timeZone={timeZone} />
          {folded.length > 0 && (
            <details className="mt-4 border-t border-line pt-3">
              <summary className="cursor-pointer rounded-sm font-semibold text-accent-text hover:underline">{folded.length} more limits</summary>
              <div className="mt-4">
                <Rows usage={folded} timeZone={timeZone} />
              </div>
            </details>
          )}
        </>
      )}
    </Card>
  )
}

/** A limit of 0 is a closed method, not a full window: it comes last. */
const shareOf = ({ used, limit }: LimitUsage) => (limit === 0 ? -1 : used / limit)

function Rows({ usage, timeZone }: { usage: LimitUsage[]; timeZone: string }) {
  return (
    <ul className="flex flex-col gap-4">
      {usage.map((limit) => (
        <li key={`${limit.metricId}${limit.period}`}>
          {limit.limit === 0 ? (
            <p className="flex justify-between gap-3 text-xs">
              <span className="min-w-0 truncate text-text-2">{limit.metric}</span>
              <span className="shrink-0 font-semibold text-warn-text">closed by a limit of 0</span>
            </p>
          ) : (
            <UsageBar value={limit.used} max={limit.limit} label={`${limit.metric}, ${perPeriod[limit.period]}`} />
          )}
          {limit.resetsAt && limit.limit > 0 && limit.period !== 'minute' && (
            <p className="mt-0.5 text-xs text-text-3">
              New window <RelativeTime at={limit.resetsAt} timeZone={timeZone} />
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}
