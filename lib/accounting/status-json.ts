import type { AccountingError } from '@/lib/accounting/accounting-error'
import { isExceeded, timeText } from '@/lib/accounting/status'
import type { Status, UsageReport } from '@/lib/accounting/status'
import type { BurstState } from '@/lib/metering/burst-store'

/** What the XML says, for `.json` (design section 12), and which short-term bound refused, where one did. */
export function statusJson({ rejection, plan, application, reports, user, appKeys, hierarchy }: Status, burst: BurstState | null = null): string {
  return JSON.stringify({
    status: {
      authorized: rejection === null,
      reason: rejection?.reason ?? null,
      ...(rejection && { rejection_reason: rejection.code }),
      ...(burst && { burst: burstJson(burst) }),
      ...(application && { application: { id: application.id, key: application.key, [application.redirectName]: application.redirect } }),
      ...(application && user && { user: { id: user.id } }),
      plan,
      usage_reports: reports.map(reportJson),
      ...(user && { user_plan: user.plan, user_usage_reports: user.reports.map(reportJson) }),
      ...(appKeys && { app_keys: { app: appKeys.app, svc: appKeys.service, keys: appKeys.keys } }),
      ...(hierarchy && { hierarchy: hierarchy.map(({ metric, children }) => ({ metric, children })) }),
    },
  })
}

function burstJson({ subject, kind, limit, windowMs, retryMs }: BurstState) {
  const of = subject === 'product' ? 'product' : subject.startsWith('app:') ? 'application' : 'user'
  return { of, kind, max_value: limit, window_seconds: windowMs === null ? null : windowMs / 1000, retry_after_seconds: Math.max(1, Math.ceil(retryMs / 1000)) }
}

function reportJson(report: UsageReport) {
  const { metric, period, start, end, max, current } = report
  return {
    metric,
    period,
    period_start: start === null ? null : timeText(start),
    period_end: end === null ? null : timeText(end),
    max_value: max,
    current_value: current,
    exceeded: isExceeded(report),
  }
}

export function errorJson({ code, message }: AccountingError): string {
  return JSON.stringify({ error: { code, message } })
}
