import { accountRoutes } from '@/lib/portal/pages/account'
import { alertsRoutes } from '@/lib/portal/pages/alerts'
import { applicationsRoutes } from '@/lib/portal/pages/applications'
import { callsRoutes } from '@/lib/portal/pages/calls'
import { dashboardRoutes } from '@/lib/portal/pages/dashboard'
import { docsRoutes } from '@/lib/portal/pages/docs'
import { docsErrorsRoutes } from '@/lib/portal/pages/docs-errors'
import { homeRoutes } from '@/lib/portal/pages/home'
import { invitationsRoutes } from '@/lib/portal/pages/invitations'
import { joinRoutes } from '@/lib/portal/pages/join'
import { keysRoutes } from '@/lib/portal/pages/keys'
import { passwordRoutes } from '@/lib/portal/pages/password'
import { personalRoutes } from '@/lib/portal/pages/personal'
import { planChangeRoutes } from '@/lib/portal/pages/plan-change'
import { searchRoutes } from '@/lib/portal/pages/search'
import { signInRoutes } from '@/lib/portal/pages/sign-in'
import { signUpRoutes } from '@/lib/portal/pages/sign-up'
import { statsRoutes } from '@/lib/portal/pages/stats'
import { usersRoutes } from '@/lib/portal/pages/users'
import type { PortalRoute } from '@/lib/portal/portal-route'

/** Every route of the portal (reference portal 3.5); what none of them answers is the tenant's content. */
export const portalRoutes: readonly PortalRoute[] = [
  // Before sign-in.
  ...[...homeRoutes, ...searchRoutes, ...signInRoutes, ...signUpRoutes, ...joinRoutes, ...passwordRoutes, ...docsRoutes, ...docsErrorsRoutes],
  // A developer's own.
  ...[...dashboardRoutes, ...applicationsRoutes, ...keysRoutes, ...callsRoutes, ...alertsRoutes, ...statsRoutes, ...planChangeRoutes, ...accountRoutes, ...personalRoutes, ...usersRoutes, ...invitationsRoutes],
]
