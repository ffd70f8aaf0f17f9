import { deleteAlerts, markAlertsAsRead } from '@/lib/analytics/own-alerts'
import type { Drop } from '@/lib/liquid/values'
import { paginationDrop } from '@/lib/portal/assigns/pagination-drop'
import { loadOwnAccount } from '@/lib/portal/drops/load-own-account'
import { goTo, idIn } from '@/lib/portal/pages/outcomes'
import type { PortalAnswer, PortalRequest, PortalRoute, Visit } from '@/lib/portal/portal-route'

const path = '/admin/applications/:application_id/alerts'

/** Limits of an application that came near or were reached. */
export const alertsRoutes: PortalRoute[] = [
  { method: 'GET', path, who: 'developer', handle: list },
  { method: 'PUT', path: `${path}/all_read`, who: 'developer', handle: (visit, request) => act(visit, request, 'All alerts are marked as read.', () => markAlertsAsRead(visit.ctx, of(request))) },
  { method: 'PUT', path: `${path}/:id/read`, who: 'developer', handle: (visit, request) => act(visit, request, 'Marked as read.', () => markAlertsAsRead(visit.ctx, { ...of(request), alertId: idIn(request) })) },
  { method: 'DELETE', path: `${path}/purge`, who: 'developer', handle: (visit, request) => act(visit, request, 'All alerts are deleted.', () => deleteAlerts(visit.ctx, of(request))) },
  { method: 'DELETE', path: `${path}/:id`, who: 'developer', handle: (visit, request) => act(visit, request, 'The alert is deleted.', () => deleteAlerts(visit.ctx, { ...of(request), alertId: idIn(request) })) },
]

const pageSize = 25

async function list(visit: Visit, request: PortalRequest): Promise<PortalAnswer> {
  const { account, applications } = await loadOwnAccount(visit, { applications: { id: of(request).applicationId } })
  const application = applications[0]!
  const all = application.alerts as Drop[]
  const page = Math.max(1, Math.min(10_000, Number.parseInt(request.query.get('page') ?? '1', 10) || 1))
  return {
    kind: 'page',
    page: 'applications/alerts/index',
    title: 'Alerts',
    assigns: { account, application, alerts: all.slice((page - 1) * pageSize, page * pageSize), pagination: paginationDrop({ path: request.path, page, pageSize, total: all.length }) },
  }
}

async function act(_visit: Visit, request: PortalRequest, done: string, write: () => Promise<void>): Promise<PortalAnswer> {
  await write()
  return goTo(`/admin/applications/${of(request).applicationId}/alerts`, done)
}

const of = (request: PortalRequest) => ({ applicationId: idIn(request, 'application_id') })
