import { outcomeWords } from '@/lib/analytics/outcome-words'
import type { CallDetail, CallLimit } from '@/lib/calls/call-record'
import { problemWords } from '@/lib/gateway/problem-words'
import { refusals } from '@/lib/gateway/refusals'
import type { RefusalCode } from '@/lib/gateway/refusals'

export type CallStory = { title: string; sentences: string[]; remedy: string | null }

type Told = { status: number; refusal: string | null; durationMs: number; detail: Pick<CallDetail, 'rules' | 'usage' | 'limits' | 'upstreamMs'> }

/** What happened to a kept call, in words. To a partner the API is "the API", to the tenant "your API". Pure. */
export function explainCall({ status, refusal, durationMs, detail }: Told, audience: 'tenant' | 'partner'): CallStory {
  const api = audience === 'tenant' ? 'Your API' : 'The API'
  const sentences = [...ruleSentences(detail)]
  if (refusal === null) {
    const took = detail.upstreamMs === null ? '' : ` after ${ms(detail.upstreamMs)}`
    const title = status >= 500 ? `${api} failed with ${status}` : status >= 400 ? `${api} declined with ${status}` : `${api} answered ${status}`
    const own = detail.upstreamMs === null ? 0 : Math.max(0, durationMs - detail.upstreamMs)
    return { title, sentences: [...sentences, `The answer was complete${took}; the gateway itself took ${ms(own)}.`, ...limitSentences(detail.limits, detail.usage)], remedy: status >= 500 ? serverTrouble[audience] : null }
  }
  const code = refusal as RefusalCode
  const known = code in refusals
  const words = problemWords(code)
  const own = audience === 'tenant' ? (tenantDetails[code] ?? (known && 'message' in refusals[code] ? (refusals[code] as { message: string }).message : words.detail)) : words.detail
  const isNeverOver = code === 'limits_exceeded' && detail.limits.some((limit) => limit.exceeded && (limit.windowEnd === null || isTooLarge(limit, detail.usage)))
  return {
    title: audience === 'tenant' ? outcomeWords(code) : words.title,
    sentences: [own, ...limitSentences(detail.limits, detail.usage), ...(stepOf(code) === 'upstream' ? sentences : sentences.slice(0, 1))],
    remedy: isNeverOver ? waitingIsNoUse[audience] : audience === 'tenant' ? (tenantRemedies[code] ?? null) : words.remedy,
  }
}

const waitingIsNoUse = { tenant: 'Raise the limit, or offer a bigger plan: waiting does not help.', partner: 'Choose a bigger plan: waiting does not help.' }
const serverTrouble = { tenant: 'The call reached your API, so the gateway is in order: look into its log for the request id.', partner: 'Your call was in order. If it lasts, tell the people behind this API and name the request id.' }

/** Where the words for callers say "your": to the tenant it is somebody else's. */
const tenantDetails: Partial<Record<RefusalCode, string>> = {
  application_not_live: 'The application is suspended or waits for approval.',
  referrer_not_allowed: 'The application may be called from certain web addresses only, and this call came from another.',
  account_not_approved: 'The account of the application is not approved.',
  plan_missing: 'The application is on no plan.',
  method_disabled: 'The plan of the application does not include this method.',
  end_user_missing: 'The plan of the application asks for which end user a call is, and this one does not say.',
  bursts_exceeded: 'Calls came faster than the plan or the product allows.',
  concurrency_exceeded: 'As many calls were under way as the plan or the product allows.',
  limits_exceeded: 'A limit of the plan was used up.',
}

const tenantRemedies: Partial<Record<RefusalCode, string>> = {
  credentials_missing: 'The partner sends no key, or not where Gateway → Credentials says. Its names and place are there.',
  credentials_malformed: 'The partner sends a credential twice with different values, or in a form that cannot be read.',
  key_unknown: 'The key is not one of this product, or was revoked. Compare its end with the keys of the application.',
  no_match: 'Add a mapping rule that covers it, or correct the call.',
  product_suspended: 'Resume the product to let its calls through.',
  application_not_live: 'Approve or resume the application.',
  account_not_approved: 'Approve the account of this application.',
  plan_missing: 'Put the application on a plan.',
  method_disabled: 'Enable the method on the plan, or offer a plan that has it.',
  limits_exceeded: 'Wait for the next window, raise the limit, or offer a bigger plan.',
  no_upstream: 'Name the private base URL under Gateway.',
  secret_unreadable: 'Rotate the secret token under Gateway.',
  upstream_unreachable: 'Check that your API runs and takes calls from here.',
  upstream_timed_out: 'Look at what keeps your API busy, or raise the timeouts under Gateway → Bounds.',
  upstream_not_allowed: 'Private networks are opened by whoever runs this installation, with EGRESS_ALLOW.',
  upstream_bad_response: 'Check the port of the private base URL, and http or https.',
  upstream_busy: 'Raise the number of calls at once under Gateway → Bounds, if your API can take it.',
  body_too_large: 'Raise the largest body under Gateway → Bounds, or ask for smaller calls.',
}

function ruleSentences({ rules, usage }: Told['detail']): string[] {
  const counting = rules.filter((rule) => rule.ignored === null)
  if (counting.length === 0) return []
  const counted = usage.map(({ metric, value }) => `${metric} +${value}`).join(', ')
  return [`${counting.map((rule) => `${rule.verb} ${rule.pattern}`).join(', ')} matched; the call counts ${counted || 'nothing'}.`]
}

/** One call may count more than a limit holds at all. */
const isTooLarge = ({ metric, limit }: CallLimit, usage: Told['detail']['usage']) => usage.some((each) => each.metric === metric && each.value > limit)

function limitSentences(limits: CallLimit[], usage: Told['detail']['usage']): string[] {
  return limits
    .filter((limit) => limit.exceeded)
    .map((exceeded) => {
      const { of, metric, period, limit, current, windowEnd } = exceeded
      const until = isTooLarge(exceeded, usage) ? 'This call alone counts more than it allows.' : windowEnd === null ? 'It does not start over.' : `Its window runs to ${new Date(windowEnd).toISOString().slice(0, 19).replace('T', ' ')} UTC.`
      return `The limit of ${limit} ${metric} ${period === 'eternity' ? 'in all' : `${period === 'hour' ? 'an' : 'a'} ${period}`}${of === 'end_user' ? ' of the end user' : ''} stood at ${current}. ${until}`
    })
}

function stepOf(code: RefusalCode): string | null {
  return code in refusals ? refusals[code].step : null
}

const ms = (value: number) => (value < 10 ? `${Math.round(value * 10) / 10} ms` : value < 1000 ? `${Math.round(value)} ms` : `${Math.round(value / 100) / 10} s`)
