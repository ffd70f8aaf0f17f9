import type { PortalRoute } from '@/lib/portal/portal-route'

const page = (path: string, name: string, title?: string): PortalRoute => ({ method: 'GET', path, who: 'anyone', handle: async () => ({ kind: 'page', page: name, title }) })

/** Pages that only show. Each is a built-in page, or the tenant's version of it. The front page has the tenant's name alone in its title. */
export const homeRoutes: PortalRoute[] = [page('/', 'home', ''), page('/plans', 'plans'), page('/terms', 'terms'), page('/privacy', 'privacy'), page('/refunds', 'refunds')]
