import type { AccountingError } from '@/lib/accounting/accounting-error'
import { isExceeded, timeText } from '@/lib/accounting/status'
import type { Status, UsageReport } from '@/lib/accounting/status'

/** What the XML says, for `.json` (design section 12). */
export function statusJson({ rejection, plan, application, reports, user, appKeys, hierarchy }: Status): string {
  return JSON.stringify({
    status: {
      authorized: rejection === null,
      reason: rejection?.reason ?? null,
      ...(rejection && { rejection_reason: rejection.code }),
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
