import { runSeed, seedOnce } from '@/e2e/harness/seed-once'
import { newSlug, world } from '@/e2e/harness/world'
import { listPages } from '@/e2e/isolation/list-doors'
import { adminPages } from '@/e2e/isolation/policy'
import { fillPath } from '@/e2e/isolation/portal-client'
import { portalPolicies } from '@/e2e/isolation/portal-policy'
import type { PortalIds, SignedIn } from '@/e2e/isolation/seeded-world'

/** A tenant as full as the demo's, for walks that look at every page; one for the whole run. */
export type Content = { slug: string; ids: Record<string, number | string>; admin: SignedIn; portal: { ids: Partial<PortalIds>; partner: SignedIn } }

export function seedContent(): Promise<Content> {
  return seedOnce('content', () =>
    runSeed<Content>('e2e/harness/seed-content.ts', { CONTENT_SLUG: newSlug(), CONTENT_UPSTREAM: process.env.E2E_UPSTREAM_URL, CONTENT_SECRET: process.env.E2E_UPSTREAM_SECRET, CONTENT_RECEIVER: world.receiver }),
  )
}

/** A page a person can look at: where it is, who has to be signed in, and what it draws by a script of its own. */
export type Look = { name: string; host(content: Content): string; path(content: Content): string; as?(content: Content): SignedIn; shows?: string; isThere?: false }

const adminOf = ({ admin }: Content) => admin
const partnerOf = ({ portal }: Content) => portal.partner

/** Every page of site, dashboard and sign-in as the file system has them, and what is shown where nothing is. */
export function everyLook(): Look[] {
  const admin = ({ slug }: Content) => `${slug}.admin`
  const filled = (route: string) => (content: Content) => route.replace(/\[([\w.]+)\]/g, (_, name: string) => String(content.ids[name] ?? missing(route, name)))
  const pages = listPages().map(({ zone, route }): Look => {
    // The kit is for developers: a production build does not have it.
    if (zone === 'site') return { name: `site ${route}`, host: () => '', path: filled(route), ...(route === '/kit' && { isThere: false }) }
    return { name: `dashboard ${route}`, host: admin, path: filled(route), ...(adminPages[route]?.can !== 'public' && { as: adminOf }) }
  })
  const more = (name: string, route: string, as?: Look['as']): Look => ({ name: `dashboard, ${name}`, host: admin, path: filled(route), ...(as && { as }) })
  return [
    ...pages,
    more('OAuth where it is the mode', '/products/[oauthProduct]/oauth', adminOf),
    more('a self-managed gateway', '/products/[oauthProduct]/gateway', adminOf),
    more('the settings of a self-managed product', '/products/[oauthProduct]/settings', adminOf),
    more('the simulator, led there by a call', '/products/[product]/calls/simulator?request=[requestId]', adminOf),
    more('a shared call to whoever has the link', '/shared-call?token=[shareToken]'),
    { name: 'dashboard, a page that is not there', host: admin, path: () => '/nowhere', as: adminOf, isThere: false },
    { name: 'dashboard, an account that is not there', host: admin, path: () => '/accounts/900000000000000', as: adminOf, isThere: false },
  ]
}

/** Every page of the portal as its table of routes has them, to a visitor and to a partner; one of the tenant's own; and where nothing is. */
export function everyPortalLook(): Look[] {
  const portal = ({ slug }: Content) => `${slug}.portal`
  const looks = Object.entries(portalPolicies).flatMap(([door, { who, own, visitor = own, input }]): Look[] => {
    const [method, route = ''] = door.split(' ')
    if (method !== 'GET') return []
    const path = ({ portal: { ids } }: Content) => {
      const { params = {}, query = {} } = input?.(ids as PortalIds) ?? {}
      const wanted = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
      return fillPath(route, params) + (wanted.size > 0 ? `?${wanted}` : '')
    }
    const drawn = drawnByScript[route]
    return [
      ...(who === 'anyone' && visitor === 'shown' ? [{ name: `portal ${route} to a visitor`, host: portal, path }] : []),
      ...(own === 'shown' ? [{ name: `portal ${route} to a partner`, host: portal, path, as: partnerOf, ...(drawn && { shows: drawn }) }] : []),
    ]
  })
  return [
    ...looks,
    { name: 'portal, a page of the tenant', host: portal, path: () => '/getting-started' },
    { name: 'portal, a page that is not there', host: portal, path: () => '/nowhere', isThere: false },
  ]
}

const drawnByScript: Record<string, string> = { '/docs/:system_name': '.opblock' }

export const originOf = (look: Look, content: Content) => world.origin(look.host(content))

function missing(route: string, name: string): never {
  throw new Error(`${route}: the content seed has no "${name}"`)
}
