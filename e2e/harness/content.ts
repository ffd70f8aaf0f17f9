import { runSeed, seedOnce } from '@/e2e/harness/seed-once'
import { newSlug, world } from '@/e2e/harness/world'
import { listPages } from '@/e2e/isolation/list-doors'
import { adminPages } from '@/e2e/isolation/policy'
import type { SignedIn } from '@/e2e/isolation/seeded-world'

/** A tenant as full as the demo's, for walks that look at every page; one for the whole run. */
export type Content = { slug: string; ids: Record<string, number>; admin: SignedIn }

export function seedContent(): Promise<Content> {
  return seedOnce('content', () => runSeed<Content>('e2e/harness/seed-content.ts', { CONTENT_SLUG: newSlug(), CONTENT_UPSTREAM: process.env.E2E_UPSTREAM_URL, CONTENT_SECRET: process.env.E2E_UPSTREAM_SECRET }))
}

/** A page a person can look at: where it is, and whether one has to be signed in. */
export type Look = { name: string; host(content: Content): string; path(content: Content): string; signedIn: boolean }

/** Every page of site, dashboard and sign-in as the file system has them, the portal's two, and what is shown where nothing is. */
export function everyLook(): Look[] {
  const admin = ({ slug }: Content) => `${slug}.admin`
  const portal = ({ slug }: Content) => `${slug}.portal`
  const filled = (route: string) => (content: Content) => route.replace(/\[(\w+)\]/g, (_, name: string) => String(content.ids[name] ?? missing(route, name)))
  const pages = listPages().map(({ zone, route }): Look => {
    if (zone === 'site') return { name: `site ${route}`, host: () => '', path: filled(route), signedIn: false }
    return { name: `dashboard ${route}`, host: admin, path: filled(route), signedIn: adminPages[route]?.can !== 'public' }
  })
  return [
    ...pages,
    { name: 'portal /', host: portal, path: () => '/', signedIn: false },
    { name: 'portal, a page that is not there', host: portal, path: () => '/nowhere', signedIn: false },
    { name: 'dashboard, a page that is not there', host: admin, path: () => '/nowhere', signedIn: true },
    { name: 'dashboard, an account that is not there', host: admin, path: () => '/accounts/900000000000000', signedIn: true },
  ]
}

export const originOf = (look: Look, content: Content) => world.origin(look.host(content))

function missing(route: string, name: string): never {
  throw new Error(`${route}: the content seed has no "${name}"`)
}
