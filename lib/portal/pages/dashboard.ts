import { loadOwnAccount } from '@/lib/portal/drops/load-own-account'
import type { PortalAnswer, PortalRoute, Visit } from '@/lib/portal/portal-route'

/** What a partner opens in the morning: applications with key and first call, usage beside each limit, open requests. */
export const dashboardRoutes: PortalRoute[] = [{ method: 'GET', path: '/admin', who: 'developer', handle: showDashboard }]

async function showDashboard(visit: Visit): Promise<PortalAnswer> {
  const { account, applications, planChanges } = await loadOwnAccount(visit, { applications: 'all', reveal: true })
  const alerts = applications.flatMap((application) => application.alerts as { 'unread?': boolean }[]).filter((alert) => alert['unread?'])
  return {
    kind: 'page',
    page: 'dashboards/show',
    title: 'Dashboard',
    assigns: {
      account,
      ...(applications.length === 1 && { application: applications[0] }),
      plan_requests: planChanges.filter((change) => change['open?'] === true),
      alerts,
    },
  }
}
