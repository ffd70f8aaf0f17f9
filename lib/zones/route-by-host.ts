import { labelBelow, normalHost, zoneOfHost, type ZoneDomains } from '@/lib/zones/zone-of-host'

/** Where a request goes inside the app. Pure; decides nothing about permission (PLAT-3) nor about who exists. */
export type ZoneRoute =
  | { kind: 'rewrite'; zone: 'site' | 'admin' | 'portal' | 'gateway' | 'accounting'; path: string }
  /** Files and chunks that belong to no zone. */
  | { kind: 'pass' }
  | { kind: 'refuse'; status: 400 | 404; code: 'bad_host' | 'unknown_host' | 'not_found'; message: string }

/** The files of `public/`: served on every host, before any zone. A test compares the list with the folder. */
export const publicFiles: ReadonlySet<string> = new Set(['/favicon.ico', '/favicon.svg', '/apple-touch-icon.png'])

/** What answers at an address as well: health, and the question of a proxy about certificates. */
const OF_THE_MACHINE = new Set(['/healthz', '/readyz', '/domains/ask'])

/**
 * The router's part of zones: host header and path (as sent, still encoded) to the internal path. The internal roots
 * under `/zone` cannot be typed from outside, and a path stays below its own zone's root whatever it says (ZONE-3).
 */
export function routeByHost(hostHeader: string | null, path: string, domains: ZoneDomains): ZoneRoute {
  const host = normalHost(hostHeader ?? undefined)
  if (!host) return { kind: 'refuse', status: 400, code: 'bad_host', message: 'The Host header is missing or malformed.' }
  const zone = zoneOfHost(host, domains)
  if (zone === 'gateway') return { kind: 'rewrite', zone, path: `/zone/gateway/${host}${path}` }
  if (zone === 'accounting') return { kind: 'rewrite', zone, path: `/zone/accounting${path}` }
  if (/^\/zone(\/|$)/i.test(path)) return { kind: 'refuse', status: 404, code: 'not_found', message: 'Not found.' }
  if (path.startsWith('/_next/') || path.startsWith('/__nextjs') || publicFiles.has(path)) return { kind: 'pass' }
  switch (zone) {
    case 'site':
      return { kind: 'rewrite', zone, path: `/zone/site${path === '/' ? '' : path}` }
    case 'admin':
      return { kind: 'rewrite', zone, path: `/zone/admin/${labelBelow(host, domains.ADMIN_DOMAIN)}${path === '/' ? '' : path}` }
    case 'portal':
    case 'stranger':
      // A domain that says nothing by its name is a tenant's own, or nobody's; the portal's first step looks.
      return { kind: 'rewrite', zone: 'portal', path: `/zone/portal/${host}${path === '/' ? '' : path}` }
    case 'bare-ip':
      if (OF_THE_MACHINE.has(path)) return { kind: 'rewrite', zone: 'site', path: `/zone/site${path}` }
  }
  return { kind: 'refuse', status: 404, code: 'unknown_host', message: 'Nothing lives at this address.' }
}
