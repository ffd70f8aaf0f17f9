import { docsRoutes } from '@/lib/portal/pages/docs'
import { homeRoutes } from '@/lib/portal/pages/home'
import { joinRoutes } from '@/lib/portal/pages/join'
import { passwordRoutes } from '@/lib/portal/pages/password'
import { searchRoutes } from '@/lib/portal/pages/search'
import { signInRoutes } from '@/lib/portal/pages/sign-in'
import { signUpRoutes } from '@/lib/portal/pages/sign-up'
import type { PortalRoute } from '@/lib/portal/portal-route'

/** Every route of the portal (reference portal 3.5); what none of them answers is the tenant's content. */
export const portalRoutes: readonly PortalRoute[] = [...homeRoutes, ...searchRoutes, ...signInRoutes, ...signUpRoutes, ...joinRoutes, ...passwordRoutes, ...docsRoutes]
