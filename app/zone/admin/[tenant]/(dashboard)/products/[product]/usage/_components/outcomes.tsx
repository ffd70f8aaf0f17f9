import { ChartNoAxesColumn } from 'lucide-react'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { duration } from '@/components/ui/format'
import { CompactNumber } from '@/components/ui/number'
import { kindOfOutcome, type OutcomeKind } from '@/lib/metering/outcome-kind'
import type { OutcomeCount } from '@/lib/metering/queries'

const words: Record<string, string> = {
  '1xx': 'Answered 1xx',
  '2xx': 'Answered 2xx',
  '3xx': 'Redirected, 3xx',
  '4xx': 'Your API declined, 4xx',
  '5xx': 'Your API failed, 5xx',
  credentials_missing: 'No credentials sent',
  credentials_malformed: 'Credentials unreadable',
  no_match: 'No mapping rule matched',
  key_unknown: 'Key unknown or revoked',
  product_suspended: 'Product suspended',
  application_not_live: 'Application not live',
  account_not_approved: 'Account not approved',
  plan_missing: 'Application on no plan',
  method_disabled: 'Method not in the plan',
  end_user_missing: 'No end user named',
  end_user_invalid: 'End user unreadable',
  end_user_unknown: 'End user not registered',
  end_user_suspended: 'End user suspended',
  end_users_full: 'Too many end users',
  limits_exceeded: 'Limit used up',
  not_promoted: 'Not promoted yet',
  no_upstream: 'No private base URL',
  bad_request: 'Request unreadable',
  loop_detected: 'Calls in a circle',
  body_too_large: 'Body too large',
  auth_unavailable: 'Keys could not be checked',
  limits_unavailable: 'Limits could not be checked',
  metering_unavailable: 'Could not be recorded',
  secret_unreadable: 'Secret token unreadable',
  upstream_busy: 'Too many calls at once',
  upstream_circuit_open: 'Your API was given a pause',
  upstream_unreachable: 'Your API unreachable',
  upstream_bad_response: 'Your API spoke no HTTP',
  upstream_not_allowed: 'Private address not allowed',
  upstream_timed_out: 'Your API took too long',
  client_gone: 'Caller went away',
  internal_error: 'Failed on our side',
}

const groups: { kind: OutcomeKind; title: string; bar: string }[] = [
  { kind: 'answered', title: 'Answered', bar: 'bg-chart-1' },
  { kind: 'refused', title: 'Refused by the gateway', bar: 'bg-chart-3' },
  { kind: 'failed', title: 'Failed', bar: 'bg-chart-4' },
]

/** Every way calls ended, in three groups; the bars compare within the whole. */
export function Outcomes({ outcomes }: { outcomes: OutcomeCount[] }) {
  const most = Math.max(1, ...outcomes.map(({ calls }) => calls))
  if (outcomes.length === 0)
    return (
      <Card flush>
        <EmptyState icon={<ChartNoAxesColumn />} title="No calls in this time" className="py-8">
          Answers, refusals and failures show here with their reasons.
        </EmptyState>
      </Card>
    )
  return (
    <Card>
      <div className="flex flex-col gap-4">
        {groups.map(({ kind, title, bar }) => {
          const own = outcomes.filter(({ outcome }) => kindOfOutcome(outcome) === kind)
          if (own.length === 0) return null
          return (
            <div key={kind}>
              <h3 className="mb-1.5 text-xs text-text-3">{title}</h3>
              <ul className="flex flex-col gap-2">
                {own.map(({ outcome, calls, averageMs }) => (
                  <li key={outcome}>
                    <div className="flex items-baseline justify-between gap-3">
                      <span className="min-w-0 truncate" title={outcome}>
                        {words[outcome] ?? outcome}
                      </span>
                      <span className="shrink-0">
                        {kind !== 'refused' && <span className="num mr-3 text-xs text-text-3">{duration(averageMs)}</span>}
                        <CompactNumber value={calls} />
                      </span>
                    </div>
                    <div aria-hidden className="mt-1 h-1 overflow-hidden rounded-full bg-line">
                      <div className={`h-full rounded-full ${bar}`} style={{ width: `${Math.max(1, (calls / most) * 100)}%` }} />
                    </div>
                  </li>
                ))}
              </ul>
            </div>
          )
        })}
      </div>
    </Card>
  )
}
