import type { LimitState } from '@/lib/metering/counter-store'
import type { Period } from '@/lib/metering/periods'

/** The answer to "may this call pass?", before it is put into XML or JSON (reference gateway 4.6). */
export type Status = {
  rejection: Rejection | null
  plan: string
  /** OAuth endpoints only. */
  application: { id: string; key: string; redirectName: 'redirect_url' | 'redirect_uri'; redirect: string } | null
  reports: UsageReport[]
  /** Where an end user holds limits of his own (1.5). */
  user: { id: string; plan: string; reports: UsageReport[] } | null
  appKeys: { app: string; service: string; keys: string[] } | null
  hierarchy: { metric: string; children: readonly string[] }[] | null
}

export type RejectionCode =
  | 'limits_exceeded'
  | 'application_not_active'
  | 'service_not_active'
  | 'application_key_invalid'
  | 'referrer_not_allowed'
  | 'oauth_not_enabled'
  | 'redirect_url_invalid'
  | 'redirect_uri_invalid'
  /** Ours: the access token's scopes do not open what the call counts. */
  | 'insufficient_scope'

export type Rejection = { code: RejectionCode; reason: string }

/** One limit with its counter. `start` and `end` are milliseconds since 1970, null for eternity. */
export type UsageReport = { metricId: number; metric: string; period: Period; start: number | null; end: number | null; max: number; current: number }

/** Null where the limit's metric is gone: such a limit is not told of (1.4). */
export function reportOf({ metricId, period, windowStart, windowEnd, limit, current }: LimitState, names: ReadonlyMap<number, string>): UsageReport | null {
  const metric = names.get(metricId)
  return metric === undefined ? null : { metricId, metric, period, start: windowEnd === null ? null : windowStart, end: windowEnd, max: limit, current }
}

/** Only what is stored already says that a limit is passed; a call that would pass it does not. */
export const isExceeded = ({ current, max }: UsageReport) => current > max

/** `YYYY-MM-DD HH:MM:SS +0000` */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000`
}
