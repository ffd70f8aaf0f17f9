import type { AccountingError } from '@/lib/accounting/accounting-error'
import { isExceeded, timeText } from '@/lib/accounting/status'
import type { Status, UsageReport } from '@/lib/accounting/status'
import { element, emptyElement, textElement, XML_DECLARATION } from '@/lib/accounting/write-xml'

/** Reference gateway 4.6, in its order of elements. */
export function statusXml({ rejection, plan, application, reports, user, appKeys, hierarchy }: Status): string {
  let inner = textElement('authorized', rejection ? 'false' : 'true')
  if (rejection) inner += textElement('reason', rejection.reason)
  if (application) {
    inner += element('application', textElement('id', application.id) + textElement('key', application.key) + textElement(application.redirectName, application.redirect))
    if (user) inner += element('user', textElement('id', user.id))
  }
  inner += textElement('plan', plan)
  if (reports.length > 0) inner += element('usage_reports', reports.map(reportXml).join(''))
  if (user) {
    inner += textElement('user_plan', user.plan)
    if (user.reports.length > 0) inner += element('user_usage_reports', user.reports.map(reportXml).join(''))
  }
  if (appKeys) inner += element('app_keys', appKeys.keys.map((id) => emptyElement('key', { id })).join(''), { app: appKeys.app, svc: appKeys.service })
  if (hierarchy) inner += element('hierarchy', hierarchy.map(({ metric, children }) => emptyElement('metric', { name: metric, children: children.join(' ') })).join(''))
  return XML_DECLARATION + element('status', inner)
}

function reportXml(report: UsageReport): string {
  const { metric, period, start, end, max, current } = report
  const window = start === null || end === null ? '' : textElement('period_start', timeText(start)) + textElement('period_end', timeText(end))
  return element('usage_report', window + textElement('max_value', max) + textElement('current_value', current), { metric, period, ...(isExceeded(report) && { exceeded: 'true' }) })
}

export function errorXml({ code, message }: AccountingError): string {
  return XML_DECLARATION + textElement('error', message, { code })
}
